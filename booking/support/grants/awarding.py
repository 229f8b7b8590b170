"""Awarding: schemes as data, grants under them, and what an hour is reckoned to be worth where no price is known."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Organisation
from booking.support.grants.models import Hearing, Rate, Report
from booking.support.grants.rules import Given, Kroner, Percent, Rules
from booking.support.grants.telling import tell_delegates
from booking.support.models import LARGEST_ID, Grant, Scheme, SchemeKind
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Fault, Invalid, Missing, refuse
from kernel.wallclock import to_wall
from venues.models import Room, Venue
from venues.queries import municipality
from web.fields import Day, Line, Prose
from web.forms import Input

LONGEST = timedelta(days=366)


class Figure(StrEnum):
    """A number that a scheme asks for in the report; income, costs and equity as in the accounts, in whole kroner."""

    MEMBERS = "members"
    YOUNG_MEMBERS = "young-members"
    ACTIVITIES = "activities"
    INCOME = "income"
    COSTS = "costs"
    EQUITY = "equity"


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


class GrantTerms(Input):
    """An organisation's grant under a scheme: its days, money or a ceiling in whole kroner, conditions and the decision's text."""

    organisation: int = Field(ge=1, le=LARGEST_ID)
    scheme: int = Field(ge=1, le=LARGEST_ID)
    first_day: Day
    last_day: Day
    amount: Kroner | None = None
    ceiling: Kroner | None = None
    own_share: Percent | None = None
    conditions: Annotated[Prose, Field(max_length=2000)] = ""
    decision: Annotated[Prose, Field(max_length=4000)] = ""
    report_by: Day | None = None


class RateTerms(Input):
    """What an hour in rooms of a kind is worth from a day on, in whole kroner, and by which source."""

    room_kind: Annotated[str, Field(min_length=1, max_length=80)]
    first_day: Day
    per_hour: Kroner
    source: Line


def make_scheme(session: Session, terms: SchemeTerms, *, by: Actor, now: datetime) -> Scheme:
    """Make a scheme; officers only. Raises Invalid with all that is wrong: the name is taken, the period, unknown venues."""
    by.require(by.is_officer, "officer")
    if faults := [*_faults_of_scheme(session, terms)]:
        raise Invalid(*faults)
    covers = Rules(**terms.model_dump(include=set(Rules.model_fields)))
    scheme = Scheme(
        **terms.model_dump(include={"name", "kind", "purpose", "rules", "duties", "first_day", "last_day", "report_days"}),
        covers=covers.model_dump(mode="json", exclude_defaults=True),
        asks=[str(figure) for figure in terms.asks],
        ceiling=_ore(terms.ceiling),
        created_at=now,
    )
    session.add(scheme)
    session.flush()
    record(session, Act("make", "scheme", scheme.id, {"kind": str(terms.kind)}), by=by, now=now)
    return scheme


def make_grant(session: Session, terms: GrantTerms, *, by: Actor, now: datetime) -> Grant:
    """Award a grant, with the report that its scheme asks for, and tell who acts for the organisation; officers only.

    Raises Invalid with all that is wrong with the terms, Conflict (``support-lost``) where the right to new support is lost.
    """
    by.require(by.is_officer, "officer")
    lock(session, Key(Subject.ORGANISATION, terms.organisation))
    scheme = session.get(Scheme, terms.scheme)
    if faults := [*_faults_of_grant(session, terms, scheme)]:
        raise Invalid(*faults)
    today = to_wall(now, municipality(session).zone).date()
    lost = session.scalar(select(Hearing.lost_until).where(Hearing.organisation_id == terms.organisation, Hearing.lost_until >= today))
    if lost is not None:
        raise refuse(Conflict, "support-lost", "organisation", terms.organisation, until=lost)
    given = terms.model_dump(include={"first_day", "last_day", "own_share", "conditions", "decision"})
    money = {"amount": _ore(terms.amount), "ceiling": _ore(terms.ceiling)}
    grant = Grant(organisation_id=terms.organisation, scheme_id=terms.scheme, **given, **money, created_at=now, changed_at=now)
    session.add(grant)
    session.flush()
    if (due := terms.report_by or _due(scheme, terms.last_day)) is not None:
        session.add(Report(grant_id=grant.id, due_on=due))
    facts = {"organisation": terms.organisation, "scheme": terms.scheme, "first_day": terms.first_day.isoformat()}
    record(session, Act("make", "grant", grant.id, facts), by=by, now=now)
    tell_delegates(session, grant.organisation_id, "grant-make", {"grant": grant.id}, now=now)
    session.flush()
    return grant


def end_grant(session: Session, grant_id: int, *, by: Actor, now: datetime) -> Grant:
    """Let a grant hold no longer than today; what stands under it until then stays. Raises Missing (``unknown-grant``)."""
    by.require(by.is_officer, "officer")
    grant = session.get(Grant, grant_id)
    if grant is None or grant.ended_at is not None:
        raise refuse(Missing, "unknown-grant", "grant", grant_id)
    lock(session, Key(Subject.ORGANISATION, grant.organisation_id))
    grant.last_day = min(grant.last_day, to_wall(now, municipality(session).zone).date())
    grant.ended_at = grant.changed_at = now
    record(session, Act("end", "grant", grant.id, {"last_day": grant.last_day.isoformat()}), by=by, now=now)
    tell_delegates(session, grant.organisation_id, "grant-end", {"grant": grant.id}, now=now)
    session.flush()
    return grant


def set_rate(session: Session, terms: RateTerms, *, by: Actor, now: datetime) -> Rate:
    """State what an hour is worth from a day on; officers only.

    Raises Conflict (``rate-exists``), since a rate is never rewritten, and Invalid (``unknown-room-kind``).
    """
    by.require(by.is_officer, "officer")
    known = (Rate.room_kind == terms.room_kind, Rate.first_day == terms.first_day)
    if session.scalar(select(Rate.id).where(*known)) is not None:
        raise refuse(Conflict, "rate-exists", "first_day", terms.first_day.isoformat(), first=terms.first_day)
    if session.scalar(select(Room.id).where(Room.kind == terms.room_kind).limit(1)) is None:
        raise refuse(Invalid, "unknown-room-kind", "room_kind", terms.room_kind)
    rate = Rate(room_kind=terms.room_kind, first_day=terms.first_day, per_hour=terms.per_hour * 100, source=terms.source)
    session.add(rate)
    session.flush()
    facts = {"kind": rate.room_kind, "first_day": rate.first_day.isoformat(), "per_hour": rate.per_hour}
    record(session, Act("set_rate", "grant", rate.id, facts), by=by, now=now)
    return rate


def schemes(session: Session, *, on: date | None = None) -> Sequence[Scheme]:
    """The schemes by name, all or those that hold on a day."""
    query = select(Scheme).order_by(Scheme.name)
    if on is not None:
        query = query.where(Scheme.first_day <= on, (Scheme.last_day.is_(None)) | (Scheme.last_day >= on))
    return session.scalars(query).all()


def rules_of(scheme: Scheme) -> Rules:
    """The rules of a scheme as data."""
    return Rules.model_validate(scheme.covers)


def given(grant: Grant) -> Given:
    """A grant as its rules read it."""
    rules = rules_of(grant.scheme)
    own = rules.own_share if grant.own_share is None else grant.own_share
    return Given(grant.id, grant.scheme.kind, rules, own, grant.first_day, grant.last_day)


def _ore(kroner: int | None) -> int | None:
    return None if kroner is None else kroner * 100


def _due(scheme: Scheme | None, last_day: date) -> date | None:
    return None if scheme is None or scheme.report_days is None else last_day + timedelta(days=scheme.report_days)


def _faults_of_scheme(session: Session, terms: SchemeTerms) -> Iterator[Fault]:
    if session.scalar(select(Scheme.id).where(Scheme.name == terms.name)) is not None:
        yield Fault("scheme-exists", "name", terms.name)
    if terms.last_day and terms.last_day < terms.first_day:
        yield Fault("period-backwards", "last_day", terms.last_day.isoformat(), {"first": terms.first_day})
    known = set(session.scalars(select(Venue.slug).where(Venue.slug.in_(terms.venues))))
    yield from (Fault("no-such-venue", "venues", slug) for slug in terms.venues if slug not in known)


def _faults_of_grant(session: Session, terms: GrantTerms, scheme: Scheme | None) -> Iterator[Fault]:
    if session.get(Organisation, terms.organisation) is None:
        yield Fault("no-such-organisation", "organisation", terms.organisation)
    if terms.last_day < terms.first_day:
        yield Fault("period-backwards", "last_day", terms.last_day.isoformat(), {"first": terms.first_day})
    elif terms.last_day - terms.first_day >= LONGEST:
        yield Fault("grant-too-long", "last_day", terms.last_day.isoformat())
    if terms.report_by and terms.report_by <= terms.last_day:
        yield Fault("report-too-early", "report_by", terms.report_by.isoformat(), {"last": terms.last_day})
    if scheme is None:
        yield Fault("unknown-scheme", "scheme", terms.scheme)
        return
    if terms.first_day < scheme.first_day or (scheme.last_day and terms.first_day > scheme.last_day):
        yield Fault("scheme-not-then", "first_day", terms.first_day.isoformat(), {"day": terms.first_day})
    field, other = ("amount", "ceiling") if scheme.kind is SchemeKind.OPERATING else ("ceiling", "amount")
    if getattr(terms, other) is not None:
        yield Fault("not-of-this-kind", other, _ore(getattr(terms, other)))
    if field == "amount" and terms.amount is None:
        yield Fault("missing-field", "amount")
    most, value = scheme.ceiling, _ore(getattr(terms, field))
    if most is not None and value is not None and value > most:
        yield Fault("above-ceiling", field, value, {"most": most})
