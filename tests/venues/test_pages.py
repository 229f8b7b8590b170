"""The pages of venues: what everybody sees, what staff change without script, and what others may not."""

import io
import re
from urllib.parse import unquote

import pytest
from flask import Flask, render_template
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from database.transact import Database
from kernel.texts import order_of
from tests.accounts.conftest import TOKEN_FIELD, Visitor
from tests.cast import BEGINNING
from venues.models import Closure, Fact, OnSite, OpeningHours, Photo, SchoolPeriod, Venue
from venues.queries import room_at, venue_named
from venues.shown import room_shown

HALL = "/venues/oren-flerbrukshall"


@pytest.fixture
def house(app: Flask) -> Database:
    """The app's database with Drammen's rooms, the demo's inventions and the cast."""
    database: Database = app.extensions["database"]
    return database


@pytest.fixture
def visitor(app: Flask, house: Database) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def kari(visitor: Visitor) -> Visitor:
    visitor.sign_in("kari")
    return visitor


def rows(house: Database, table: type) -> list[object]:
    with Session(house.engine) as session:
        return list(session.scalars(select(table)))


def test_the_list_shows_every_venue_and_what_is_invented(visitor: Visitor) -> None:
    page = visitor.get("/venues")

    assert page.status_code == 200
    assert page.text.count('class="ds-card"') == 23
    assert "fiktiv (demo)" in page.text


def test_a_filter_lists_what_is_unknown_last(visitor: Visitor) -> None:
    page = visitor.get("/venues?capacity=300&needs=access.lift").text

    sure, unsure, disputed = (
        page.index(part) for part in ("/rooms/brandengen-flerbrukshall/hall", 'id="unsure"', "/rooms/drammenshallen/hele-hallen")
    )
    assert sure < unsure < disputed


def test_a_filter_with_text_for_a_number_is_answered_at_its_field(visitor: Visitor) -> None:
    page = visitor.get("/venues?capacity=mange")

    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text


def test_a_disputed_value_names_both_sides_and_an_unknown_one_says_so(visitor: Visitor) -> None:
    assert "kildene er uenige: 2" in visitor.get(HALL).text.replace("\u00a0", " ")
    assert "kildene er uenige: 4" in visitor.get("/venues/drammenshallen").text
    assert "ukjent" in visitor.get("/venues/skogerhallen").text


def test_a_venue_that_does_not_exist_names_the_nearest(visitor: Visitor) -> None:
    page = visitor.get("/venues/oren-flerbruksal")

    assert page.status_code == 404
    assert "oren-flerbrukshall" in page.text


def test_where_no_venue_is_alike_none_is_named(visitor: Visitor) -> None:
    page = visitor.get("/venues/nope")

    assert (page.status_code, "Bygget «nope» finnes ikke." in page.text, "likner" in page.text) == (404, True, False)


def test_a_closed_room_is_named_on_the_page_of_its_venue(kari: Visitor) -> None:
    for room in ("gymsal-1", ""):
        kari.post(f"{HALL}/closures", start="2027-02-01T08:00", end="2027-02-01T16:00", reason="Vannlekkasje", room=room)

    found = re.findall(r"<strong>([^<]+ er stengt)</strong>", kari.get(HALL).text)

    assert found == ["Gymsal 1 er stengt", "Hele lokalet er stengt"]


def test_what_is_out_of_order_closes_nothing_on_the_page_of_its_venue(kari: Visitor) -> None:
    for room in ("gymsal-1", ""):
        time = {"start": "2027-02-01T08:00", "end": "2027-02-01T16:00"}
        kari.post(f"{HALL}/closures", **time, reason="Mangler en del", room=room, out_of_order="step-free-entrance")

    told = kari.get(HALL).text

    assert re.findall(r"<li><strong>([^<]+)</strong>", told) == [
        "Gymsal 1: trinnfri inngang er ute av drift",
        "Ute av drift: trinnfri inngang",
    ]
    assert "er stengt" not in told
    here, rest = (re.findall(r"<option[^>]*>([^<]+)", part) for part in kari.get(f"{HALL}/closures").text.split("<optgroup")[1:])
    assert (here[0], "Piano" in rest, rest.count("Teleslynge")) == ("Bord", True, 1)


