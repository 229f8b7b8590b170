"""The pages of policies: what everybody reads, what an officer writes without script, and what others may not."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from database.transact import Database
from policies.document import Document, checked
from policies.drawing import Around, Drawn, drawn
from policies.kinds import FRAME, KNOWN
from policies.models import PolicyDraft, PolicyVersion
from tests.accounts.conftest import Visitor
from tests.policies.conftest import DRAFT, FIRST, HALL
from tests.policies.forms import filled, standing_in

REASON = {"reason.nb": "Slik er det.", "reason.nn": "Slik er det.", "reason.en": "So it is."}
FORMS: dict[str, dict[str, str]] = {
    "eligibility": {"allowed[]": "organisation", "age.comparator": "over", "age.years": "17", "effect": "refuse", "unknown": "review"},
    "purpose": {"forbidden[]": "celebration", "alcohol": "refuse", "effect": "refuse"},
    "opening": {"outside": "refuse", "school_break": "refuse", "only_between.start": "16:00", "only_between.end": "22:00"},
    "lead_time": {"comparator": "at-least", "notice.amount": "2", "notice.unit": "working-days", "effect": "refuse"},
    "horizon": {"comparator": "at-most", "ahead.amount": "6", "ahead.unit": "months", "effect": "refuse"},
    "length": {"at_least": "30", "at_most": "240", "effect": "warn"},
    "grid": {"minutes": "30", "effect": "refuse"},
    "capacity": {"over": "refuse", "at_most": "20", "unknown_capacity": "warn", "unknown_heads": "warn"},
    "quota": {"comparator": "at-most", "minutes": "600", "period": "week", "per": "holder", "effect": "refuse"},
    "entitlement": {"over": "review", "other_room": "refuse", "other_dates": "refuse"},
    "decision_route": {"route": "by-role", "role": "caretaker", "promise.amount": "2", "promise.unit": "working-days", "hold.unit": "days"},
    "bad_hours": {"over": "240", "percent": "25", "hours[0].between.start": "16:00", "hours[0].between.end": "17:00"},
    "surcharge": {"title.nb": "Helg", "operation": "percent", "percent": "50"},
    "priority": {"order[0].applicants[]": "municipality", "order[1].name.nb": "Andre"},
    "buffers": {"before": "15", "after": "30"},
    "price": {
        "assignments[0].price_class": "list",
        "tariffs[0].version": "2026",
        "tariffs[0].first": "2026-01-01",
        "tariffs[0].rows[0].price_class": "list",
        "tariffs[0].rows[0].ore": "1 145,50",
        "tariffs[0].rows[0].unit": "hour",
        "tariffs[0].rows[0].ages.last": "19",
        "missing": "review",
    },
}


def draft(house: Database) -> Document:
    with Session(house.engine) as session:
        return checked(session.scalars(select(PolicyDraft)).one().document)


def versions(house: Database) -> list[PolicyVersion]:
    with Session(house.engine) as session:
        return list(session.scalars(select(PolicyVersion).order_by(PolicyVersion.number)))


def text_of(page: str) -> str:
    """The page without markup, spaces drawn together."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_everybody_reads_what_is_in_force_in_plain_words(anybody: Visitor) -> None:
    page = text_of(anybody.get(HALL).text)

    assert "Gjelder nå: versjon 1, fra 1. januar 2026" in page
    assert "Høyst 2 timer." in page
    assert "Man får svar med én gang." in page
    assert "600 kr per time" in page
    assert "Utkast" not in page


def test_the_list_shows_places_with_a_policy_first_and_folds_the_others(anybody: Visitor) -> None:
    first, _, folded = anybody.get("/policies").text.partition("<details")

    rows = text_of(first).partition("som gjelder.")[2].split()
    assert " ".join(rows) == "Drammen kommune ingen egen Øren flerbrukshall Versjon 1 fra 1. januar 2026"
    assert "3 steder uten egen retningslinje Øren flerbrukshall, Gymsal 1 Øren flerbrukshall, Gymsal 2" in text_of(folded)


