"""The caretaker's feed says whom not to let in yet; what is done for one booking makes newer all that it holds for."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.conditions import verbs
from booking.conditions.asked import asked_of, keep_words
from booking.conditions.inputs import Signature, Withdrawal
from booking.models import Booking, Occurrence
from booking.states import BookingState
from policies.verdict import Condition, Reason, Task, Whose
from tests.calendars.conftest import NOW, VENUE, Autumn
from tests.cast import actor

TITLE = Reason("Branninstruks", "Branninstruks på nynorsk", "Fire instruction")
FIRE = Condition(rule="fire", what="fire-instruction", task=Task.SIGN, title=TITLE, text_version="1", whose=Whose.ORGANISATION)
SIGNED = Signature(name="Berit", agreed="yes", text_version="1")
LACKS = "SLIPPES IKKE INN ENNÅ\\, mangler: Branninstruks\\n"


@pytest.fixture
def autumn(autumn: Autumn) -> Autumn:
    """Two bookings of Skiold turn ask for a signature: the weekly one in one half, the night in the whole hall."""

    def ask(session: Session) -> None:
        keep_words(session, [FIRE])
        booked = select(Occurrence).join(Booking).where(Booking.organisation_id == autumn.cast.skiold.id)
        for date in session.scalars(booked.where(Booking.state == BookingState.BOOKED, Occurrence.ends_at > NOW)):
            date.conditions = asked_of([FIRE], decided=NOW.date(), use=date.local_start.date())

    autumn.change(ask)
    return autumn


def series(session: Session, autumn: Autumn) -> int:
    wanted = (Booking.organisation_id == autumn.cast.skiold.id, Booking.state == BookingState.BOOKED)
    return session.scalars(select(Booking.id).where(*wanted).order_by(Booking.id)).first() or 0


def sign(autumn: Autumn, later: timedelta) -> int:
    def signs(session: Session) -> int:
        by = actor(session, autumn.cast.berit)
        return verbs.sign(session, series(session, autumn), "fire-instruction", SIGNED, by=by, now=NOW + later).id

    return int(autumn.change(signs))


def unfolded(body: bytes) -> str:
    return body.replace(b"\r\n ", b"").decode()


def event(text: str, local: str) -> dict[str, str]:
    """The lines of the event that starts then."""
    found = next(part for part in text.split("BEGIN:VEVENT") if f"DTSTART;TZID=Europe/Oslo:{local}" in part)
    return dict(line.split(":", 1) for line in found.strip().split("\r\n") if ":" in line)


def test_what_is_missing_is_told_to_caretakers_alone_and_goes_when_it_is_done(autumn: Autumn, read: Any) -> None:
    round_, club = autumn.addresses["round"], autumn.addresses["club"]
    before = read(round_)
    others = [unfolded(read(address).data) for address in (VENUE, club, autumn.addresses["mine"])]

    sign(autumn, timedelta(hours=1))

    after = read(round_, If_None_Match=before.headers["ETag"])
    lacking, let_in = (event(unfolded(answer.data), "20261124T180000") for answer in (before, after))
    assert (LACKS in lacking["DESCRIPTION"] + "\\n", "Kan slippes inn" in let_in["DESCRIPTION"]) == (True, True)
    assert (lacking["SEQUENCE"], let_in["LAST-MODIFIED"]) == (let_in["SEQUENCE"], "20261123T130000Z")
    assert unfolded(before.data).count("mangler: Branninstruks") == unfolded(after.data).count("Kan slippes inn") > 1
    assert not any("Branninstruks" in text or "slippes inn" in text for text in others)


def test_what_is_taken_back_is_missing_again_with_a_later_date(autumn: Autumn, read: Any) -> None:
    met = sign(autumn, timedelta(hours=1))
    before = read(autumn.addresses["round"])

    def withdraws(session: Session) -> None:
        by = actor(session, autumn.cast.olav)
        verbs.withdraw(session, met, Withdrawal(reason="Feil."), by=by, now=NOW + timedelta(hours=2))

    autumn.change(withdraws)

    after = read(autumn.addresses["round"], If_None_Match=before.headers["ETag"])
    told = event(unfolded(after.data), "20261124T180000")
    assert (after.status_code, LACKS in told["DESCRIPTION"] + "\\n", told["LAST-MODIFIED"]) == (200, True, "20261123T140000Z")


def test_it_is_told_in_the_language_of_the_feed(autumn: Autumn, read: Any) -> None:
    assert "NOT TO BE LET IN YET\\, missing: Fire instruction" in unfolded(read(autumn.addresses["round"] + "?lang=en").data)


def test_it_costs_two_statements_more_however_many_ask(autumn: Autumn, read: Any, statements: list[str]) -> None:
    read(autumn.addresses["round"])

    asked = [statement for statement in statements if " condition" in statement or " met" in statement]
    assert len(asked) == 2
