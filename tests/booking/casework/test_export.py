"""A whole case as JSON, and the same without people."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from accounts.identity import COMMAND
from booking.casework import messages
from booking.casework.charge import Charge, assign
from booking.casework.export import exported, redacted
from booking.decisions import approve
from booking.reservations import reserve
from tests.booking.conftest import NOW, TWO_HOURS, Hall, again, publish_with, wish

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LONG = {"start": "2026-09-15T18:00", "end": "2026-09-15T21:00", "exceptions": ["two-hours"], "exception_reason": "Per Solli fyller 50"}
PERSONS = ("Per", "Solli", "Kari", "Nordby", "@", "9900", "41234567", "Nina")


def case(session: Session, hall: Hall) -> dict[str, Any]:
    """Per's party: asked about, answered, noted, granted with an exception."""
    publish_with(session, TWO_HOURS)
    contact = {"contact": "Nina Kontakt", "contact_phone": "41234567"}
    booking = reserve(session, wish(organisation=None, message="Ring Nina", **contact, **LONG), by=hall.per, now=NOW)
    again(session)
    assign(session, booking.id, Charge(owner=hall.kari.person_id), by=hall.kari, now=NOW)
    messages.write(session, booking.id, "Hei Per, hvor mange?", must_answer=True, by=hall.kari, now=NOW)
    messages.write(session, booking.id, "Tolv. Hilsen Per, 41 23 45 67 eller 412 34 567, per@example.org", by=hall.per, now=NOW)
    messages.note(session, booking.id, "Kjent fra før", by=hall.kari, now=NOW)
    again(session)
    approve(session, booking.id, grounds="Bursdag for Per", by=hall.kari, now=NOW)
    again(session)
    return exported(session, booking.reference, by=COMMAND)


def test_a_case_is_told_from_wish_to_notices(session: Session, hall: Hall) -> None:
    found = json.loads(json.dumps(case(session, hall)))

    assert [one["text"] for one in found["messages"]][2] == "Kjent fra før"
    assert [one["verb"] for one in found["audit"]] == ["reserve", "assign", "ask", "answer", "note", "approve"]
    assert [one["act"] for one in found["judgements"]] == ["reserve", "approve"]
    assert [one["kind"] for one in found["notices"]] == ["booking-requested", "case-ask", "case-answer", "booking-booked"]
    assert [one["name"] for one in found["people"]] == ["Kari Nordby", "Per Solli"]
    assert found["booking"]["occurrences"][0]["state"] == "booked"


def test_redacted_it_names_nobody_and_still_tells_who_did_what(session: Session, hall: Hall) -> None:
    whole = case(session, hall)

    found = redacted(whole)
    written = json.dumps(found, ensure_ascii=False)

    assert {name for name in PERSONS if name not in json.dumps(whole, ensure_ascii=False)} == set()
    assert {name for name in PERSONS if name in written} == set()
    assert [(one["by"], one["text"]) for one in found["messages"]] == [
        ("person-1", "Hei […], hvor mange?"),
        ("person-2", "Tolv. Hilsen […], […] eller […], […]"),
    ]
    assert found["wish"]["holder"] == "person-2"
    assert found["judgements"][0]["dates"][0]["request"]["person"] == "person-2"
    assert "age" not in found["judgements"][0]["dates"][0]["request"]


def test_the_command_says_when_there_is_no_such_case(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["cases", "export", "FINNES-IKKE"])

    assert (done.exit_code, done.stdout) == (1, "")
    assert "FINNES-IKKE" in done.stderr