def test_a_place_with_a_draft_stands_among_the_first_for_officers_alone(anybody: Visitor, house: Database) -> None:
    room = "/policies/rooms/oren-flerbrukshall/gymsal-1"
    signed_out = anybody.get("/policies").text
    anybody.sign_in("kari")
    anybody.post(f"{room}/draft", form_on=room)

    shown = anybody.get("/policies").text

    assert [room in page.partition("<main")[2].partition("<details")[0] for page in (signed_out, shown)] == [False, True]
    assert f'href="{room}/draft"' in shown


def test_what_the_numbers_of_a_rule_say_stands_beside_its_reason(drafting: Visitor) -> None:
    address = f"{DRAFT}/rules/new"
    fields = FORMS["lead_time"] | {"notice.amount": "7", "notice.unit": "days", "reason.nb": "Minst to timer før."}

    empty = drafting.get(f"{address}?kind=lead_time").text
    drafting.post(address, form_on=f"{address}?kind=lead_time", kind="lead_time", version="1", id="notice", **fields)
    form, listed = text_of(drafting.get(f"{DRAFT}/rules/notice").text), text_of(drafting.get(DRAFT).text)

    assert "Dette sier tallene i regelen" not in empty
    assert "Dette sier tallene i regelen Man må be om det minst 7 dager før." in form
    assert "Regelen Man må be om det minst 7 dager før. Begrunnelsen Minst to timer før." in listed


def test_a_place_that_is_not_there_is_told_so(anybody: Visitor) -> None:
    assert anybody.get("/policies/venues/ingen-hall").status_code == 404
    assert anybody.get(f"{HALL}/versions/9").status_code == 404


def test_a_version_can_be_taken_home_as_data(anybody: Visitor, house: Database) -> None:
    answer = anybody.get(f"{HALL}/versions/1.json")

    assert checked(json.loads(answer.text)) == checked(versions(house)[0].document)


def test_the_schema_is_there_for_other_programs(anybody: Visitor) -> None:
    assert anybody.get("/policies/schema.json").get_json()["title"] == "Document"


@pytest.mark.parametrize("name", ["olav", "berit"])
def test_others_than_officers_see_no_draft_and_begin_none(anybody: Visitor, house: Database, name: str) -> None:
    anybody.sign_in(name)

    refused = [anybody.post(DRAFT, form_on="/").status_code, anybody.get(DRAFT).status_code]

    assert refused == [403, 403]
    with Session(house.engine) as session:
        assert session.scalars(select(PolicyDraft)).all() == []


def test_nobody_signed_in_is_asked_to_sign_in(anybody: Visitor) -> None:
    page = anybody.get(DRAFT)

    assert (page.status_code, "Logg inn" in page.text) == (401, True)


def test_a_draft_begins_with_what_is_in_force(drafting: Visitor, house: Database) -> None:
    assert draft(house) == checked(versions(house)[0].document)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", KNOWN)
def test_a_rule_of_each_kind_is_added_in_its_form_and_read_back_unchanged(drafting: Visitor, house: Database, kind: str) -> None:
    address = f"{DRAFT}/rules/new"

    fields = FORMS.get(kind) or filled(drawn(KNOWN[kind], {}, Around({}), but=FRAME))
    added = drafting.post(address, form_on=f"{address}?kind={kind}", kind=kind, version="1", id="ny-regel", **REASON, **fields)

    assert added.status_code == 303, text_of(added.text)
    (rule_added,) = [one for one in draft(house).rules if one.id == "ny-regel"]
    assert rule_added.kind == kind
    again = send_unchanged(drafting, f"{DRAFT}/rules/ny-regel")
    assert again.status_code == 303, text_of(again.text)
    (read_back,) = [one for one in draft(house).rules if one.id == "ny-regel"]
    assert read_back == rule_added


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_all_that_a_kind_can_say_has_an_input(drafting: Visitor) -> None:
    lacking: dict[str, set[str]] = {}
    for kind, model in KNOWN.items():
        page = drafting.get(f"{DRAFT}/rules/new?kind={kind}").text
        with drafting.client.application.test_request_context("/"):
            inputs = drawn(model, {}, Around({}), but={"kind", *(("waiver",) if model.is_safety else ())})
            wanted = set(leaves(inputs))
        lacking[kind] = wanted - {first_of_its_rows(name) for name in re.findall(r' name="([^"]+)"', page)}

    assert lacking == {kind: set() for kind in KNOWN}


