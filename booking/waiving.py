"""Waiving: which rules a booking asks to be excepted from and why, and what of it was granted, by whom, in what role."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.identity import Actor, Role
from booking.case import Case, path_of
from booking.cases import require_role
from booking.judging import Judged
from booking.models import Booking
from booking.reasons import verdicts_of
from booking.wish import Wish
from kernel.errors import Fault, Invalid, refuse
from policies.layers import Placed, place_of
from policies.queries import in_force
from policies.request import Waiver
from policies.stored import Stored
from policies.verdict import Objection

LONGEST_GROUNDS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions(Stored):
    """The ids of the rules that a booking is not to follow, the applicant's reason, and the waivers that were granted.

    A waiver is for the time that was looked at: ``not_for`` are the numbers of dates that their holder moved since, for
    which nothing of this holds. Those that an officer moves keep it, as far as they break the same rules.
    """

    asked: tuple[str, ...] = ()
    reason: str = ""
    waivers: tuple[Waiver, ...] = ()
    not_for: tuple[int, ...] = ()

    @property
    def unanswered(self) -> tuple[str, ...]:
        """What is asked and was not granted yet."""
        granted = {waiver.rule for waiver in self.waivers}
        return tuple(rule for rule in self.asked if rule not in granted)

    def of(self, number: int) -> "Exceptions":
        """What holds for a date."""
        return NONE if number in self.not_for else self


NONE = Exceptions()


def exceptions_of(booking: Booking) -> Exceptions:
    """What the booking asks to be excepted from, and what was granted of it."""
    return Exceptions.from_json(booking.exceptions) if booking.exceptions else NONE


def asked_in(wish: Wish, judged: Iterable[Judged]) -> Exceptions:
    """What a wish asks for and needs: a rule that no date breaks needs no exception."""
    needed = {objection.rule for objection in _objections(judged) if objection.is_asked}
    asked = tuple(rule for rule in dict.fromkeys(wish.exceptions) if rule in needed)
    return Exceptions(asked=asked, reason=wish.exception_reason) if asked else NONE


def require_waivable(session: Session, case: Case, judged: Sequence[Judged]) -> None:
    """Raises Invalid for rules that are not in force (``unknown-exception``) or not waived (``exception-not-possible``)."""
    found = [objection for objection in _objections(judged) if objection.rule in case.exceptions]
    left = sorted(set(case.exceptions) - {objection.rule for objection in found if objection.is_asked})
    if not left:
        return
    broken = {objection.rule for objection in found}
    rules = _rules(session, case)
    faults = [fault for rule in left for fault in _faults(rule, rules.get(rule), is_broken=rule in broken)]
    if faults:
        raise Invalid(*faults)


def grant(session: Session, booking: Booking, grounds: str, *, by: Actor, now: datetime) -> tuple[Waiver, ...]:
    """Grant what the booking asks for, in the role that was named, of the rules that it was last judged by.

    Raises Invalid (``grounds-missing``) without grounds.
    """
    exceptions = exceptions_of(booking)
    if not exceptions.unanswered:
        return ()
    if not grounds.strip():
        raise refuse(Invalid, "grounds-missing", "grounds")
    role, why = Role(booking.decider or Role.OFFICER), grounds.strip()[:LONGEST_GROUNDS]
    asked = (one for one in _asked(session, booking) if one[0] in exceptions.unanswered)
    granted = tuple(Waiver(*one, str(by.person_id), role, now, why) for one in asked)
    booking.exceptions = replace(exceptions, waivers=(*exceptions.waivers, *granted)).to_json()
    return granted


def keep_needed(booking: Booking, granted: Sequence[Waiver], judged: Iterable[Judged], *, by: Actor) -> None:
    """Keep of what was just granted what a date needs; raises Forbidden where a rule names a role that is not the hand's."""
    needed = [objection for objection in _objections(judged) if objection.waiver in granted]
    for objection in needed:
        require_role(booking, by, objection.waivable_by or Role.OFFICER)
    unneeded = {waiver.rule for waiver in granted} - {objection.rule for objection in needed}
    if unneeded:
        found = exceptions_of(booking)
        asked = tuple(rule for rule in found.asked if rule not in unneeded)
        waivers = tuple(waiver for waiver in found.waivers if waiver.rule not in unneeded)
        booking.exceptions = replace(found, asked=asked, waivers=waivers).to_json()


def drop(booking: Booking, numbers: Iterable[int]) -> None:
    """Before a holder moves dates: what was granted for their old time is not granted for the new one."""
    found = exceptions_of(booking)
    more = tuple(number for number in numbers if number not in found.not_for)
    if found.waivers and more:
        booking.exceptions = replace(found, not_for=(*found.not_for, *more)).to_json()


def _asked(session: Session, booking: Booking) -> Iterable[tuple[str, str, str]]:
    """The rules from which its dates ask to be excepted, each once: id, kind, and the place whose document it stands in."""
    verdicts = verdicts_of(session, booking)
    rooms = {date.local_start: path_of(date.room) for date in booking.occurrences}
    found = ((rooms[start], objection) for start, verdict in verdicts.items() for objection in verdict.objections if objection.is_asked)
    return dict.fromkeys((one.rule, one.kind, place_of(one.layer, room)) for room, one in found)


def _objections(judged: Iterable[Judged]) -> Iterator[Objection]:
    return (objection for date in judged if date.verdict for objection in date.verdict.objections)


def _rules(session: Session, case: Case) -> Mapping[str, Placed]:
    """The rules in force on the dates, by id."""
    days = sorted(span.wall.start.date() for span in case.dates)
    policies = in_force(session, case.room, days[0], days[-1])
    return {placed.rule.id: placed for day in days for placed in policies.on(day).on(day).rules}


def _faults(rule: str, placed: Placed | None, *, is_broken: bool) -> Iterator[Fault]:
    if placed is None:
        yield Fault("unknown-exception", "exceptions", rule)
    elif is_broken or placed.rule.waiver is None:
        reason, source = placed.rule.reason, placed.rule.source
        said = {"nb": reason.nb, "nn": reason.nn, "en": reason.en}
        yield Fault(
            "exception-not-possible", "exceptions", rule, {"reason": said, "paragraph": source.paragraph, "address": source.address}
        )
