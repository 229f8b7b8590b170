"""Principles: templates that new agreements start from, kept by officers as data, and what a form begins with."""

from calendar import isleap
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.support.models import Agreement, AgreementTemplate
from booking.support.terms import TemplateTerms, faults_of_times
from database.audit import Act, record
from kernel.errors import Invalid, Missing, refuse
from policies.occasion import clock

YEAR = timedelta(days=365)


def keep_template(session: Session, terms: TemplateTerms, *, by: Actor, now: datetime) -> AgreementTemplate:
    """Keep a template under its name, in the place of one that had it; officers only. Raises Invalid."""
    by.require(by.is_officer, "officer")
    if faults := [*faults_of_times(terms)]:
        raise Invalid(*faults)
    found = session.scalar(select(AgreementTemplate).where(AgreementTemplate.name == terms.name).with_for_update())
    template = found or AgreementTemplate(name=terms.name)
    template.terms = terms.model_dump(mode="json", exclude={"name"})
    template.changed_at, template.retired_at = now, None
    session.add(template)
    session.flush()
    record(session, Act("keep", "agreement_template", template.id, {}), by=by, now=now)
    return template


def retire_template(session: Session, template_id: int, *, by: Actor, now: datetime) -> AgreementTemplate:
    """Let no more agreements start from a template; officers only. Raises Missing (``unknown-template``)."""
    by.require(by.is_officer, "officer")
    found = session.get(AgreementTemplate, template_id, with_for_update=True)
    if found is None or found.retired_at is not None:
        raise refuse(Missing, "unknown-template", "template", template_id)
    found.retired_at = now
    record(session, Act("retire", "agreement_template", found.id, {}), by=by, now=now)
    session.flush()
    return found


def templates(session: Session, *, by: Actor) -> Sequence[AgreementTemplate]:
    """Those that agreements can start from, by name; officers only."""
    by.require(by.is_officer, "officer")
    query = select(AgreementTemplate).where(AgreementTemplate.retired_at.is_(None)).order_by(AgreementTemplate.name)
    return session.scalars(query).all()


def begun(today: date) -> dict[str, Any]:
    """What the form of an agreement begins with: a year from today, reminders as they usually are."""
    return {"per": "season", "first_day": today.isoformat(), "last_day": (today + YEAR).isoformat(), "remind_days": "60, 14"}


def of_template(template: AgreementTemplate) -> dict[str, Any]:
    """What the form begins with that starts from a template; no duty has a day yet."""
    terms = {name: value for name, value in template.terms.items() if value not in (None, "", [])}
    return flat(terms, ("times", "documents", "promised")) | {"remind_days": _listed(terms.get("remind_days", []))}


def of_agreement(agreement: Agreement, *, is_new: bool = False, is_next: bool = False) -> dict[str, Any]:
    """What the form begins with that changes an agreement, makes a new one of it (``is_new``), or renews it (``is_next``) on the same
    days of the first year after it."""
    names = ("title", "price_class", "per", "duties", "contact", "parties", "organisation_id")
    values: dict[str, Any] = {name: getattr(agreement, name) for name in names}
    years = years_after(agreement) if is_next else 0
    days = {name: getattr(agreement, name) for name in ("first_day", "last_day", "renew_by")}
    values |= {name: later(day, years).isoformat() if day else "" for name, day in days.items()}
    values |= {"hours": f"{agreement.minutes / 60:g}".replace(".", ","), "remind_days": _listed(agreement.remind_days)}
    values["rooms"] = [f"{room.venue.slug}/{room.slug}" for room in agreement.rooms]
    times = [{"weekday": one["weekday"], "start": clock(one["start"]), "end": clock(one["end"])} for one in agreement.times]
    promised = [
        {"id": "" if is_new else duty.id, "kind": duty.kind, "amount": duty.amount, "text": duty.text}
        | {"due_on": later(duty.due_on, years).isoformat() if duty.due_on else ""}
        for duty in agreement.promised
    ]
    return flat(values | {"times": times, "promised": promised, "documents": agreement.documents}, ("times", "documents", "promised"))


def years_after(agreement: Agreement) -> int:
    """How many years later the same days do not meet the agreement's own."""
    span = agreement.last_day.year - agreement.first_day.year
    return span if span and later(agreement.first_day, span) > agreement.last_day else span + 1


def later(day: date, years: int) -> date:
    """The same day so many years later; 29 February is the 28th where there is none."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if is_leap_day and not isleap(day.year + years) else day.day)


def flat(values: Mapping[str, Any], lists: Sequence[str]) -> dict[str, Any]:
    """The values with the rows of some lists under the names that a form has for them: ``times[0].start``."""
    found = {name: value for name, value in values.items() if name not in lists}
    for name in lists:
        for number, row in enumerate(values.get(name, ())):
            found |= {f"{name}[{number}].{part}": value for part, value in row.items()}
    return found


def _listed(days: Sequence[int]) -> str:
    return ", ".join(str(day) for day in days)
