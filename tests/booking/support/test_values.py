"""What rooms were worth equals the sum over days, worked out one date at a time, whatever the bookings, grants and rates are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from booking.models import Booking, Occurrence
from booking.states import BookingKind, BookingState, OccurrenceState
from booking.support.grants.models import Rate
from booking.support.grants.values import values
from booking.support.models import Grant, Scheme, SchemeKind
from tests import cast
from tests.cast import ZONE

FIRST, LAST = date(2025, 11, 1), date(2027, 2, 28)
DAYS = st.dates(FIRST - timedelta(days=40), LAST + timedelta(days=40))
YOUNG = {"activities": ["sport.training"], "under_age": 20}
COVERS = [{}, {"activities": ["culture"]}, {"open_to_all": True}, YOUNG]


@dataclass(frozen=True)
class Date:
    """A date as it is to be written."""

    day: date
    minutes: int
    price: tuple[int, int] | None
    is_booked: bool


DATES = st.builds(
    Date,
    DAYS,
    st.integers(1, 300),
    st.none() | st.tuples(st.integers(0, 90000), st.integers(0, 90000)),
    st.integers(0, 4).map(bool),
)
BOOKINGS = st.tuples(
    st.sampled_from(["sport.training", "sport.match", "culture.concert"]),
    st.sampled_from([{"6-12": 10}, {"20+": 5}, {"6-12": 3, "20+": 9}, {"15-25": 4}]),
    st.booleans(),
    st.none() | st.integers(0, 2),
    st.integers(0, 2),
    st.lists(DATES, max_size=8),
)
GRANTS = st.lists(st.tuples(st.sampled_from(COVERS), st.sampled_from(SchemeKind), DAYS, st.integers(0, 364)), max_size=3)
RATES = st.lists(
    st.tuples(st.sampled_from(["gym", "handball court"]), DAYS, st.integers(1, 99999)), max_size=3, unique_by=lambda one: one[:2]
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(bookings=st.lists(BOOKINGS, max_size=6), grants=GRANTS, rates=RATES, cut=st.dates(FIRST, LAST - timedelta(days=1)))
def test_the_value_of_rooms_is_the_sum_over_days(session: Session, bookings: Any, grants: Any, rates: Any, cut: date) -> None:
    with session.begin_nested() as taken_back:
        world = cast.assemble(session)
        held, rows = _written(session, world, grants, rates)
        dates = [one for said in bookings for one in _booked(session, world, said, held)]

        whole = _counted(values(session, FIRST, LAST))
        parts = _counted(values(session, FIRST, cut)) + _counted(values(session, cut + timedelta(days=1), LAST))

        assert whole == parts == _by_hand(dates, held, rows)
        taken_back.rollback()


def _written(session: Session, world: cast.Cast, grants: Any, rates: Any) -> tuple[list[Grant], list[Rate]]:
    common = {"created_at": cast.BEGINNING}
    held = []
    for number, (covers, kind, first, length) in enumerate(grants):
        scheme = Scheme(name=f"Ordning {number}", kind=kind, covers=covers, first_day=first, **common)
        period = {"first_day": first, "last_day": first + timedelta(days=length), "changed_at": cast.BEGINNING}
        held.append(Grant(organisation_id=world.skiold.id, scheme=scheme, **period, **common))
    rows = [Rate(room_kind=kind, first_day=first, per_hour=ore) for kind, first, ore in rates]
    session.add_all([*held, *rows])
    session.flush()
    return held, rows


def _booked(session: Session, world: cast.Cast, said: Any, held: Sequence[Grant]) -> list[Occurrence]:
    activity, participants, is_open, chosen, room, dates = said
    booking = Booking(
        reference=f"PROVE-{session.query(Booking).count()}",
        kind=BookingKind.ORDINARY,
        state=BookingState.BOOKED,
        room=world.oren.rooms[room],
        organisation=world.skiold,
        holder=world.berit,
        applicant_class="organisation",
        purpose="Prøve",
        activity=activity,
        participants=participants,
        open_to_all=is_open,
        grant=held[chosen] if chosen is not None and chosen < len(held) else None,
        created_at=cast.BEGINNING,
        changed_at=cast.BEGINNING,
    )
    for number, one in enumerate(dates):
        start = datetime.combine(one.day, time(20))
        end = start + timedelta(minutes=one.minutes)
        listed, charged = one.price or (None, None)
        booking.occurrences.append(
            Occurrence(
                number=number + 1,
                room=booking.room,
                state=OccurrenceState.BOOKED if one.is_booked else OccurrenceState.CANCELLED,
                local_start=start,
                local_end=end,
                zone=ZONE,
                starts_at=start.replace(tzinfo=UTC),
                ends_at=end.replace(tzinfo=UTC),
                list_price=listed,
                charged_price=charged,
                tariff=f"{one.day.year}" if one.price else "",
                created_at=cast.BEGINNING,
                changed_at=cast.BEGINNING,
            )
        )
    session.add(booking)
    session.flush()
    return list(booking.occurrences)


def _counted(found: Any) -> Counter[tuple[Any, ...]]:
    """What was found, each figure by what it is of."""
    figures: Counter[tuple[Any, ...]] = Counter()
    for one in found:
        key = (one.grant.id if one.grant else None, one.year, one.tariffs)
        for name in ("dates", "minutes", "listed", "charged", "unvalued"):
            figures[*key, name] += getattr(one, name)
    return +figures


def _by_hand(dates: Sequence[Occurrence], grants: Sequence[Grant], rates: Sequence[Rate]) -> Counter[tuple[Any, ...]]:
    figures: Counter[tuple[Any, ...]] = Counter()
    for one in dates:
        day = one.local_start.date()
        if one.state is not OccurrenceState.BOOKED or not FIRST <= day <= LAST:
            continue
        minutes = int((one.ends_at - one.starts_at).total_seconds()) // 60
        known = [rate for rate in rates if rate.room_kind == one.room.kind and rate.first_day <= day]
        rate = max(known, key=lambda rate: rate.first_day, default=None)
        listed, tariffs = one.list_price, (one.tariff,) if one.tariff else ()
        if listed is None and rate:
            listed, tariffs = int(minutes * rate.per_hour / 60 + 0.5), (rate.first_day.isoformat(),)
        key = (_grant_of(one, grants), day.year, tariffs)
        figures[*key, "dates"] += 1
        figures[*key, "minutes"] += minutes
        if listed is None:
            figures[*key, "unvalued"] += minutes
        else:
            figures[*key, "listed"] += listed
            figures[*key, "charged"] += one.charged_price or 0
    return +figures


def _grant_of(one: Occurrence, grants: Sequence[Grant]) -> int | None:
    booking, day = one.booking, one.local_start.date()
    held = [it for it in grants if it.first_day <= day <= it.last_day and it.scheme.kind is not SchemeKind.OPERATING]
    if booking.grant in held:
        return booking.grant.id
    for kind in (SchemeKind.RENT, SchemeKind.ROOMS):
        for it in held:
            if it.scheme.kind is kind and _is_for(it.scheme.covers, booking):
                return it.id
    return None


def _is_for(covers: dict[str, Any], booking: Booking) -> bool:
    if covers == YOUNG:
        return booking.activity == "sport.training" and set(booking.participants) != {"20+"}
    if covers == {"open_to_all": True}:
        return booking.open_to_all
    return not covers or booking.activity == "culture.concert"