def test_a_price_of_a_single_room_is_not_limited_to_kinds_of_rooms(drafting: Visitor) -> None:
    room = "/policies/rooms/oren-flerbrukshall/gymsal-1"
    drafting.post(f"{room}/draft", form_on=room)

    pages = [drafting.get(f"{place}/draft/rules/new?kind=price").text for place in (HALL, room)]

    assert ["room_kinds[]" in page for page in pages] == [True, False]


def leaves(inputs: Iterable[Drawn]) -> Iterator[str]:
    """The names of the inputs, of several rows the first."""
    for one in inputs:
        if one.parts:
            yield from leaves(one.parts)
        else:
            yield first_of_its_rows(one.name)


def first_of_its_rows(name: str) -> str:
    return re.sub(r"\[\d+\]", "[0]", name)


def test_a_price_is_limited_to_an_age_and_to_any_days(drafting: Visitor, house: Database) -> None:
    sent = standing_in(drafting.get(f"{DRAFT}/rules/price").text)
    sent.setlist("tariffs[0].rows[0].weekdays[]", ["2", "4"])
    sent["assignments[0].ages.last"] = "19"

    drafting.client.post(f"{DRAFT}/rules/price", data=sent, headers={"Referer": f"http://localhost{DRAFT}"})

    price = next(one.model_dump(mode="json") for one in draft(house).rules if one.id == "price")
    assert price["assignments"][0]["ages"] == {"first": 0, "last": 19, "percent": 100}
    assert (price["tariffs"][0]["rows"][0]["weekdays"], price["tariffs"][0]["rows"][0]["season"]["last"]) == ([2, 4], "04-30")
    assert "under 20 år" in text_of(drafting.get(DRAFT).text)


def test_a_price_class_is_named_where_the_price_is_made_and_nothing_typed_is_lost(drafting: Visitor, house: Database) -> None:
    address = f"{DRAFT}/rules/new"
    typed = {"kind": "price", "version": "1", "id": "leie", "reason.nb": "Vedtatt.", "tariffs[0].version": "2027"}

    page = drafting.post(address, form_on=f"{address}?kind=price", **typed, **{"new_class.nb": "Lag og grupper", "name_class": "yes"})
    unnamed = drafting.post(address, form_on=f"{address}?kind=price", **(typed | {"version": "2"}), name_class="yes")

    assert {slug: name.nb for slug, name in draft(house).price_classes.items()} == {"lag-og-grupper": "Lag og grupper"}
    assert '<option value="lag-og-grupper">Lag og grupper</option>' in page.text
    kept = standing_in(page.text)
    assert (kept["version"], kept["tariffs[0].version"], kept["reason.nb"], kept["new_class.nb"]) == ("2", "2027", "Vedtatt.", "")
    assert (unnamed.status_code, 'id="error-new_class.nb"' in unnamed.text) == (422, True)


def test_a_rule_is_told_in_words_before_it_is_saved(drafting: Visitor, house: Database) -> None:
    address, before = f"{DRAFT}/rules/new", draft(house)
    typed = {"kind": "length", "version": "1", "id": "kort", "at_most": "1 200"}

    shown = drafting.post(address, form_on=f"{address}?kind=length", **typed, words="yes")
    alone = drafting.post(address, form_on=f"{address}?kind=length", **typed, words="alone")
    unclear = drafting.post(address, form_on=f"{address}?kind=length", **(typed | {"at_most": "lenge"}), words="alone")

    assert "Dette sier tallene i regelen Høyst 20 timer." in text_of(shown.text)
    assert "Høyst 20 timer." in text_of(alone.text)
    assert ("<main" in shown.text, "<main" in alone.text, draft(house)) == (True, False, before)
    assert "Når det som trengs er fylt ut" in unclear.text


