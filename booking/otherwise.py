"""Otherwise: what a draft would change, in the words of page and command."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from accounts.queries import names_of_organisations, names_of_people
from booking.compared import Compared, Differing, Kind, Party, Side, Sum, Use
from booking.outcome import objection_fault
from kernel.errors import Fault
from kernel.money import Ore
from kernel.texts import marked as _
from policies.verdict import Outcome
from venues.models import Room
from web import formats
from web.texts import current_locale, gettext, ngettext

KINDS: Mapping[Kind, str] = {
    Kind.REFUSED: _("Blir avslått"),
    Kind.REVIEWED: _("Må vurderes"),
    Kind.DEARER: _("Blir dyrere"),
    Kind.AMENDED: _("Endres på annen måte"),
    Kind.LISTED: _("Bare listeprisen endres"),
    Kind.CHEAPER: _("Blir billigere"),
    Kind.AT_ONCE: _("Slipper vurdering"),
    Kind.ALLOWED: _("Blir godtatt"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.ACCEPTED: _("godtas"),
    Outcome.REVIEW: _("må vurderes"),
    Outcome.REFUSED: _("avslås"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One date that is decided otherwise, with the names of its room and of whoever has it."""

    use: Use
    room: str
    who: str
    kinds: tuple[Kind, ...]
    now: Side
    then: Side


def lines(session: Session, compared: Compared, dates: Sequence[Differing]) -> list[Line]:
    """These dates as one reads them; three statements."""
    rooms = select(Room).where(Room.id.in_({one.use.room for one in dates})).options(joinedload(Room.venue))
    names = {room.id: f"{room.name}, {room.venue.name}" for room in session.scalars(rooms)}
    who = _names(session, [(one.use.organisation, one.use.person) for one in dates])
    return [
        Line(
            one.use,
            names[one.use.room],
            who[one.use.organisation, one.use.person],
            tuple(difference.kind for difference in one.differences),
            compared.sides[one.now],
            compared.sides[one.then],
        )
        for one in dates
    ]


def named(session: Session, parties: Sequence[Party]) -> list[tuple[str, Party]]:
    """Those concerned with their names; two statements."""
    who = _names(session, [(party.organisation, party.person) for party in parties])
    return [(who[party.organisation, party.person], party) for party in parties]


def otherwise_label(kind: str) -> str:
    """What becomes of a date."""
    return gettext(KINDS[Kind(kind)])


def sum_text(one: Sum) -> str:
    """``12 datoer, 24 timer, −9 600 kr``."""
    parts = [ngettext("%(num)d dato", "%(num)d datoer", one.dates), formats.duration(one.minutes)]
    return ", ".join([*parts, change_text(one.ore)] if one.ore else parts)


def change_text(ore: Ore) -> str:
    """More or less money, with its sign."""
    return f"+{formats.kroner(ore)}" if ore > 0 else formats.kroner(ore)


def outcome_text(side: Side) -> str:
    """What becomes of a request, and who looks at it."""
    title = side.decider.title.in_language(current_locale().language) if side.decider else ""
    return gettext("må vurderes (%(who)s)", who=title) if title else gettext(OUTCOMES[side.outcome])


def reasons(line: Line, side: Side) -> Iterator[Fault]:
    """Why a side says what the other does not, as faults that have their sentences."""
    other = line.then if side is line.now else line.now
    same = {(objection.code, objection.effect) for objection in (*other.objections, *other.warnings)}
    for objection in (*side.objections, *side.warnings):
        if (objection.code, objection.effect) not in same:
            yield objection_fault(objection, f"{line.use.start:%Y-%m-%dT%H:%M}")


def _names(session: Session, who: Sequence[tuple[int | None, int | None]]) -> dict[tuple[int | None, int | None], str]:
    """The name of the organisation, or else of the person."""
    organisations = names_of_organisations(session, {organisation for organisation, _person in who if organisation})
    people = names_of_people(session, {person for organisation, person in who if person and not organisation})
    return {one: organisations.get(one[0], "") if one[0] else people.get(one[1] or 0, "") for one in who}
