"""Talk: what is said about a booking, whose case it is and what changed meanwhile, as its pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.models import Person
from accounts.queries import names_of_people
from booking.cases import acts_on, changes_for, is_applicant, may_decide, works_on
from booking.casework.charge import deciders
from booking.casework.messages import LONGEST, messages_of
from booking.casework.models import Message
from booking.changed import Change
from booking.models import Booking
from booking.states import Answer, BookingState
from kernel.errors import Refusal, Stale
from web.forms import Form


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said, for one who may see it; ``possible`` are those who may own the case, for who may assign it."""

    messages: Sequence[Message]
    names: Mapping[int, str]
    is_applicant: bool
    may_write: bool
    may_ask: bool
    may_note: bool
    possible: Sequence[Person]
    longest: int = LONGEST

    @property
    def people(self) -> list[tuple[int, str]]:
        """Whom one may choose to own the case."""
        return [(person.id, person.name) for person in self.possible]

    @property
    def is_asked(self) -> bool:
        """Whether the applicant has something to answer."""
        return any(one.answer is Answer.OPEN for one in self.messages)


def talk_of(session: Session, booking: Booking, *, by: Actor) -> Talk:
    """What is said about a booking; two statements, one more for those who may assign the case."""
    said = messages_of(session, booking, by=by)
    works, decides = works_on(booking, by), may_decide(booking, by)
    return Talk(
        messages=said,
        names=names_of_people(session, {one.by_id for one in said if one.by_id}),
        is_applicant=is_applicant(booking, by),
        may_write=acts_on(booking, by) or (works and decides),
        may_ask=works and decides and booking.state is BookingState.REQUESTED,
        may_note=works,
        possible=deciders(session, booking) if works and decides else (),
    )


def held_by(booking: Booking, form: Form) -> Form:
    """The form of whose case it is: as typed where that was refused, else as it stands."""
    stands = {"owner": booking.owner_id, "deputy": booking.deputy_id, "deputy_until": booking.deputy_until}
    return form if "was" in form.values else Form(stands)


def changed_meanwhile(session: Session, booking: Booking, refusal: Refusal | None, *, by: Actor) -> Sequence[Change]:
    """What was done since the version that a page showed, where an act on it was refused because of that."""
    return changes_for(session, booking, int(str(refusal.faults[0].value)), by=by) if isinstance(refusal, Stale) else ()
