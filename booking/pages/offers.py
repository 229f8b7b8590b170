"""Offers: the agreements and grants that a wish could stand under, with what is left of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from accounts.identity import Actor
from booking.case import Case
from booking.pages import draft
from booking.support.grants.rows import grants_of
from booking.support.meters import Meter, meters
from booking.support.models import Grant, SchemeKind


@dataclass(frozen=True, slots=True)
class Support:
    """What the organisation has: the agreements, from which dates draw by rule where it ``draws``, with the address that leaves or
    takes them; grants each with the address that uses them, ``grant`` is the one of this wish."""

    agreements: tuple[Meter, ...] = ()
    draws: bool = True
    toggled: str = ""
    grants: tuple[tuple[Grant, str], ...] = ()
    grant: tuple[Grant, str] | None = None


def support_for(
    session: Session, case: Case, given: "MultiDict[str, Any]", to: Callable[["MultiDict[str, Any]", str], str], *, by: Actor, now: datetime
) -> Support:
    """What the organisation of a case may use here and then; six statements, none without an organisation."""
    organisation = case.applicant.organisation
    if organisation is None or not (by.is_officer or by.acts_for(organisation.id)):
        return Support()

    def use(**changes: object) -> str:
        return to(draft.changed_to(given, changes), case.path)

    fitting = [meter for meter in meters(session, by=by, now=now, organisation_id=organisation.id) if _fits(meter, case)]
    days = [span.wall.start.date() for span in case.dates]
    held = grants_of(session, min(days), max(days), [organisation.id]).get(organisation.id, [])
    funds = [grant for grant in held if grant.ended_at is None and grant.scheme.kind is not SchemeKind.OPERATING]
    draws, grant = case.applicant.agreed_with is not None, case.applicant.grant
    return Support(
        agreements=tuple(fitting),
        draws=draws,
        toggled=use(agreement="", draws="no" if draws else ""),
        grants=tuple((one, use(grant=one.id)) for one in funds if one is not grant),
        grant=next(((one, use(grant="")) for one in funds if one is grant), None),
    )


def _fits(meter: Meter, case: Case) -> bool:
    """Whether the agreement names this room and some of these dates; the policy says the rest."""
    agreement = meter.agreement
    within = any(agreement.first_day <= span.wall.start.date() <= agreement.last_day for span in case.dates)
    return agreement.ended_at is None and within and case.room.id in {room.id for room in agreement.rooms}
