"""Settling: the columns of venues and rooms as the statements about them decide; the rows are changed by nothing else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from venues.models import District, Fact, Room, Venue
from venues.statements import Origin, Statement, capacity_of, reading

OF_VENUES = ("name", "kind", "district", "address", "location", "entrance", "getting_in", "minutes_before", "follows_school_calendar")
OF_ROOMS = ("name", "kind", "capacity", "facilities")


def said(facts: Iterable[Fact]) -> tuple[Statement, ...]:
    """Rows of facts as statements."""
    return tuple(
        Statement(
            fact.key,
            fact.value.get("value"),
            fact.source,
            fact.origin,
            fact.noted_on,
            fact.value.get("from", ""),
            fact.value.get("until", ""),
            fact.value.get("detail", ""),
        )
        for fact in facts
    )


def replaced(
    session: Session, held: Sequence[Fact], wanted: Sequence[Statement], *, venue: Venue, room: Room | None = None
) -> list[Fact] | None:
    """The facts after those ``held`` of one origin gave way to the ``wanted`` ones; None when they say the same already."""
    kept = {statement.identity: fact for fact, statement in zip(held, said(held), strict=True)}
    identities = {statement.identity for statement in wanted}
    gone = [fact for identity, fact in kept.items() if identity not in identities]
    new = [statement for statement in wanted if statement.identity not in kept]
    if not gone and not new:
        return None
    for fact in gone:
        session.delete(fact)
    added = [fact_of(statement, venue=venue, room=room) for statement in new]
    session.add_all(added)
    return [fact for fact in held if fact not in gone] + added


def fact_of(statement: Statement, *, venue: Venue, room: Room | None = None) -> Fact:
    """The row of a statement."""
    return Fact(
        venue_id=venue.id,
        room_id=room.id if room else None,
        key=statement.key,
        value=statement.stored,
        source=statement.source,
        noted_on=statement.noted_on,
        origin=statement.origin,
    )


def settle_venue(
    venue: Venue, statements: Sequence[Statement], districts: Mapping[str, District], keys: Collection[str] = OF_VENUES
) -> None:
    """Give the venue the values that count for these keys; what is disputed or unknown stays empty."""
    for key in keys:
        value = reading(statements, key).value
        match key:
            case "name":
                venue.name = value or venue.name
            case "district":
                venue.district = districts.get(value)
            case "location":
                venue.latitude, venue.longitude = value or (None, None)
            case "minutes_before":
                venue.minutes_before = value or 0
            case "follows_school_calendar":
                venue.follows_school_calendar = bool(value)
            case "kind" | "address" | "entrance" | "getting_in":
                setattr(venue, key, value or "")
            case _:  # no column is called so
                pass


def settle_room(room: Room, statements: Sequence[Statement], keys: Collection[str] = OF_ROOMS) -> None:
    """Give the room the values that count for these keys; a disputed capacity is none."""
    for key in keys:
        value = reading(statements, key).value
        match key:
            case "name":
                room.name = value or room.name
            case "kind":
                room.kind = value or ""
            case "capacity":
                room.capacity = capacity_of(statements)
            case "facilities" if (value or []) != room.facilities:
                room.facilities = value or []
            case _:  # no column is called so
                pass


def by_staff(key: str, value: object, *, noted_on: date, source: str = "", detail: str = "") -> Statement:
    """What a member of staff says of a venue or room."""
    return Statement(key, value, source, Origin.STAFF, noted_on, detail=detail)
