"""Meeting conditions: by whom, once, for which bookings it holds, and how staff take it back."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.conditions import models, verbs
from booking.conditions.inputs import Appointment, Confirmation, Signature, Withdrawal
from booking.conditions.queries import entries, visits
from booking.decisions import approve
from booking.models import Booking, Occurrence
from booking.reservations import reserve
from database.audit import Audit
from database.outbox import Notice
from kernel.errors import Forbidden, Invalid, Missing, Refusal, Stale
from tests.booking.conditions.conftest import MEETING
from tests.booking.conftest import NOW, Hall, again, move, wish
from venues.models import Space

SIGNED = Signature(name="Berit Moe", agreed="yes", text_version="2026")
FOUND = Confirmation(agreed="yes", note="Olav er der.")
ADULTS = [{"name": "Ada Lien", "phone": "41234567", "born": 1980}, {"name": "Bo Dal", "phone": "41234568", "born": 2007}]
TODAY = date(2026, 9, 1)


def booked(session: Session, by: Actor, **changes: Any) -> Booking:
    again(session)
    return reserve(session, wish(**MEETING, **changes), by=by, now=NOW)


def do(session: Session, verb: Any, *args: Any, by: Actor, now: Any = NOW, **given: Any) -> models.Met:
    again(session)
    row: models.Met = verb(session, *args, by=by, now=now, **given)
    return row


def missing(session: Session, booking: Booking, today: date = TODAY) -> list[list[str]]:
    """What is missing, date by date."""
    session.flush()
    found = visits(session, Occurrence.booking_id == booking.id)
    return [[one.what for one in entries(session, found, today=today)[visit.id].missing] for visit in found]


ALL = ["attendant", "fire-instruction", "insurance", "internal-distribution", "responsible"]


def test_the_booking_stands_and_lacks_all_until_each_is_met_by_who_has_to(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit)
    before = (str(booking.state), missing(session, booking))

    do(session, verbs.sign, booking.id, "fire-instruction", SIGNED, by=hall.berit)
    do(session, verbs.upload, booking.id, "insurance", file="a.pdf", by=hall.nils)
    do(session, verbs.appoint, booking.id, "responsible", Appointment.model_validate({"people": ADULTS}), by=hall.nils)
    do(session, verbs.confirm, booking.id, "attendant", FOUND, by=hall.olav)
    left = missing(session, booking)
    do(session, verbs.confirm, booking.id, "internal-distribution", FOUND, by=hall.kari)

    assert before == ("booked", [ALL])
    assert (left, missing(session, booking)) == ([["internal-distribution"]], [[]])


def test_one_signing_is_for_the_person_in_the_building_and_a_document_for_the_organisation(session: Session, hall: Hall) -> None:
    first, second = booked(session, hall.berit), booked(session, hall.berit, room="oren-flerbrukshall/gymsal-2")
    of_nils = booked(session, hall.nils, start="2026-09-16T18:00", end="2026-09-16T20:00")
    of_per = booked(session, hall.per, start="2026-09-17T18:00", end="2026-09-17T20:00", organisation=None)

    do(session, verbs.sign, first.id, "fire-instruction", SIGNED, by=hall.berit)
    do(session, verbs.upload, first.id, "insurance", file="a.pdf", by=hall.berit)

    lacks = [set(missing(session, booking)[0]) & {"fire-instruction", "insurance"} for booking in (first, second, of_nils, of_per)]
    assert lacks == [set(), set(), {"fire-instruction"}, {"fire-instruction", "insurance"}]


def test_a_signature_holds_until_it_runs_out(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit, recurrence={"rrule": "FREQ=YEARLY;COUNT=2"})

    row = do(session, verbs.sign, booking.id, "fire-instruction", SIGNED, by=hall.berit)

    assert row.valid_until == date(2027, 9, 1)
    assert ["fire-instruction" in lacks for lacks in missing(session, booking)] == [False, True]


def test_what_is_done_twice_is_done_once(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit)

    rows = [
        {do(session, verbs.sign, booking.id, "fire-instruction", SIGNED, by=hall.berit).id for _ in range(2)},
        {do(session, verbs.upload, booking.id, "insurance", file=file, by=hall.berit).file for file in ("a.pdf", "b.pdf")},
        {do(session, verbs.confirm, booking.id, "attendant", FOUND, by=hall.olav).id for _ in range(2)},
        {do(session, verbs.appoint, booking.id, "responsible", adults(), by=hall.berit).id for _ in range(2)},
    ]

    assert [len(found) for found in rows] == [1, 1, 1, 1]
    acts = session.execute(select(Audit.verb, Audit.facts).where(Audit.subject == "met").order_by(Audit.id)).all()
    assert [act.verb for act in acts] == ["sign", "upload", "confirm", "appoint"]
    assert "Berit" not in str(acts)


def adults(**changes: Any) -> Appointment:
    return Appointment.model_validate({"people": [{**ADULTS[0], **changes}, ADULTS[1]]})


def test_others_may_be_named_in_their_place(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit)

    before, after = (do(session, verbs.appoint, booking.id, "responsible", adults(name=name), by=hall.berit) for name in ("Ada", "Eva"))

    assert (before.id == after.id, after.people[0]["name"]) == (True, "Eva")


def test_too_few_and_too_young_are_told_at_once(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit)

    with pytest.raises(Invalid) as refused:
        do(
            session,
            verbs.appoint,
            booking.id,
            "responsible",
            Appointment.model_validate({"people": [{**ADULTS[0], "born": 2008}]}),
            by=hall.berit,
        )

    assert [(fault.code, fault.field) for fault in refused.value.faults] == [
        ("too-few-people", "people"),
        ("too-young-on-site", "people[0].born"),
    ]
    assert refused.value.faults[1].facts == {"age": 18, "last": 2007}


@pytest.mark.parametrize(
    ("name", "refusal"), [("siri", Missing), ("per", Missing), ("nils", Forbidden), ("olav", Forbidden), ("berit", None), ("kari", None)]
)
def test_who_may_sign_what_is_asked_of_a_person(session: Session, hall: Hall, name: str, refusal: type[Refusal] | None) -> None:
    booking = booked(session, hall.berit)

    assert refused_by(session, verbs.sign, booking.id, "fire-instruction", SIGNED, by=getattr(hall, name)) is refusal


@pytest.mark.parametrize(("name", "refusal"), [("per", Missing), ("nils", Forbidden), ("berit", Forbidden), ("olav", None), ("kari", None)])
def test_who_may_confirm_what_staff_confirm(session: Session, hall: Hall, name: str, refusal: type[Refusal] | None) -> None:
    booking = booked(session, hall.berit)

    assert refused_by(session, verbs.confirm, booking.id, "attendant", FOUND, by=getattr(hall, name)) is refusal


def refused_by(session: Session, verb: Any, *args: Any, by: Actor) -> type[Refusal] | None:
    try:
        do(session, verb, *args, by=by)
    except Refusal as refusal:
        return type(refusal)
    return None


def test_a_text_that_was_replaced_while_it_was_read_is_not_signed(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit)
    old = Signature(name="Berit Moe", agreed="yes", text_version="2025")

    assert refused_by(session, verbs.sign, booking.id, "fire-instruction", old, by=hall.berit) is Stale


@pytest.mark.parametrize("what", ["insurance", "nothing"])
def test_what_is_not_to_be_signed_cannot_be(session: Session, hall: Hall, what: str) -> None:
    booking = booked(session, hall.berit)

    assert refused_by(session, verbs.sign, booking.id, what, SIGNED, by=hall.berit) is Missing


def test_nothing_is_met_once_the_date_is_over(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit)

    with pytest.raises(Missing):
        do(session, verbs.sign, booking.id, "fire-instruction", SIGNED, by=hall.berit, now=NOW + timedelta(days=20))


def test_staff_take_back_with_a_reason_that_the_holder_is_told_once(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit)
    row = do(session, verbs.upload, booking.id, "insurance", file="a.pdf", by=hall.nils)

    for _ in range(2):
        do(session, verbs.withdraw, row.id, Withdrawal(reason="Beviset gjelder i fjor."), by=hall.olav)

    assert "insurance" in missing(session, booking)[0]
    told = session.scalars(select(Notice).where(Notice.kind == "condition-withdrawn")).all()
    assert [(one.person_id, one.booking_id, one.facts) for one in told] == [(hall.cast.berit.id, booking.id, {"met": row.id})]
    assert (row.withdrawn_by, row.withdrawn_why) == (hall.cast.olav.id, "Beviset gjelder i fjor.")


@pytest.mark.parametrize(
    ("name", "reason", "refusal"), [("berit", "x", Forbidden), ("per", "x", Missing), ("kari", "", Invalid), ("kari", "x", None)]
)
def test_who_may_take_back(session: Session, hall: Hall, name: str, reason: str, refusal: type[Refusal] | None) -> None:
    booking = booked(session, hall.berit)
    row = do(session, verbs.upload, booking.id, "insurance", file="a.pdf", by=hall.nils)

    assert refused_by(session, verbs.withdraw, row.id, Withdrawal(reason=reason), by=getattr(hall, name)) is refusal


def test_a_date_that_is_moved_asks_what_its_new_room_asks(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit)
    do(session, verbs.sign, booking.id, "fire-instruction", SIGNED, by=hall.berit)
    again(session)

    start = wish().start.replace(day=16)
    move(session, booking.id, 1, start=start, end=start + timedelta(hours=2), room="oren-flerbrukshall/gymsal-2", by=hall.berit, now=NOW)

    assert "fire-instruction" not in missing(session, booking)[0]
    due = session.scalars(select(Occurrence.conditions).where(Occurrence.booking_id == booking.id)).one()
    assert "2026-09-13" in due.values()


def dues(session: Session, booking: Booking) -> set[str | None]:
    asked = session.scalars(select(Occurrence.conditions).where(Occurrence.booking_id == booking.id)).one()
    return set((asked or {}).values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("day", "due", "then"), [(12, "2026-09-12", "2026-09-13"), (13, "2026-09-15", "2026-09-16")])
def test_what_is_asked_is_not_late_when_it_is_granted_and_moving_what_is_late_does_not_put_it_off(
    session: Session, hall: Hall, day: int, due: str, then: str
) -> None:
    """The instruction is to be signed three days before; the party is on the 15th, and on the 14th it is put off to the 16th."""
    party = booked(session, hall.per, organisation=None)
    again(session)
    approve(session, party.id, by=hall.kari, now=NOW.replace(day=day))
    assert dues(session, party) == {None, due}

    again(session)
    start = wish().start.replace(day=16)
    move(session, party.id, 1, start=start, end=start + timedelta(hours=2), by=hall.kari, now=NOW.replace(day=14))

    assert dues(session, party) == {None, then}


def test_the_words_of_a_condition_stand_once_for_all_bookings(session: Session, hall: Hall) -> None:
    for day in (15, 16, 17):
        booked(session, hall.berit, start=f"2026-09-{day}T18:00", end=f"2026-09-{day}T20:00")

    assert sorted(session.scalars(select(models.Condition.what))) == ALL


def test_what_is_met_makes_the_feeds_of_all_its_rooms_newer(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit)
    booked(session, hall.berit, room="oren-flerbrukshall/gymsal-2")
    before = revisions(session)

    do(session, verbs.sign, booking.id, "fire-instruction", SIGNED, by=hall.berit)

    assert [after - earlier for earlier, after in zip(before, revisions(session), strict=True)] == [1, 1]


def revisions(session: Session) -> list[int]:
    session.flush()
    return list(session.scalars(select(Space.revision).order_by(Space.id)))


def test_a_policy_without_conditions_keeps_nothing(session: Session, hall: Hall) -> None:
    booking = reserve(session, wish(), by=hall.berit, now=NOW)

    assert visits(session, Occurrence.booking_id == booking.id) == []