def test_what_the_sources_leave_open_is_told_in_the_language_of_the_page(visitor: Visitor, house: Database) -> None:
    told = visitor.get("/venues/drammenshallen").text
    with Session(house.engine) as session, session.begin():
        fact = session.scalars(select(Fact).join(Venue).where(Venue.slug == "drammenshallen", Fact.key == "unknown")).one()
        fact.value = {"value": ["where the keys are"]}

    quoted = visitor.get("/venues/drammenshallen").text

    assert "<li>Hvor mange baner det er; at det finnes en bane B, er antatt</li>" in told
    assert "B is assumed" not in told
    assert '<li>Kilden skriver på engelsk: <q lang="en">where the keys are</q></li>' in quoted


def test_kinds_of_rooms_are_written_alike_wherever_the_list_names_them(visitor: Visitor) -> None:
    page = visitor.get("/venues").text
    select_of_kinds = page[page.index('id="field-kind"') : page.index("</select>", page.index('id="field-kind"'))]

    kinds = re.findall(r"<option[^>]*>([^<]+)</option>", select_of_kinds)

    assert "Aktivitetsrom" in kinds
    assert kinds[1:] == sorted(kinds[1:], key=order_of)
    assert [kind for kind in kinds if kind[0].islower()] == []


@pytest.mark.parametrize("page", ["edit", "access", "opening-hours", "closures", "contacts", "photos", "outside"])
def test_staffs_pages_are_for_staff(visitor: Visitor, page: str) -> None:
    signed_out = visitor.get(f"{HALL}/{page}").status_code
    visitor.sign_in("per")

    assert (signed_out, visitor.get(f"{HALL}/{page}").status_code) == (401, 403)


@pytest.mark.parametrize(
    ("page", "status"), [("edit", 403), ("opening-hours", 403), ("access", 200), ("closures", 200), ("contacts", 200), ("photos", 200)]
)
def test_a_caretaker_sees_what_is_theirs_to_change(visitor: Visitor, page: str, status: int) -> None:
    visitor.sign_in("olav")

    assert visitor.get(f"{HALL}/{page}").status_code == status
    assert visitor.get(f"/venues/union-scene/{page}").status_code == 403


def fields_of(house: Database, **changed: str) -> dict[str, str]:
    with Session(house.engine) as session:
        venue = venue_named(session, "oren-flerbrukshall")
        held = {
            name: str(getattr(venue, name))
            for name in ("name", "kind", "address", "entrance", "getting_in", "minutes_before", "latitude", "longitude")
        }
        return held | {"district": "Bragernes/Øren", "follows_school_calendar": "yes", "version": str(venue.revision)} | changed


def send(visitor: Visitor, page: str, fields: dict[str, str]) -> TestResponse:
    """As Visitor.post, where a field is called like one of its parameters."""
    token = TOKEN_FIELD.search(visitor.get(page).text)
    assert token
    return visitor.client.post(page, data={"csrf_token": token[1], **fields}, headers={"Referer": f"http://localhost{page}"})


def test_an_officer_edits_a_venue_and_a_second_who_saw_the_old_one_is_told(kari: Visitor, house: Database) -> None:
    seen = fields_of(house, address="Skoleveien 1")

    first, second = send(kari, f"{HALL}/edit", seen), send(kari, f"{HALL}/edit", seen | {"address": "Skoleveien 2"})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Noen andre har endret" in second.text
    assert "Skoleveien 2" in second.text
    assert "Skoleveien 1" in kari.get(HALL).text