def test_each_fault_in_the_summary_names_its_field_as_the_form_does(drafting: Visitor) -> None:
    address = f"{DRAFT}/rules/new"
    typed = {"kind": "surcharge", "version": "1", "id": "vask", "operation": "amount", "title.nb": "Vask", "scope.dates.first": "31.4.2027"}

    page = drafting.post(
        address, form_on=f"{address}?kind=surcharge", **typed, **{"scope.season.first": "31.4.", "scope.season.last": "1.5."}
    )

    told = re.findall(r'href="#field-[^"]+">([^<]+)<', page.text)
    assert told == [
        "Datoer, Fra: Datoen 31.4.2027 finnes ikke. Sjekk dag og måned.",
        "Datoer, til og med: Dette må fylles ut.",
        "Hvert år, Fra: Datoen 31.4. finnes ikke. Sjekk dag og måned.",
    ]
    page = drafting.post(address, form_on=f"{address}?kind=surcharge", **{name: typed[name] for name in typed if "scope" not in name})
    assert re.findall(r'href="#field-ore">([^<]+)<', page.text) == ["Kroner: Tillegget mangler tallet det regnes med. Fyll ut Kroner."]


def test_what_a_form_does_not_show_of_a_price_is_kept(drafting: Visitor, house: Database) -> None:
    before = draft(house)

    send_unchanged(drafting, f"{DRAFT}/rules/price")

    assert draft(house) == before


def test_faults_stand_at_their_fields_all_at_once_and_the_draft_is_unchanged(drafting: Visitor, house: Database) -> None:
    before = draft(house)
    wrong = {
        "at_most": "mange",
        "scope.between.start": "18:00",
        "scope.between.end": "17:00",
        "effect": "kanskje",
        "valid_from": "2026-02-30",
    }

    page = drafting.post(f"{DRAFT}/rules/length", kind="length", version="1", id="Ikke Slik", **REASON, **wrong)

    assert page.status_code == 422
    faulty = set(re.findall(r'<div id="error-([^"]+)"', page.text))
    assert faulty == {"at_most", "scope.between.end", "effect", "valid_from", "id"}
    assert 'value="mange"' in page.text
    assert draft(house) == before


WRONG_SHAPES: list[dict[str, str]] = [
    {"assignments": "x"},
    {"assignments[0]": "x"},
    {"assignments[0].rest": '{"scope": 1}', "assignments[0].price_class": "list"},
    {"tariffs": "abc"},
    {"tariffs[0].rows": "xyz"},
    {"tariffs[0].rows[0]": "x"},
    {"scope": "x"},
    {"scope.weekdays[0].x": "x"},
    {"source": "x"},
    {"reason[]": "x"},
    {"rest": '{"scope": "x"}'},
]


@pytest.mark.parametrize("more", [{}, {"more": "yes"}])
def test_a_form_of_a_wrong_shape_is_answered_and_changes_nothing(drafting: Visitor, house: Database, more: dict[str, str]) -> None:
    before, token = draft(house), standing_in(drafting.get(DRAFT).text)["csrf_token"]
    frame = {"kind": "price", "version": "1", "id": "ny-regel", "csrf_token": token}
    referer = {"Referer": f"http://localhost{DRAFT}"}

    heard = [drafting.client.post(f"{DRAFT}/rules/new", data=frame | wrong | more, headers=referer).status_code for wrong in WRONG_SHAPES]

    assert heard == [200 if more else 422] * len(WRONG_SHAPES)
    assert draft(house) == before


def test_a_rule_that_the_draft_does_not_have_is_not_changed(drafting: Visitor, house: Database) -> None:
    before = draft(house)

    page = drafting.post(f"{DRAFT}/rules/nothing", form_on=DRAFT, kind="length", version="1", id="nothing", at_most="60", **REASON)

    assert (page.status_code, draft(house)) == (404, before)


