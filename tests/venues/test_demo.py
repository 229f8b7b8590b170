"""The demo's invented values: marked, outranked by what is known, loaded once."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import SERVICE
from venues.demo import load_demo_facts, read_demo
from venues.models import Fact, OpeningHours, Origin, Venue
from venues.opening import Openness
from venues.queries import openings_of, room_at, statements_about, venue_named
from venues.statements import reading

NOW = datetime(2026, 8, 21, 10, tzinfo=UTC)


def test_the_demo_loads_once_and_marks_all_it_invents(drammen: Session) -> None:
    first = load_demo_facts(drammen, read_demo(), by=SERVICE, now=NOW)
    revisions = drammen.scalars(select(Venue.revision).order_by(Venue.id)).all()

    second = load_demo_facts(drammen, read_demo(), by=SERVICE, now=NOW)

    assert (len(first) > 40, second) == (True, [])
    assert drammen.scalars(select(Venue.revision).order_by(Venue.id)).all() == revisions
    assert set(drammen.scalars(select(OpeningHours.origin))) == {Origin.DEMO}
    assert set(drammen.scalars(select(Fact.source).where(Fact.origin == Origin.DEMO))) == {"fiktiv (demo)"}


def test_what_the_inventory_knows_or_disputes_is_not_covered_by_inventions(drammen: Session) -> None:
    load_demo_facts(drammen, read_demo(), by=SERVICE, now=NOW)

    capacities = [
        room_at(drammen, path).capacity
        for path in ("drammenshallen/hele-hallen", "union-scene/hovedscene", "fjell-aktivitetshus/bankettsal", "skogerhallen/hall")
    ]
    location = reading(
        statements_about(drammen, [venue_named(drammen, "drammenshallen").id])[venue_named(drammen, "drammenshallen").id, None], "location"
    )

    assert capacities == [None, 1300, 120, None]
    assert (location.value, location.is_fictional) == ([59.7352, 10.2045], False)


def test_a_school_is_closed_on_holidays_and_knows_its_breaks(drammen: Session) -> None:
    load_demo_facts(drammen, read_demo(), by=SERVICE, now=NOW)
    room = room_at(drammen, "danvik-skole/gymsal")

    opening = openings_of(drammen, [room], date(2026, 9, 1), date(2027, 6, 1))[room.id]

    assert opening.day_class(date(2026, 9, 29)).school_break == "Høstferie"
    assert [window.openness for window in opening.windows(date(2027, 5, 17))] == [Openness.CLOSED]
    assert [window.interval.minutes for window in opening.windows(date(2026, 10, 26))] == [300]
