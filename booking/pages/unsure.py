"""Unsure: what a booking needs of its rooms that they are not known to have, as its pages tell it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from booking.likeness import Needs
from venues.access import AccessAnswer, answers
from venues.models import Room
from venues.queries import statements_about
from venues.vocabulary import Answer


@dataclass(frozen=True, slots=True)
class Unsure:
    """A room with the features that are needed there and that it lacks, or of which nobody knows."""

    room: Room
    answers: tuple[AccessAnswer, ...]

    @property
    def is_known(self) -> bool:
        """Whether it is known not to have one of them."""
        return any(answer.answer is Answer.NO for answer in self.answers)


def unsure_of(session: Session, rooms: Iterable[Room], needs: Collection[str]) -> list[Unsure]:
    """The rooms that are not known to have all the access that is needed; one statement, none where none is needed."""
    wanted = Needs.of(needs).access
    asked = dict.fromkeys(rooms) if wanted else {}
    if not asked:
        return []
    said = statements_about(session, {room.venue_id for room in asked})
    known = {room: answers(said.get((room.venue_id, room.id), ()), said.get((room.venue_id, None), ())) for room in asked}
    open_ = {room: tuple(one for one in found if one.feature in wanted and one.answer is not Answer.YES) for room, found in known.items()}
    return [Unsure(room, lacking) for room, lacking in open_.items() if lacking]
