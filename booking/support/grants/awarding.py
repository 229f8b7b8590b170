"""Awarding: grants under schemes, with the report that is due, and their end."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Organisation
from booking.support.grants.models import Hearing, Report
from booking.support.grants.rules import Given, Kroner, Percent, in_ore
from booking.support.grants.schemes import rules_of
from booking.support.grants.telling import tell_delegates
from booking.support.models import LARGEST_ID, Grant, Scheme, SchemeKind
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Fault, Invalid, Missing, refuse
from kernel.wallclock import to_wall
from venues.queries import municipality
from web.fields import Day, Prose
from web.forms import Input

LONGEST = timedelta(days=366)


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


def make_grant(session: Session, terms: GrantTerms, *, by: Actor, now: datetime) -> Grant:
    """Award a grant, with the report that its scheme asks for, and tell who acts for the organisation; officers only.

    Raises Invalid with all that is wrong with the terms, Conflict (``support-lost``) where the right to new support is lost.
    """
    by.require(by.is_officer, "officer")
    lock(session, Key(Subject.ORGANISATION, terms.organisation))
    scheme = session.get(Scheme, terms.scheme, with_for_update={"read": True})
    if faults := [*_faults_of_grant(session, terms, scheme)]:
        raise Invalid(*faults)
    today = to_wall(now, municipality(session).zone).date()
    lost = session.scalar(select(Hearing.lost_until).where(Hearing.organisation_id == terms.organisation, Hearing.lost_until >= today))
    if lost is not None:
        raise refuse(Conflict, "support-lost", "organisation", terms.organisation, until=lost)
    given = terms.model_dump(include={"first_day", "last_day", "own_share", "conditions", "decision"})
    money = {"amount": in_ore(terms.amount), "ceiling": in_ore(terms.ceiling)}
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
    """Let a grant hold no longer than today; what stands under it until then stays, and of one that never held no report is due.

    Raises Missing (``unknown-grant``).
    """
    by.require(by.is_officer, "officer")
    grant = session.get(Grant, grant_id)
    if grant is None:
        raise refuse(Missing, "unknown-grant", "grant", grant_id)
    lock(session, Key(Subject.ORGANISATION, grant.organisation_id))
    session.refresh(grant)
    if grant.ended_at is not None:
        raise refuse(Missing, "unknown-grant", "grant", grant_id)
    grant.last_day = min(grant.last_day, to_wall(now, municipality(session).zone).date())
    if grant.last_day < grant.first_day:
        session.execute(delete(Report).where(Report.grant_id == grant.id))
    grant.ended_at = grant.changed_at = now
    record(session, Act("end", "grant", grant.id, {"last_day": grant.last_day.isoformat()}), by=by, now=now)
    tell_delegates(session, grant.organisation_id, "grant-end", {"grant": grant.id}, now=now)
    session.flush()
    return grant


def given(grant: Grant) -> Given:
    """A grant as its rules read it."""
    rules = rules_of(grant.scheme)
    own = rules.own_share if grant.own_share is None else grant.own_share
    return Given(grant.id, grant.scheme.kind, rules, own, grant.first_day, grant.last_day)


def _due(scheme: Scheme | None, last_day: date) -> date | None:
    return None if scheme is None or scheme.report_days is None else last_day + timedelta(days=scheme.report_days)


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
    else:
        yield from _faults_under(session, terms, scheme)


def _faults_under(session: Session, terms: GrantTerms, scheme: Scheme) -> Iterator[Fault]:
    if scheme.superseded_at is not None:
        yield Fault("scheme-changed", "scheme", scheme.name)
    yield from _overlaps(session, terms, scheme)
    if terms.first_day < scheme.first_day or (scheme.last_day and terms.first_day > scheme.last_day):
        yield Fault("scheme-not-then", "first_day", terms.first_day.isoformat(), {"day": terms.first_day})
    field, other = ("amount", "ceiling") if scheme.kind is SchemeKind.OPERATING else ("ceiling", "amount")
    if getattr(terms, other) is not None:
        yield Fault("not-of-this-kind", other, in_ore(getattr(terms, other)))
    if field == "amount" and terms.amount is None:
        yield Fault("missing-field", "amount")
    most, value = scheme.ceiling, in_ore(getattr(terms, field))
    if most is not None and value is not None and value > most:
        yield Fault("above-ceiling", field, value, {"most": most})


def _overlaps(session: Session, terms: GrantTerms, scheme: Scheme) -> Iterator[Fault]:
    """What the organisation has under the scheme already on these days: nothing is given twice, and no button pressed twice gives it."""
    same = (Grant.organisation_id == terms.organisation, Grant.ended_at.is_(None), Scheme.name == scheme.name)
    days = (Grant.first_day <= terms.last_day, Grant.last_day >= terms.first_day)
    other = session.scalar(select(Grant).join(Grant.scheme).where(*same, *days).order_by(Grant.id).limit(1))
    if other is not None:
        yield Fault("grant-overlaps", "scheme", scheme.name, {"first": other.first_day, "last": other.last_day})