def test_an_address_that_a_browser_would_run_is_no_link(app: Flask) -> None:
    parts = app.jinja_env.get_template("booking/parts.html").module

    said = [str(parts.source("§ 1", address)) for address in ("https://lovdata.no/x#a", "javascript:alert(1)", "", None)]  # type: ignore[attr-defined]

    assert [re.findall(r'href="([^"]*)"', one) for one in said] == [["https://lovdata.no/x#a"], [], [], []]
    assert all("§\u00a01" in one or "§ 1" in one for one in said)


def test_a_rule_is_removed(drafting: Visitor, house: Database) -> None:
    drafting.post(f"{DRAFT}/rules/length/removal", form_on=DRAFT, version="1")

    assert [one.id for one in draft(house).rules] == ["decision-route", "price"]


def test_a_row_ticked_away_is_removed_and_more_rows_can_be_had(drafting: Visitor, house: Database) -> None:
    address = f"{DRAFT}/rules/price"
    fields = {"tariffs[0].version": "2026", "tariffs[0].first": "2026-01-01", "kind": "price", "version": "1", "id": "price", **REASON}
    two = {
        f"tariffs[0].rows[{n}].{name}": value
        for n in (0, 1)
        for name, value in (("price_class", "list"), ("ore", str(n)), ("unit", "hour"))
    }

    more = drafting.post(address, **fields, **two, more="yes", blank="2")
    drafting.post(address, **fields, **two, **{"tariffs[0].rows[0].drop": "yes"})

    assert more.text.count("Pris ") >= 10
    (price,) = [one for one in draft(house).rules if one.id == "price"]
    assert [row["ore"] for row in price.model_dump()["tariffs"][0]["rows"]] == [100]


def test_what_another_officer_saved_meanwhile_is_not_overwritten(drafting: Visitor, house: Database) -> None:
    fields = {"kind": "length", "version": "1", "id": "length", **REASON}
    drafting.post(f"{DRAFT}/rules/length", at_most="90", **fields)

    late = drafting.post(f"{DRAFT}/rules/length", at_most="30", **fields)

    assert late.status_code == 409
    assert "Noen andre" in late.text or "endret" in late.text
    (length,) = [one for one in draft(house).rules if one.id == "length"]
    assert length.model_dump()["at_most"] == 90


def test_publishing_from_a_date_puts_the_draft_in_force_then(drafting: Visitor, house: Database) -> None:
    drafting.post(f"{DRAFT}/rules/length", kind="length", version="1", id="length", at_most="240", **REASON)

    published = drafting.post(f"{HALL}/publication", form_on=DRAFT, version="2", valid_from="2027-01-01")

    assert published.status_code == 303
    assert [(version.number, version.valid_from) for version in versions(house)] == [(1, FIRST), (2, date(2027, 1, 1))]
    changed = text_of(drafting.get(f"{HALL}/versions/2").text)
    assert "Endret siden versjon 1" in changed
    assert "Høyst Før: 2 timer Nå: 4 timer" in changed


def test_of_versions_from_the_same_day_the_earlier_is_told_as_replaced(drafting: Visitor) -> None:
    drafting.post(f"{HALL}/publication", form_on=DRAFT, version="1", valid_from="2027-01-01")
    drafting.post(DRAFT, form_on=HALL)
    drafting.post(f"{HALL}/publication", form_on=DRAFT, version="1", valid_from="2027-01-01")

    rows = re.findall(r"Versjon (\d)</a>.*?ds-tag[^>]*>([^<]+)<", drafting.get(HALL).text, re.S)

    assert rows == [("3", "kommer"), ("2", "erstattet"), ("1", "gjelder nå")]


@pytest.mark.parametrize("day", ["", "31.04.2027", "i morgen", "2026-11-23"])
def test_a_date_that_is_none_publishes_nothing(drafting: Visitor, house: Database, day: str) -> None:
    page = drafting.post(f"{HALL}/publication", form_on=DRAFT, version="1", valid_from=day)

    assert page.status_code == 422
    assert 'id="error-valid_from"' in page.text
    assert "Bedrift: prisklasse Full pris." in text_of(page.text)
    assert len(versions(house)) == 1


