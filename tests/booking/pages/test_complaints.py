"""The pages of complaints: from the booking to the complaint, what is wrong with a form, and the case as a file."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from database.audit import Audit
from tests.accounts.conftest import Visitor
from tests.booking.pages.conftest import Hidden
from tests.clock import Clock

Visit = Callable[..., Visitor]


def act_of(app: Flask, reference: str) -> str:
    """The number of the act that a booking's page offers to contest."""
    with Session(app.extensions["database"].engine) as session:
        return str(session.scalars(select(Audit.id).where(Audit.verb == "reserve").order_by(Audit.id.desc())).first())


def complained(app: Flask, visit: Visit, booking: str) -> str:
    """Berit complains; the complaint's reference."""
    answer = visit("berit").post("/complaints", form_on=f"/complaints/new?booking={booking}", act=act_of(app, booking), text="For dyrt.")
    assert answer.status_code == 303
    return str(answer.headers["Location"]).rpartition("/")[2]


def test_the_party_finds_the_way_from_its_booking_and_others_find_nothing(app: Flask, visit: Visit, booked: Callable[..., str]) -> None:
    reference = booked()
    address = f"/complaints/new?booking={reference}"
    page = visit("berit").get(f"/bookings/{reference}").text

    complaint = complained(app, visit, reference)
    seen = {
        who: visit(who).get(f"/complaints/{complaint}").status_code for who in ("", "per", "siri", "olav", "nils", "berit", "kari", "ada")
    }
    new = {who: visit(who).get(address).status_code for who in ("", "per", "siri", "olav", "nils", "kari")}
    lists = {who: complaint in visit(who).get("/complaints").text for who in ("per", "tone", "olav", "nils", "kari")}

    assert f'href="{address}"' in page
    assert seen == {"": 401, "per": 404, "siri": 404, "olav": 404, "nils": 200, "berit": 200, "kari": 200, "ada": 200}
    assert new == {"": 401, "per": 404, "siri": 404, "olav": 404, "nils": 200, "kari": 200}
    assert lists == {"per": False, "tone": False, "olav": False, "nils": True, "kari": True}
    assert visit("kari").get("/complaints/new").status_code == 404


def test_a_form_that_is_wrong_says_so_at_its_fields_and_keeps_what_was_typed(app: Flask, visit: Visit, booked: Callable[..., str]) -> None:
    reference = booked()
    kari, act = visit("kari"), act_of(app, reference)
    address = f"/complaints/new?booking={reference}"

    wrong = kari.post("/complaints", form_on=address, act=act, text="", came_on="2031-02-30")
    early = kari.post("/complaints", form_on=address, act=act, text="Brevet sier nei.", came_on="2020-01-01")
    unknown = kari.post("/complaints", form_on=address, act="999999", text="Hva?")

    assert (wrong.status_code, early.status_code, unknown.status_code) == (422, 422, 404)
    assert "error-text" in wrong.text and "error-came_on" in wrong.text
    assert "Dagen kan ikke være før vedtaket, som er fra 1. september 2026." in early.text and "Brevet sier nei." in early.text


def test_a_request_that_waits_is_no_decision_and_what_was_decided_of_one_is_told(
    app: Flask, visit: Visit, booked: Callable[..., str]
) -> None:
    waits = booked(activity="culture.concert", start="2026-09-17T18:00", end="2026-09-17T20:00")
    complaint = complained(app, visit, booked())
    berit = visit("berit")
    page, address = berit.get(f"/bookings/{waits}").text, f"/complaints/new?booking={waits}"

    berit.post(f"/complaints/{complaint}/withdrawal", form_on=f"/complaints/{complaint}")
    told = berit.get(f"/complaints/{complaint}").text

    assert "Venter på svar" in page
    assert (f'href="{address}"' in page, berit.get(address).status_code) == (False, 404)
    assert "Klagesaken er avsluttet. Klagen er trukket." in told
    assert "21 dager etter at dere fikk vite om det." in told


def test_what_was_split_off_is_contested_where_it_was_decided(visit: Visit, booked: Callable[..., str]) -> None:
    reference, berit = booked(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}), visit("berit")
    page = f"/bookings/{reference}"
    split = berit.post(f"{page}/occurrences/2/split", form_on=page).location

    way = Hidden(berit.get(split)).links["Klag på vedtaket"]

    assert (split != page, way, berit.get(way).status_code) == (True, f"/complaints/new?booking={reference}", 200)


def test_a_step_that_is_refused_shows_the_complaint_with_why(app: Flask, visit: Visit, booked: Callable[..., str]) -> None:
    complaint = complained(app, visit, booked())
    kari, address = visit("kari"), f"/complaints/{complaint}"

    empty = kari.post(f"{address}/reconsideration", form_on=address, outcome="changed")
    early = kari.post(f"{address}/board", form_on=address, outcome="board-upheld", on_day="2026-09-01", text="Nei")
    strange = kari.post(f"{address}/owner", form_on=address, owner="4")
    both = kari.post(f"{address}/owner", form_on=address, owner="1", was="3")

    assert [one.status_code for one in (empty, early, strange, both)] == [422, 409, 422, 409]
    assert "error-text" in empty.text
    assert "Klagen er kommet videre" in early.text


def test_a_case_is_taken_out_by_officers_and_that_is_kept(app: Flask, visit: Visit, booked: Callable[..., str], clock: Clock) -> None:
    complaint = complained(app, visit, booked(message="Ring Berit"))
    kari, address = visit("kari"), f"/cases/{complaint}"
    told = {who: visit(who).get(address).status_code for who in ("", "per", "berit", "olav", "kari")}
    shown = kari.get(address).text

    whole = kari.post(f"{address}/bundle", form_on=address)
    public = kari.post(f"{address}/bundle", form_on=address, redacted="yes", passed="message")

    assert told == {"": 401, "per": 403, "berit": 403, "olav": 403, "kari": 200}
    assert "Ring [utelatt]" in shown and "Det kan ingen maskin love å finne." in shown
    assert whole.headers["Content-Disposition"] == f"attachment; filename={complaint}.zip"
    assert public.headers["Content-Disposition"] == f"attachment; filename={complaint}-sladdet.zip"
    case = json.loads(ZipFile(BytesIO(public.data)).read("case.json"))
    assert (case["wish"]["message"], case["booking"]["purpose"], case["redacted"]) == ("Ring [utelatt]", "[utelatt]", True)
    with Session(app.extensions["database"].engine) as session:
        taken = session.scalars(select(Audit.facts).where(Audit.verb == "hand_out").order_by(Audit.id)).all()
    assert [(one["redacted"], one["passed"]) for one in taken] == [(False, []), (True, ["message"])]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_list_takes_as_many_statements_for_three_as_for_one(
    app: Flask, visit: Visit, booked: Callable[..., str], counted: Callable[[], Any]
) -> None:
    kari, numbers = visit("kari"), []
    for evenings in (1, 2):
        for number in range(evenings):
            complained(
                app, visit, booked(start=f"2026-09-{20 + 2 * evenings + number}T18:00", end=f"2026-09-{20 + 2 * evenings + number}T20:00")
            )
        kari.get("/complaints")
        with counted() as statements:
            kari.get("/complaints")
        numbers.append(len(statements))

    assert numbers == [5, 5]