def test_all_faults_of_a_form_stand_at_their_fields(kari: Visitor, house: Database) -> None:
    page = send(kari, f"{HALL}/edit", fields_of(house, name="", latitude="nord", minutes_before="9999"))

    assert page.status_code == 422
    assert page.text.count('aria-invalid="true"') == 3


def test_a_week_is_kept_and_faults_stand_at_the_line_that_was_typed(kari: Visitor, house: Database) -> None:
    with Session(house.engine) as session:
        version = str(venue_named(session, "oren-flerbrukshall").revision)
    monday = {"rows[0].weekday": "0", "rows[0].start": "16:00", "rows[0].end": "22:00", "rows[0].openness": "open"}
    sunday = {"rows[24].weekday": "6", "rows[24].start": "22:00", "rows[24].end": "10:00", "rows[24].openness": "by-agreement"}

    refused = kari.post(f"{HALL}/opening-hours", version=version, **monday, **sunday)
    kept = kari.post(f"{HALL}/opening-hours", version=version, **monday, **{**sunday, "rows[24].end": "24:00"})

    assert (refused.status_code, kept.status_code) == (422, 303)
    assert 'id="error-rows[24].end"' in refused.text
    with Session(house.engine) as session:
        found = select(OpeningHours).join(Venue).where(Venue.slug == "oren-flerbrukshall").order_by(OpeningHours.weekday)
        assert [(row.weekday, row.from_minute, row.to_minute, row.openness.value) for row in session.scalars(found)] == [
            (0, 960, 1320, "open"),
            (6, 1320, 1440, "by-agreement"),
        ]


def test_each_fault_of_the_week_names_the_day_and_the_end_that_it_is_about(kari: Visitor, house: Database) -> None:
    with Session(house.engine) as session:
        version = str(venue_named(session, "oren-flerbrukshall").revision)
    wrong = {"rows[0].weekday": "0", "rows[0].start": "kl 8", "rows[0].end": "18", "rows[0].openness": "kanskje"}
    wrong |= {"rows[25].weekday": "6", "rows[25].start": "10", "rows[25].end": "26", "rows[25].openness": "open"}

    page = kari.post(f"{HALL}/opening-hours", version=version, **wrong)

    summary = re.findall(r'<a class="ds-link" href="#field-([^"]+)">([^:]+):', page.text)
    assert [(unquote(field), label) for field, label in summary] == [
        ("rows[0].start", "Mandag 1, fra"),
        ("rows[0].openness", "Mandag 1, hvordan"),
        ("rows[25].end", "Søndag 2, til"),
    ]
    assert all(f'id="field-{unquote(field)}"' in page.text for field, _ in summary)


def test_a_caretaker_closes_opens_adds_a_contact_and_answers_for_access(visitor: Visitor, house: Database) -> None:
    visitor.sign_in("olav")
    before = len(rows(house, OnSite))
    with Session(house.engine) as session:
        version = str(venue_named(session, "oren-flerbrukshall").revision)

    answers = [
        visitor.post(f"{HALL}/access", **{"answers.lift": "no", "details.lift": "trapp", "version": version}),
        visitor.post(f"{HALL}/closures", start="2027-02-01T08:00", end="2027-02-01T16:00", reason="Gulvet lakkes", room="gymsal-1"),
        visitor.post(f"{HALL}/closures/1/withdrawal", form_on=f"{HALL}/closures"),
        visitor.post(
            f"{HALL}/contacts", weekdays="2", start="08:00", end="12:00", role="Vaktmester", phone="99 88 77 66", is_present="yes"
        ),
    ]

    assert [answer.status_code for answer in answers] == [303, 303, 303, 303]
    assert len(rows(house, OnSite)) == before + 1
    assert [closure.withdrawn_at is None for closure in rows(house, Closure)] == [False]


