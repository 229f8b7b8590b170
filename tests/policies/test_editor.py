"""The editor around a draft: the text beside the rules, copies of what others have, versions side by side, the next steps."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from database.transact import Database
from policies import library
from tests.accounts.conftest import Visitor
from tests.policies.conftest import DRAFT, HALL
from tests.policies.examples import REASON, rule
from tests.policies.test_pages import draft, text_of

GYM = "/policies/rooms/oren-flerbrukshall/gymsal-1"
TEXT = {"title.nb": "Leie", "regulation.text": "§ 1 Alle.\n§ 2 Kort tid.", "regulation.language": "nb"}


@pytest.fixture
def written(drafting: Visitor) -> Visitor:
    """A draft with a text of two paragraphs, and one rule that names the second."""
    drafting.post(f"{DRAFT}/text", version="1", **TEXT)
    fields = {"kind": "length", "version": "2", "id": "length", "at_most": "60", "reason.nb": "Kort.", "source.paragraph": "§ 2"}
    drafting.post(f"{DRAFT}/rules/length", **fields)
    return drafting


def test_the_text_stands_beside_its_rules_and_what_is_missing_is_said(written: Visitor) -> None:
    page = written.get(f"{DRAFT}/regulation").text

    told = text_of(page)
    assert "1 paragraf har ingen regel. 2 regler har ingen plass i teksten." in told
    assert "§ 1 Alle. Ingen regel Legg til en regel for § 1 § 2 Kort tid. Hvor lenge (length) Høyst 1 time. Legg til" in told
    assert f'href="{DRAFT}/rules/length"' in page
    assert told.partition("Regler uten plass i teksten")[2].count("(decision-route)") == 1


def test_a_rule_for_a_paragraph_begins_with_it_and_its_words(written: Visitor) -> None:
    (chosen,) = re.findall(r'href="([^"]+)">Legg til en regel for § 1<', written.get(f"{DRAFT}/regulation").text)
    (grid,) = re.findall(r'href="([^"]+)">Hvilke klokkeslett<', written.get(chosen.replace("&amp;", "&")).text)

    form = written.get(grid.replace("&amp;", "&")).text

    assert re.findall(r'name="source.paragraph"[^>]* value="([^"]*)"', form) == ["§ 1"]
    assert "Dette står i reglementet § 1 Alle." in text_of(form)


def test_a_published_text_beside_its_rules_can_be_read_by_everybody(written: Visitor, app: Flask) -> None:
    written.post(f"{HALL}/publication", form_on=DRAFT, version="3", valid_from="2027-01-01")

    page = app.test_client().get(f"{HALL}/versions/2/regulation").text

    assert "§ 2 Kort tid. Hvor lenge Høyst 1 time." in text_of(page)
    assert "Legg til en regel" not in page


def test_a_room_begins_with_the_whole_of_another_places_policy(kari: Visitor, house: Database) -> None:
    source = f"{GYM}/draft/copies?source=place:oren-flerbrukshall"
    offered, *_of_library = re.findall(r'href="([^"]+source=[^"]+)"', kari.get(f"{GYM}/draft/copies").text)

    done = kari.post(f"{GYM}/draft/copies", form_on=source, source="place:oren-flerbrukshall", version="0", whole="yes")

    assert (offered, done.status_code) == (source, 303)
    assert (draft(house).place, [one.id for one in draft(house).rules]) == (
        "oren-flerbrukshall/gymsal-1",
        ["decision-route", "length", "price"],
    )
    assert "3 regler er hentet inn i utkastet." in kari.get(f"{GYM}/draft").text


def test_chosen_rules_of_the_library_come_into_the_draft(
    drafting: Visitor, house: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = [rule("length", at_most=30, scope={"periods": ["winter"]}), rule("buffers", after=15), rule("grid", minutes=15)]
    given = {
        "title": REASON,
        "layer": "municipality",
        "place": "",
        "rules": rules,
        "periods": {"winter": {"first": "11-01", "last": "03-31"}},
    }
    case = {"name": "en kveld", "request": {"start": "2026-11-17T18:00", "end": "2026-11-17T19:30"}, "expected": {}}
    (tmp_path / "gymsaler.json").write_text(json.dumps({"policies": [given], "cases": [case]}))
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    source = f"{DRAFT}/copies?source=library:gymsaler:0"

    nothing = drafting.post(f"{DRAFT}/copies", form_on=source, source="library:gymsaler:0", version="1")
    taken = drafting.post(f"{DRAFT}/copies", form_on=source, source="library:gymsaler:0", version="1", rules="length")

    assert (nothing.status_code, 'id="error-rules"' in nothing.text) == (422, True)
    assert [one.id for one in draft(house).rules] == ["decision-route", "length", "price", "length-2"]
    assert taken.status_code == 303
    assert "1 regel er hentet inn i utkastet. Dette fulgte med: winter." in drafting.get(DRAFT).text


@pytest.mark.parametrize(
    "source", ["place:nowhere", "library:gymsaler:0", "library:x", "place", "noe", "place:oren-flerbrukshall/gymsal-2"]
)
def test_a_source_that_is_not_there_is_not_found(drafting: Visitor, source: str) -> None:
    assert drafting.get(f"{DRAFT}/copies?source={source}").status_code == 404


def test_any_two_versions_and_the_draft_can_be_compared(drafting: Visitor, app: Flask) -> None:
    drafting.post(f"{DRAFT}/rules/length", kind="length", version="1", id="length", at_most="60", **{"reason.nb": "Kort."})

    page = drafting.get(f"{HALL}/versions/compare?old=1&new=draft").text

    assert "Høyst Før: 2 timer Nå: 1 time" in text_of(page)
    assert re.findall(r"<(del|ins)>.{0,60}(\d time)", page) == [("del", "2 time"), ("ins", "1 time")]
    everybody = app.test_client()
    addresses = ("old=1&new=draft", "old=1&new=9", "old=&new=1", "old=1&new=1")
    assert [everybody.get(f"{HALL}/versions/compare?{query}").status_code for query in addresses] == [404, 404, 404, 200]


def test_who_published_a_version_is_told_to_officers_alone(drafting: Visitor, app: Flask) -> None:
    drafting.post(f"{HALL}/publication", form_on=DRAFT, version="1", valid_from="2027-01-01")

    pages = [drafting.get(HALL).text, app.test_client().get(HALL).text]

    assert ["Kari Nordby" in page.partition("<main")[2] for page in pages] == [True, False]
    assert ["kommandolinjen" in page for page in pages] == [True, False]


def test_a_draft_without_rules_is_not_called_sound_and_takes_all_away_only_when_told(drafting: Visitor, house: Database) -> None:
    for version, name in enumerate(("decision-route", "length", "price"), 1):
        drafting.post(f"{DRAFT}/rules/{name}/removal", form_on=DRAFT, version=str(version))
    page = text_of(drafting.get(DRAFT).text)
    publication = {"version": "4", "valid_from": "2026-11-24"}

    refused = drafting.post(f"{HALL}/publication", form_on=DRAFT, **publication)
    done = drafting.post(f"{HALL}/publication", form_on=DRAFT, **publication, withdraws="yes")

    assert "Utkastet har ingen regler ennå." in page
    assert "Publisert slik tar det bort alle egne regler her. Da gjelder bare reglene til kommunen." in page
    assert ("Ingen feil." in page, "Vi fant ingen feil" in page) == (False, False)
    assert (refused.status_code, 'id="error-withdraws"' in refused.text, done.status_code) == (422, True, 303)
    assert "Ingen egne regler lenger" in drafting.get(HALL).text


def test_the_first_version_has_a_rule_and_a_title_and_is_told_while_it_is_to_come(kari: Visitor) -> None:
    kari.post(f"{GYM}/draft", form_on=GYM)
    kari.post(f"{GYM}/draft/text", version="1")
    kari.post(f"{GYM}/draft/rules/new", kind="length", version="2", id="length", at_most="60", **{"reason.nb": "Kort."})
    untitled = kari.post(f"{GYM}/publication", form_on=f"{GYM}/draft", version="3", valid_from="2027-01-01")
    kari.post(f"{GYM}/draft/text", version="3", **{"title.nb": "Leie av salen"})
    empty = kari.post(f"{GYM}/draft/rules/length/removal", form_on=f"{GYM}/draft", version="4")
    nothing = kari.post(f"{GYM}/publication", form_on=f"{GYM}/draft", version="5", valid_from="2027-01-01", withdraws="yes")
    kari.post(f"{GYM}/draft/rules/new", kind="length", version="5", id="length", at_most="60", **{"reason.nb": "Kort."})
    done = kari.post(f"{GYM}/publication", form_on=f"{GYM}/draft", version="6", valid_from="2027-01-01")

    assert [answer.status_code for answer in (untitled, empty, nothing, done)] == [422, 303, 422, 303]
    assert "Tittelen mangler på bokmål." in untitled.text
    assert "Retningslinjen har ingen regler. Skriv eller hent minst én først." in nothing.text
    place = text_of(kari.get(GYM).text)
    assert "Ingen egen retningslinje ennå Versjon 1 gjelder fra 1. januar 2027. Til da gjelder" in place


def test_the_draft_tells_the_next_steps_and_how_they_stand(written: Visitor) -> None:
    written.post(f"{DRAFT}/rules/length", kind="length", version="3", id="length", at_least="60", at_most="30", **{"reason.nb": "Kort."})

    steps = re.findall(
        r"<h3[^>]*>([^<]+)</h3>\s*<p[^>]*>([^<]+)</p>", written.get(DRAFT).text.partition('class="steps"')[2].partition("</ol>")[0]
    )

    assert steps == [
        ("Skriv eller hent regler", "3 regler i utkastet."),
        ("Hold reglene opp mot reglementet", "2 paragrafer har ingen regel. 3 regler har ingen plass i teksten."),
        ("Prøv en forespørsel", "Se hva utkastet svarer på en tenkt forespørsel, og hva som svares i dag."),
        ("Prøv utkastet på bookingene", "Se hvilke bookinger det siste året og framover som ville blitt avgjort annerledes."),
        ("Rett det som er galt", "1 feil må rettes. 5 ting bør rettes."),
        ("Publiser", "Velg dagen de nye reglene gjelder fra."),
    ]
