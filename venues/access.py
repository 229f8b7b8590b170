"""Access: the answer of a room to each feature, its own or else its venue's; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from venues.statements import ACCESS, Reading, Statement, reading
from venues.vocabulary import ACCESS_LABELS, Access, Answer


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """What is known of one feature; a room without an answer has its venue's, and sources that disagree give unknown."""

    feature: Access
    reading: Reading
    from_venue: bool = False

    @property
    def answer(self) -> Answer:
        return Answer(self.reading.value) if self.reading.value in set(Answer) else Answer.UNKNOWN

    @property
    def label(self) -> str:
        return ACCESS_LABELS[self.feature]


def answers(room: Sequence[Statement], venue: Sequence[Statement] = ()) -> tuple[AccessAnswer, ...]:
    """The answer to every feature of the vocabulary, in its order."""
    return tuple(_answer(feature, room, venue) for feature in Access)


def lacks(found: Iterable[AccessAnswer], needs: Iterable[Access]) -> bool:
    """Whether one of the needs is known not to be met."""
    wanted = set(needs)
    return any(answer.feature in wanted and answer.answer is Answer.NO for answer in found)


def unknown(found: Iterable[AccessAnswer], needs: Iterable[Access]) -> tuple[Access, ...]:
    """The needs of which nobody knows whether they are met."""
    wanted = set(needs)
    return tuple(answer.feature for answer in found if answer.feature in wanted and answer.answer is Answer.UNKNOWN)


def _answer(feature: Access, room: Sequence[Statement], venue: Sequence[Statement]) -> AccessAnswer:
    own = reading(room, ACCESS + feature)
    if own.statements or not venue:
        return AccessAnswer(feature, own)
    return AccessAnswer(feature, reading(venue, ACCESS + feature), from_venue=True)