def test_school_days_are_seen_by_all_and_added_by_officers(kari: Visitor, house: Database) -> None:
    added = kari.post("/school-calendar", first_day="2027-05-18", last_day="2027-05-18", name="Inneklemt dag", kind="planning")
    backwards = kari.post("/school-calendar", first_day="2027-05-18", last_day="2027-05-10", name="Baklengs", kind="break")

    assert (added.status_code, backwards.status_code) == (303, 422)
    assert {row.name for row in rows(house, SchoolPeriod)} >= {"Inneklemt dag", "Høstferie"}
    assert "Inneklemt dag" in kari.get("/school-calendar").text


def upload(visitor: Visitor, body: bytes, **fields: str) -> int:
    token = TOKEN_FIELD.search(visitor.get(f"{HALL}/photos").text)
    assert token
    data = {"csrf_token": token[1], "photo": (io.BytesIO(body), "hall.jpg"), **fields}
    return visitor.client.post(f"{HALL}/photos", data=data, headers={"Referer": f"http://localhost{HALL}/photos"}).status_code


def test_a_photo_needs_words_and_is_served_as_a_picture_and_nothing_else(kari: Visitor, house: Database) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")

    statuses = [
        upload(kari, out.getvalue()),
        upload(kari, b"<html>", alternative_text="Gymsalen"),
        upload(kari, out.getvalue(), alternative_text="Gymsalen sett fra døra"),
    ]

    photo = rows(house, Photo)[0]
    served = kari.get(f"/photos/{photo.file}")
    assert statuses == [422, 422, 303]
    assert (served.mimetype, served.headers["X-Content-Type-Options"], served.headers["Content-Security-Policy"]) == (
        "image/jpeg",
        "nosniff",
        "default-src 'none'; sandbox",
    )
    assert "Gymsalen sett fra døra" in kari.get(HALL).text
    assert kari.get("/photos/../arena.sqlite").status_code == 404
    assert kari.post(f"{HALL}/photos/{photo.id}/removal", form_on=f"{HALL}/photos").status_code == 303
    assert kari.get(f"/photos/{photo.file}").status_code == 404


def test_a_room_is_edited_retired_and_no_longer_listed(kari: Visitor, house: Database) -> None:
    edit = "/rooms/oren-flerbrukshall/styrkerom/edit"
    with Session(house.engine) as session:
        version = room_at(session, "oren-flerbrukshall/styrkerom").revision

    edited = kari.post(edit, name="Styrkerom", kind="strength room", capacity="12", version=str(version))
    retired = kari.post(edit.replace("edit", "retirement"), form_on=edit, version=str(version + 1))

    assert (edited.status_code, edited.location) == (303, "/rooms/oren-flerbrukshall/styrkerom")
    assert (retired.status_code, retired.location) == (303, "/venues/oren-flerbrukshall")
    assert "/rooms/oren-flerbrukshall/styrkerom" not in kari.get("/venues?capacity=5").text


def test_the_municipalitys_contact_is_an_officers_to_change(kari: Visitor) -> None:
    version = TOKEN_FIELD.sub("", kari.get("/municipality").text).partition('name="version" value="')[2].partition('"')[0]

    kept = kari.post("/municipality", name="Drammen kommune", contact_name="Innbyggertorget", contact_phone="32040000", version=version)

    assert kept.status_code == 303
    assert "Innbyggertorget" in kari.get(HALL).text


def test_the_facts_of_a_room_stand_on_any_page_that_takes_them(app: Flask, house: Database) -> None:
    with app.test_request_context("/"), Session(house.engine) as session:
        room = room_at(session, "union-scene/hovedscene")
        text = render_template("venues/_room_facts.html", shown=room_shown(session, room, BEGINNING))

    assert [part in text for part in ("Sitteplasser", "Teleslynge", "fiktiv (demo)", "Hvilken multisal som har plass til 80")] == [True] * 4


@pytest.mark.parametrize(("language", "words"), [("nn", "Opningstider"), ("en", "Opening hours")])
def test_a_venue_is_shown_in_other_languages(visitor: Visitor, language: str, words: str) -> None:
    assert words in visitor.get(f"{HALL}?lang={language}").text
