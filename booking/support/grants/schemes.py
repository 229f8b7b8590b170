"""Schemes and rates as data: what grants are given for and by which rules, and what an hour is worth where no price is known."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.support.grants.models import Rate
from booking.support.grants.rules import Kroner, Rules, in_ore
from booking.support.models import Scheme, SchemeKind
from database.audit import Act, record
from kernel.errors import Conflict, Fault, Invalid, Missing, Stale, refuse
from kernel.texts import sign_of
from venues.models import Room, Venue
from web.fields import Day, Line, Prose
from web.forms import Input


class Figure(StrEnum):
    """A number that a scheme asks for in the report; income, costs and equity as in the accounts, in whole kroner."""

    MEMBERS = "members"
    YOUNG_MEMBERS = "young-members"
    ACTIVITIES = "activities"
    INCOME = "income"
    COSTS = "costs"
    EQUITY = "equity"


COUNTED = (Figure.MEMBERS, Figure.YOUNG_MEMBERS, Figure.ACTIVITIES)


class SchemeTerms(Rules):
    """A scheme: its rules as data and in words, its period, the most that one grant may be, and what is to be reported when."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: SchemeKind
    purpose: Annotated[Prose, Field(max_length=2000)] = ""
    rules: Annotated[Prose, Field(max_length=4000)] = ""
    duties: Annotated[Prose, Field(max_length=2000)] = ""
    asks: tuple[Figure, ...] = ()
    first_day: Day
    last_day: Day | None = None
    ceiling: Kroner | None = None
    report_days: Annotated[int, Field(ge=0, le=730)] | None = None


class RateTerms(Input):
    """What an hour in rooms of a kind is worth from a day on, in whole kroner, and by which source."""

    room_kind: Annotated[str, Field(min_length=1, max_length=80)]
    first_day: Day
    per_hour: Kroner
    source: Line


class RateChange(RateTerms):
    """The same of a rate that is corrected, with the sign of how it was ``seen``."""

    seen: str = ""


def make_scheme(session: Session, terms: SchemeTerms, *, by: Actor, now: datetime) -> Scheme:
    """Make a scheme; officers only. Raises Invalid with all that is wrong: the name is taken, the period, unknown venues."""
    by.require(by.is_officer, "officer")
    scheme = _made(session, terms, now=now)
    record(session, Act("make", "scheme", scheme.id, {"kind": str(terms.kind)}), by=by, now=now)
    return scheme


def change_scheme(session: Session, scheme_id: int, terms: SchemeTerms, *, by: Actor, now: datetime) -> Scheme:
    """Let a scheme go on by other terms; officers only. Grants that were given stay under the terms of their decision.

    Raises Missing (``unknown-scheme``), Conflict (``scheme-changed``) where another has changed it, and as ``make_scheme`` does.
    """
    by.require(by.is_officer, "officer")
    before = scheme_at(session, scheme_id)
    session.refresh(before, with_for_update=True)
    if before.superseded_at is not None:
        raise refuse(Conflict, "scheme-changed", "name", before.name)
    columns = _columns(terms)
    changed = sorted(name for name, value in columns.items() if value != getattr(before, name))
    if not changed:
        return before
    before.superseded_at = now
    session.flush()
    scheme = _made(session, terms, now=now)
    record(session, Act("change", "scheme", scheme.id, {"replaces": before.id, "fields": changed}), by=by, now=now)
    return scheme


def set_rate(session: Session, terms: RateTerms, *, by: Actor, now: datetime) -> Rate:
    """State what an hour is worth from a day on; officers only.

    Raises Invalid (``unknown-room-kind``), and Conflict (``rate-exists``) where one is stated from that day.
    """
    by.require(by.is_officer, "officer")
    rate = _kept(session, Rate(), terms)
    record(session, Act("set", "rate", rate.id, _told(rate)), by=by, now=now)
    return rate


