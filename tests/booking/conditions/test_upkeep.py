"""Names and documents are forgotten a month after nothing can ask for them; that something was done is not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from accounts.identity import NOBODY, SERVICE
from booking.conditions import models, verbs
from booking.conditions.inputs import Signature, Withdrawal
from booking.conditions.upkeep import KEPT, forget_past
from booking.models import Booking
from booking.reservations import reserve
from calendars.personal import PERSONAL
from kernel.errors import Unidentified
from tests.booking.conditions.conftest import MEETING
from tests.booking.conditions.test_verbs import adults, do
from tests.booking.conftest import NOW, Hall, wish

OVER = timedelta(days=14)
SECOND = timedelta(seconds=1)


@pytest.fixture
def booking(session: Session, hall: Hall) -> Booking:
    return reserve(session, wish(**MEETING), by=hall.berit, now=NOW)


def forgotten(session: Session, after: timedelta) -> list[str]:
    return forget_past(session, personal=PERSONAL, by=SERVICE, now=NOW + after)


def names(row: models.Met) -> list[Any]:
    return [row.people, row.signed_as, row.file]


def test_those_named_are_forgotten_a_month_after_the_last_date(session: Session, hall: Hall, booking: Booking) -> None:
    row = do(session, verbs.appoint, booking.id, "responsible", adults(), by=hall.berit)

    early = (forgotten(session, KEPT + timedelta(days=13)), len(row.people))
    late = (forgotten(session, KEPT + OVER), row.people, row.met_at)

    assert (early, late) == (([], 2), ([], [], NOW))


def test_what_is_good_for_the_next_booking_is_kept_until_it_runs_out(session: Session, hall: Hall, booking: Booking) -> None:
    signed = do(session, verbs.sign, booking.id, "fire-instruction", Signature(name="B", agreed="yes", text_version="2026"), by=hall.berit)
    handed_in = do(session, verbs.upload, booking.id, "insurance", file="a.pdf", by=hall.berit)

    forgotten(session, KEPT + timedelta(days=300))
    kept = (names(signed), names(handed_in))
    forgotten(session, KEPT + timedelta(days=366))

    assert kept == ([[], "B", ""], [[], "", "a.pdf"])
    assert (names(signed), names(handed_in)) == ([[], "", ""], [[], "", "a.pdf"])


def test_a_document_that_was_not_accepted_goes_a_month_later_with_its_file(session: Session, hall: Hall, booking: Booking) -> None:
    row = do(session, verbs.upload, booking.id, "insurance", file="a.pdf", by=hall.berit)
    do(session, verbs.withdraw, row.id, Withdrawal(reason="Feil."), by=hall.kari)

    files = [forgotten(session, after) for after in (KEPT, KEPT + SECOND, KEPT + OVER)]

    assert (files, row.withdrawn_why) == ([[], ["a.pdf"], []], "Feil.")


def test_nobody_but_the_service_forgets(session: Session, booking: Booking) -> None:
    with pytest.raises(Unidentified):
        forget_past(session, personal=PERSONAL, by=NOBODY, now=NOW)