def test_what_the_linter_calls_an_error_is_shown_and_not_published(drafting: Visitor, house: Database) -> None:
    drafting.post(f"{DRAFT}/rules/length", kind="length", version="1", id="length", at_least="60", at_most="30", **REASON)

    shown = text_of(drafting.get(DRAFT).text)
    refused = drafting.post(f"{HALL}/publication", form_on=DRAFT, version="2", valid_from="2027-01-01")

    assert "Dette må rettes før publisering" in shown
    assert refused.status_code == 422
    assert len(versions(house)) == 1


def test_title_regulation_and_price_classes_are_edited(drafting: Visitor, house: Database) -> None:
    fields = {
        "title.nb": "Leie av hallen",
        "regulation.text": "§ 1 Hallen er for alle.",
        "regulation.language": "nb",
        "classes[0].slug": "free",
        "classes[0].name.nb": "Gratis",
    }

    drafting.post(f"{DRAFT}/text", version="1", **fields)

    found = draft(house)
    assert (found.title.nb, found.regulation and found.regulation.text) == ("Leie av hallen", "§ 1 Hallen er for alle.")
    assert {slug: name.nb for slug, name in found.price_classes.items()} == {"free": "Gratis"}


def test_the_page_of_texts_offers_its_languages_by_their_own_names(drafting: Visitor) -> None:
    assert re.findall(r'hreflang="(\w+)" rel="nofollow">(\w+)<', drafting.get(f"{DRAFT}/text").text) == [
        ("nn", "Nynorsk"),
        ("en", "English"),
    ]


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"title.nb": "Leie", "classes[0].slug": "Ikke slik", "classes[0].name.nb": "Gratis"}, {"classes[0].slug"}),
        ({"title.nb": "Leie", "classes[0].name.nb": "Gratis"}, {"classes[0].slug"}),
        ({"title.nb": "Leie", "classes[0].slug[0].x": "free"}, {"classes[0].slug"}),
        ({"title.nb": "Leie", "classes": "free"}, set()),
        ({"title.nb": "Leie", "classes[0]": "free"}, set()),
    ],
)
def test_faults_of_price_classes_stand_at_their_lines(drafting: Visitor, house: Database, fields: dict[str, str], faulty: set[str]) -> None:
    before = draft(house)

    page = drafting.post(f"{DRAFT}/text", version="1", **fields)

    assert (page.status_code, "data-error-summary" in page.text) == (422, True)
    assert set(re.findall(r'<div id="error-([^"]+)"', page.text)) == faulty
    assert draft(house) == before


def test_a_draft_is_thrown_away_or_begun_from_an_older_version(drafting: Visitor, house: Database) -> None:
    unseen = drafting.post(f"{DRAFT}/removal", form_on=DRAFT)
    stale = drafting.post(f"{DRAFT}/removal", form_on=DRAFT, version="2")
    kept = draft(house)
    thrown = drafting.post(f"{DRAFT}/removal", form_on=DRAFT, version="1")
    drafting.post(DRAFT, form_on=f"{HALL}/versions/1", number="1")

    assert (unseen.status_code, stale.status_code, thrown.status_code) == (409, 409, 303)
    assert kept == draft(house) == checked(versions(house)[0].document)


def test_a_room_without_a_policy_gets_one_of_its_own(kari: Visitor, house: Database) -> None:
    room = "/policies/rooms/oren-flerbrukshall/gymsal-1"
    kari.post(f"{room}/draft", form_on=room)

    new = f"{room}/draft/rules/new"
    kari.post(new, form_on=f"{new}?kind=length", kind="length", version="1", id="length", at_most="60", **REASON)
    kari.post(f"{room}/publication", form_on=f"{room}/draft", version="2", valid_from="2026-12-01")

    assert [(version.venue_id is not None, version.room_id is not None) for version in versions(house)] == [(True, False), (True, True)]


def send_unchanged(visitor: Visitor, address: str) -> TestResponse:
    """Send a rule's form back just as it stands on its page."""
    return visitor.client.post(address, data=standing_in(visitor.get(address).text), headers={"Referer": f"http://localhost{address}"})