def change_rate(session: Session, rate_id: int, terms: RateChange, *, by: Actor, now: datetime) -> Rate:
    """Correct a rate that was stated wrongly; officers only. Reports that were sent and pages that were issued stay as they are.

    Raises Missing (``unknown-rate``), Stale (``rate-changed``) with how it is where another corrected it, and as ``set_rate`` does.
    """
    by.require(by.is_officer, "officer")
    rate = session.get(Rate, rate_id, with_for_update=True)
    if rate is None:
        raise refuse(Missing, "unknown-rate", "rate", rate_id)
    if terms.seen not in ("", seen_of(rate)):
        raise refuse(Stale, "rate-changed", "per_hour", rate.per_hour, first=rate.first_day, source=rate.source)
    before = _told(rate)
    record(session, Act("change", "rate", rate.id, _told(_kept(session, rate, terms)) | {"before": before}), by=by, now=now)
    return rate


def seen_of(rate: Rate) -> str:
    """The sign of a rate as it stands."""
    return sign_of(repr(_told(rate)))


def schemes(session: Session, *, on: date | None = None) -> Sequence[Scheme]:
    """The schemes by name as they are now, all or those that hold on a day."""
    query = select(Scheme).where(Scheme.superseded_at.is_(None)).order_by(Scheme.name)
    if on is not None:
        query = query.where(Scheme.first_day <= on, (Scheme.last_day.is_(None)) | (Scheme.last_day >= on))
    return session.scalars(query).all()


def scheme_at(session: Session, scheme_id: int) -> Scheme:
    """The scheme of an id, also one that goes on by other terms; raises Missing (``unknown-scheme``)."""
    found = session.get(Scheme, scheme_id)
    if found is None:
        raise refuse(Missing, "unknown-scheme", "scheme", scheme_id)
    return found


def rules_of(scheme: Scheme) -> Rules:
    """The rules of a scheme as data."""
    return Rules.model_validate(scheme.covers)


def venues_of(session: Session, *rules: Rules) -> dict[str, str]:
    """The names of the venues that rules name, by slug."""
    slugs = {slug for one in rules for slug in one.venues}
    if not slugs:
        return {}
    return {row.slug: row.name for row in session.execute(select(Venue.slug, Venue.name).where(Venue.slug.in_(slugs)))}


def _made(session: Session, terms: SchemeTerms, *, now: datetime) -> Scheme:
    if faults := [*_faults_of(session, terms)]:
        raise Invalid(*faults)
    scheme = Scheme(**_columns(terms), created_at=now)
    session.add(scheme)
    session.flush()
    return scheme


def _columns(terms: SchemeTerms) -> dict[str, Any]:
    covers = Rules(**terms.model_dump(include=set(Rules.model_fields)))
    return {
        **terms.model_dump(include={"name", "kind", "purpose", "rules", "duties", "first_day", "last_day", "report_days"}),
        "covers": covers.model_dump(mode="json", exclude_defaults=True),
        "asks": [str(figure) for figure in terms.asks],
        "ceiling": in_ore(terms.ceiling),
    }


def _faults_of(session: Session, terms: SchemeTerms) -> Iterator[Fault]:
    if session.scalar(select(Scheme.id).where(Scheme.name == terms.name, Scheme.superseded_at.is_(None))) is not None:
        yield Fault("scheme-exists", "name", terms.name)
    if terms.last_day and terms.last_day < terms.first_day:
        yield Fault("period-backwards", "last_day", terms.last_day.isoformat(), {"first": terms.first_day})
    known = set(session.scalars(select(Venue.slug).where(Venue.slug.in_(terms.venues))))
    yield from (Fault("no-such-venue", "venues", slug) for slug in terms.venues if slug not in known)


def _kept(session: Session, rate: Rate, terms: RateTerms) -> Rate:
    known = select(Rate.id).where(Rate.room_kind == terms.room_kind, Rate.first_day == terms.first_day)
    if session.scalar(known) not in (None, rate.id):
        raise refuse(Conflict, "rate-exists", "first_day", terms.first_day.isoformat(), first=terms.first_day)
    if session.scalar(select(Room.id).where(Room.kind == terms.room_kind).limit(1)) is None:
        raise refuse(Invalid, "unknown-room-kind", "room_kind", terms.room_kind)
    rate.room_kind, rate.first_day, rate.per_hour, rate.source = terms.room_kind, terms.first_day, terms.per_hour * 100, terms.source
    session.add(rate)
    session.flush()
    return rate


def _told(rate: Rate) -> dict[str, Any]:
    return {"kind": rate.room_kind, "first_day": rate.first_day.isoformat(), "per_hour": rate.per_hour, "source": rate.source}
