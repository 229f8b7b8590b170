"""Periods beside a plain recomputation: whatever happens to dates, each is billed for what it costs, once."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from booking.absence import note_absence, withdraw_absence
from booking.adding import readd
from booking.billing.account import TermsInput, Whose, account, seen_of, set_terms
from booking.billing.models import Dispute, Line, LineKind, Period, Terms
from booking.billing.periods import Closing, close_period, foreseen, shares
from booking.billing.prices import Objection, Ruling, dispute, settle_price
from booking.closures import close_rooms
from booking.decisions import approve
from booking.ending import cancel
from booking.models import Booking, Occurrence, Undo
from booking.reservations import reserve
from booking.splitting import split
from booking.states import BookingKind, OccurrenceState
from booking.undo import undo
from database.audit import Audit
from database.transact import Database
from kernel.errors import Conflict, Forbidden, Invalid, Refusal, Stale
from kernel.wallclock import to_wall
from tests.booking.conftest import LADDER, NO_SHOW, NOW, Hall, again, furnish, move, publish_with, wish
from tests.meanwhile import meanwhile
from venues.inputs import ClosureInput

OREN = "oren-flerbrukshall"
ROOMS = ("gymsal-1", "gymsal-2", "hel-hall")
PLAIN = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=3"}}
SEPTEMBER = Closing(first_day=date(2026, 9, 1), last_day=date(2026, 9, 30))
OCTOBER = Closing(first_day=date(2026, 10, 1), last_day=date(2026, 10, 31))
# What every episode is to have met; else it shows nothing.
MET = {"book", "approve", "cancel", "move", "close", "displace", "absent", "price", "dispute", "answer", "undo", "bill", "bill again"}


@pytest.fixture
def rules(session: Session, hall: Hall) -> Hall:
    """The hall with a ladder for cancelling, and full price where nobody comes."""
    publish_with(session, LADDER, NO_SHOW)
    return hall


def lines(session: Session) -> list[tuple[str, int, str, int]]:
    """All lines: kind, øre, team and the number of the line that they correct from the first (0: none)."""
    found = session.scalars(select(Line).order_by(Line.id)).all()
    places = {line.id: place for place, line in enumerate(found, start=1)}
    return [(str(line.kind), line.amount, line.team, places.get(line.corrects_id, 0)) for line in found]


def test_what_changes_after_a_period_was_billed_comes_in_the_next_and_names_its_line(session: Session, rules: Hall) -> None:
    season = reserve(session, wish(team="J12", **PLAIN), by=rules.berit, now=NOW)
    again(session)

    first = close_period(session, SEPTEMBER, by=rules.kari, now=NOW)
    again(session)
    cancel(session, season.id, number=1, by=rules.berit, now=NOW + timedelta(hours=1))
    again(session)
    closed = ClosureInput(room="gymsal-1", start="2026-09-22T08:00", end="2026-09-22T22:00", reason="Lekkasje")
    close_rooms(session, OREN, closed, confirmed=True, by=rules.olav, now=NOW + timedelta(hours=2))
    again(session)
    move(
        session, season.id, 3, start=datetime(2026, 9, 29, 18), end=datetime(2026, 9, 29, 19), by=rules.berit, now=NOW + timedelta(hours=3)
    )
    again(session)
    repeated = close_period(session, SEPTEMBER, by=rules.kari, now=NOW + timedelta(hours=4))
    assert (repeated.id, len(lines(session))) == (first.id, 3)
    again(session)
    close_period(session, OCTOBER, by=rules.kari, now=NOW + timedelta(hours=5))

    assert lines(session) == [
        ("use", 80000, "J12", 0),
        ("use", 80000, "J12", 0),
        ("use", 80000, "J12", 0),
        ("cancellation", -40000, "J12", 1),  # 14 days before, half the price stays
        ("closure", -80000, "J12", 2),
        ("moved", -40000, "J12", 3),
    ]
    acts = session.scalars(select(Audit).where(Audit.subject == "billing_period").order_by(Audit.id)).all()
    assert [(act.verb, act.facts["lines"], act.facts["amount"]) for act in acts] == [("close", 3, 240000), ("close", 3, -160000)]


def test_of_two_who_say_how_it_is_billed_at_once_the_later_is_told(database: Database) -> None:
    hall = database.transact(furnish)
    skiold = hall.cast.skiold.id

    def say(reference: str) -> Callable[[Session], object]:
        given = TermsInput(reference=reference, seen=seen_of(None))
        return lambda session: set_terms(session, skiold, given, by=hall.kari, now=NOW)

    late = meanwhile(database, say("PO 17"), say("PO 18")).exception()

    assert isinstance(late, Stale) and [(fault.code, fault.value) for fault in late.faults] == [("terms-changed", "PO 17")]
    with database.reading() as session:
        assert session.scalars(select(Terms.reference)).all() == ["PO 17"]


def test_a_date_that_no_period_took_belongs_to_the_next(session: Session, rules: Hall) -> None:
    """Who was left out, what was disputed and what lies between two periods is billed once, later."""
    season = reserve(session, wish(team="J12", **PLAIN), by=rules.berit, now=NOW)
    again(session)
    dispute(session, season.id, 2, Objection(reason="Vi var der ikke."), by=rules.nils, now=NOW)
    again(session)
    only_per = Closing(first_day=date(2026, 9, 1), last_day=date(2026, 9, 30), payers=(f"p{rules.cast.per.id}",))
    close_period(session, only_per, by=rules.kari, now=NOW)
    again(session)
    assert lines(session) == []

    november = Closing(first_day=date(2026, 11, 1), last_day=date(2026, 11, 30))
    close_period(session, november, by=rules.kari, now=NOW)
    again(session)
    before = lines(session)
    settle_price(session, season.id, 2, Ruling(answer="Dere får halv pris.", amount="400,50 kr"), by=rules.kari, now=NOW)
    again(session)
    close_period(session, Closing(first_day=date(2026, 12, 1), last_day=date(2026, 12, 31)), by=rules.kari, now=NOW)

    assert before == [("use", 80000, "J12", 0), ("use", 80000, "J12", 0)]  # and not what is disputed
    assert lines(session) == [*before, ("use", 40050, "J12", 0)]


def test_who_paid_first_is_credited_and_others_pay_from_then_on(session: Session, rules: Hall) -> None:
    season = reserve(session, wish(**PLAIN), by=rules.berit, now=NOW)
    again(session)
    close_period(session, Closing(first_day=date(2026, 9, 1), last_day=date(2026, 9, 15)), by=rules.kari, now=NOW)
    again(session)
    with pytest.raises(Forbidden):
        set_terms(session, rules.cast.skiold.id, TermsInput(payer="313000028"), by=rules.berit, now=NOW)
    again(session)
    set_terms(session, rules.cast.skiold.id, TermsInput(payer="313 000 028", reference="PO 17"), by=rules.kari, now=NOW)
    again(session)
    cancel(session, season.id, number=1, reason="Brann", without_fee=True, by=rules.kari, now=NOW)
    again(session)

    foreseen_now = foreseen(session, SEPTEMBER, by=rules.kari, now=NOW)
    period = close_period(session, SEPTEMBER, by=rules.kari, now=NOW)

    assert [(one.name, one.lines, one.amount) for one in foreseen_now] == [("Skiold turn", 1, -80000), ("Strømmen sangkor", 2, 160000)]
    assert shares(session, period, by=rules.kari) == foreseen_now
    rows = session.scalars(select(Line).where(Line.period_id == period.id).order_by(Line.local_start)).all()
    assert [(row.payer_id, row.organisation_id, row.reference) for row in rows] == [
        (rules.cast.skiold.id, rules.cast.skiold.id, "PO 17"),
        (rules.cast.strommen.id, rules.cast.skiold.id, "PO 17"),
        (rules.cast.strommen.id, rules.cast.skiold.id, "PO 17"),
    ]
    choir = account(session, Whose(organisation_id=rules.cast.strommen.id), by=rules.kari, now=NOW)
    assert [(team.organisation, sums.billed, sums.expected) for team, sums in choir.teams] == [("Skiold turn", 160000, 0)]


def test_the_account_says_what_was_billed_is_due_is_expected_and_at_risk(session: Session, rules: Hall) -> None:
    """A date used, one given up late, one ahead; of another team one that nobody came to."""
    season = reserve(session, wish(team="J12", **PLAIN), by=rules.berit, now=NOW)
    again(session)
    missed = reserve(session, wish(team="G10", start="2026-09-16T18:00", end="2026-09-16T19:30"), by=rules.berit, now=NOW)
    again(session)
    close_period(session, Closing(first_day=date(2026, 9, 1), last_day=date(2026, 9, 15)), by=rules.kari, now=NOW)
    again(session)
    later = datetime(2026, 9, 17, 12, tzinfo=NOW.tzinfo)
    note_absence(session, missed.id, 1, by=rules.olav, now=later)
    again(session)
    cancel(session, season.id, number=2, by=rules.berit, now=later)
    again(session)

    found = account(session, Whose(organisation_id=rules.cast.skiold.id), by=rules.nils, now=later)

    told = [(team.name, sums.billed, sums.due, sums.expected, sums.at_risk) for team, sums in found.teams]
    # On 22 September five days are left: all of it; on the 29th twelve, half of it.
    assert told == [("G10", 0, 60000, 0, 0), ("J12", 80000, 80000, 80000, 40000)]
    assert (found.whole.total, found.disputed, found.unpriced) == (300000, 0, 0)
    with pytest.raises(Forbidden):
        account(session, Whose(organisation_id=rules.cast.skiold.id), by=rules.per, now=later)


@pytest.mark.parametrize(
    ("closing", "codes"),
    [
        (Closing(first_day=date(2026, 9, 30), last_day=date(2026, 9, 1)), ["period-backwards"]),
        (Closing(first_day=date(2026, 9, 1), last_day=date(2062, 9, 30)), ["billed-too-early"]),
        # A slip of the hand would bill what was billed elsewhere long ago, now and in all periods after it.
        (Closing(first_day=date(2016, 9, 1), last_day=date(2016, 9, 30)), ["billed-too-late"]),
        (Closing(first_day=date(2026, 9, 1), last_day=date(2026, 9, 30), payers=("o999999", "p999999999")), ["no-such-payer"] * 2),
    ],
)
def test_a_mistaken_period_is_refused(session: Session, hall: Hall, closing: Closing, codes: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        close_period(session, closing, by=hall.kari, now=NOW)

    assert [fault.code for fault in refused.value.faults] == codes


@pytest.mark.parametrize(("database_url", "seed"), [("sqlite", 1), ("postgresql", 2)], indirect=["database_url"])
def test_each_date_is_billed_for_what_it_costs_whatever_happens(session: Session, rules: Hall, seed: int) -> None:
    episode = Episode(session, rules, random.Random(seed))

    episode.run(130)

    assert set(+episode.done) >= MET, episode.done


def cost(one: Occurrence) -> int:
    """What a date should cost, said without SQL."""
    match one.state:
        case OccurrenceState.BOOKED:
            return max(one.charged_price or 0, one.fee or 0)
        case OccurrenceState.CANCELLED:
            return one.fee or 0
        case _:
            return 0


@dataclass
class Episode:
    """Random acts of all hands, and after each period what every date was billed beside what it costs."""

    session: Session
    hall: Hall
    dice: random.Random
    now: datetime = NOW
    since: date | None = None
    billed: dict[int, int] = field(default_factory=dict)
    payers: dict[int, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    def run(self, steps: int) -> None:
        acts: list[Callable[[], None]] = [self.book] * 4 + [self.cancel] * 2 + [self.move] * 3 + [self.displace, self.close, self.approve]
        acts += [self.absent, self.price, self.dispute, self.answer, self.undo, self.split, self.readd, self.terms] + [self.bill] * 3
        for _ in range(steps):
            self.now += timedelta(minutes=self.dice.choice((1, 30, 300, 1500)))
            act = self.dice.choice(acts)
            try:
                with self.session.begin_nested():
                    act()
                self.done[act.__name__] += 1
            except Refusal:
                self.done[f"{act.__name__} refused"] += 1
            again(self.session)

    def any(self, *states: str, has_begun: bool = False) -> Occurrence:
        found = self.session.scalars(
            select(Occurrence).join(Booking).where(Booking.kind == BookingKind.ORDINARY).order_by(Occurrence.id)
        ).all()
        fitting = [one for one in found if one.state in states and (one.starts_at <= self.now or not has_begun)] or found
        if not fitting:
            raise Conflict
        return self.dice.choice(fitting)

    def time(self) -> dict[str, Any]:
        day = to_wall(self.now, "Europe/Oslo").replace(minute=0, second=0, hour=0) + timedelta(
            days=self.dice.choice((1, 3, 9, 20, 60, 130))
        )
        start = day + timedelta(hours=self.dice.randrange(9, 20))
        return {"start": start, "end": start + timedelta(minutes=self.dice.choice((30, 60, 90, 120)))}

    def book(self) -> None:
        times = {name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in self.time().items()}
        more: dict[str, Any] = {
            "room": f"{OREN}/{self.dice.choice(ROOMS)}",
            "team": self.dice.choice(("", "J12", "=G10")),
            "on_conflict": "skip",
        }
        is_private = self.dice.random() < 0.3
        if self.dice.random() < 0.5:
            more["recurrence"] = {"rrule": "FREQ=WEEKLY;COUNT=3"}
        hand = self.hall.per if is_private else self.hall.berit
        reserve(self.session, wish(**times, **more, **({"organisation": None} if is_private else {})), by=hand, now=self.now)

    def approve(self) -> None:
        approve(self.session, self.any("requested").booking_id, by=self.hall.kari, now=self.now)

    def cancel(self) -> None:
        one, is_free = self.any("booked"), self.dice.random() < 0.3
        cancel(self.session, one.booking_id, number=one.number, reason="Syk", without_fee=is_free, by=self.hall.kari, now=self.now)

    def readd(self) -> None:
        one = self.any("cancelled")
        readd(self.session, one.booking_id, one.number, by=self.hall.kari, now=self.now)

    def move(self) -> None:
        one = self.any("booked")
        move(self.session, one.booking_id, one.number, **self.time(), by=self.hall.kari, now=self.now)

    def split(self) -> None:
        one = self.any("booked")
        split(self.session, one.booking_id, one.number, by=self.hall.kari, now=self.now)

    def close(self) -> None:
        one = self.any("booked")
        span = {"start": f"{one.local_start:%Y-%m-%dT%H:%M}", "end": f"{one.local_end:%Y-%m-%dT%H:%M}"}
        given = ClosureInput(room=one.room.slug, reason="Lekkasje", **span)
        close_rooms(self.session, OREN, given, confirmed=True, by=self.hall.olav, now=self.now)

    def displace(self) -> None:
        """The municipality's own use goes first, once it was shown before whom."""
        one = self.any("booked")
        span = {"start": f"{one.local_start:%Y-%m-%dT%H:%M}", "end": f"{one.local_end:%Y-%m-%dT%H:%M}"}
        own = {**span, "room": f"{OREN}/{one.room.slug}", "kind": "municipal", "organisation": None}
        try:
            reserve(self.session, wish(**own, displace={"reason": "Valg"}), by=self.hall.kari, now=self.now)
        except Conflict as refusal:
            again(self.session)
            seen = {"reason": "Valg", "seen": refusal.details["seen"]}
            reserve(self.session, wish(**own, displace=seen), by=self.hall.kari, now=self.now)

    def absent(self) -> None:
        one = self.any("booked", has_begun=True)
        verb = note_absence if one.absent_at is None else withdraw_absence
        verb(self.session, one.booking_id, one.number, by=self.hall.olav, now=self.now)

    def price(self) -> None:
        one, given = self.any("booked", "cancelled"), Ruling(answer="Rettet", amount=f"{self.dice.choice((0, 99.5, 1000))}")
        settle_price(self.session, one.booking_id, one.number, given, by=self.hall.kari, now=self.now)

    def dispute(self) -> None:
        one = self.any("booked", "cancelled")
        hand = self.hall.nils if one.booking.organisation_id else self.hall.per
        dispute(self.session, one.booking_id, one.number, Objection(reason="For dyrt"), by=hand, now=self.now)

    def answer(self) -> None:
        open_ = self.session.scalars(select(Dispute).where(Dispute.answered_at.is_(None)).order_by(Dispute.id)).first()
        if open_ is None:
            raise Conflict
        one = open_.occurrence
        settle_price(self.session, one.booking_id, one.number, Ruling(answer="Nei."), by=self.hall.kari, now=self.now)

    def undo(self) -> None:
        last = self.session.scalars(select(Undo).where(Undo.undone_at.is_(None)).order_by(Undo.id.desc())).first()
        if last is None:
            raise Conflict
        undo(self.session, last.id, by=self.hall.kari, now=last.at + timedelta(seconds=30))

    def terms(self) -> None:
        given = TermsInput(payer=self.dice.choice(("", "313000028")), reference=self.dice.choice(("", "PO 17")))
        set_terms(self.session, self.hall.cast.skiold.id, given, by=self.hall.kari, now=self.now)

    def bill(self) -> None:
        """Dates around now, for all or for some; then what every date was billed, all in all."""
        today = to_wall(self.now, "Europe/Oslo").date()
        first, cast = today + timedelta(days=self.dice.choice((-40, -5, 5))), self.hall.cast
        payers = self.dice.choice(((), (), (f"o{cast.skiold.id}",), (f"p{cast.per.id}", f"o{cast.strommen.id}")))
        given = Closing(first_day=first, last_day=first + timedelta(days=self.dice.choice((0, 10, 45))), payers=payers)
        periods = len(self.session.scalars(select(Period.id)).all())
        close_period(self.session, given, by=self.hall.kari, now=self.now)
        again(self.session)
        if len(self.session.scalars(select(Period.id)).all()) > periods:
            self.expect(given)
        else:
            self.done["bill again"] += 1
        self.compare()
        if self.dice.random() < 0.5:
            close_period(self.session, given, by=self.hall.kari, now=self.now)
            again(self.session)
            self.done["bill again"] += 1
            self.compare()

    def expect(self, given: Closing) -> None:
        self.since = min(self.since or given.first_day, given.first_day)
        held = set(self.session.scalars(select(Dispute.occurrence_id).where(Dispute.answered_at.is_(None))))
        chosen = select(Occurrence).join(Booking).where(Booking.kind == BookingKind.ORDINARY).order_by(Occurrence.id)
        for one in self.session.scalars(chosen):
            payer = self.payers.get(one.id, self.payer_of(one.booking))
            reached = self.since <= one.local_start.date() <= given.last_day or one.id in self.billed
            if reached and one.id not in held and (not given.payers or payer in given.payers) and self.billed.get(one.id, 0) != cost(one):
                self.billed[one.id], self.payers[one.id] = cost(one), payer

    def payer_of(self, booking: Booking) -> str:
        if booking.organisation_id is None:
            return f"p{booking.holder_id}"
        terms = self.session.execute(select(Terms.payer_id)).scalar_one_or_none()
        return f"o{terms or booking.organisation_id}"

    def compare(self) -> None:
        """The sum of every date's lines is what it cost at the last period that reached it; one first line, a chain after it."""
        found: dict[int, list[Line]] = {}
        for line in self.session.scalars(select(Line).order_by(Line.id)):
            found.setdefault(line.occurrence_id, []).append(line)
        assert {one: sum(line.amount for line in its) for one, its in found.items()} == self.billed
        for one, its in found.items():
            assert [line.corrects_id for line in its] == [None, *(line.id for line in its[:-1])]
            assert {f"o{line.payer_id}" if line.payer_id else f"p{line.person_id}" for line in its} == {self.payers[one]}
            assert min(sum(line.amount for line in its[: n + 1]) for n in range(len(its))) >= 0
            assert 0 not in [line.amount for line in its] and set(map(type, (line.kind for line in its))) == {LineKind}
