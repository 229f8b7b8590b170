"""Lifecycle (pure): which act leads a booking or one of its dates from which state to which."""

from collections.abc import Collection
from enum import StrEnum

from booking.states import BookingState, OccurrenceState
from kernel.errors import Conflict, refuse


class Act(StrEnum):
    """What can be done to a booking."""

    CONFIRM = "confirm"
    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"
    LAPSE = "lapse"
    MOVE = "move"
    OFFER = "offer"
    READD = "readd"
    NOTE_USE = "note-use"
    ASK = "ask"


LIVE = frozenset({OccurrenceState.UNCONFIRMED, OccurrenceState.REQUESTED, OccurrenceState.BOOKED})
# What nobody has confirmed in an organisation's name keeps its time, and takes nothing else that is the organisation's.
STOOD_BY = LIVE - {OccurrenceState.UNCONFIRMED}
WAITING = frozenset({OccurrenceState.UNCONFIRMED, OccurrenceState.REQUESTED})
LIVELIEST = (
    OccurrenceState.UNCONFIRMED,
    OccurrenceState.REQUESTED,
    OccurrenceState.BOOKED,
    OccurrenceState.WAITING,
    OccurrenceState.DISPLACED,
)
FROM: dict[Act, Collection[OccurrenceState]] = {
    Act.CONFIRM: {OccurrenceState.UNCONFIRMED},
    Act.APPROVE: {OccurrenceState.REQUESTED},
    Act.REFUSE: WAITING,
    Act.CANCEL: LIVE | {OccurrenceState.WAITING, OccurrenceState.DISPLACED},
    Act.LAPSE: {OccurrenceState.UNCONFIRMED},
    Act.MOVE: LIVE,
    Act.OFFER: {OccurrenceState.WAITING, OccurrenceState.SKIPPED, OccurrenceState.DISPLACED},
    Act.READD: {OccurrenceState.CANCELLED, OccurrenceState.SKIPPED},
    Act.NOTE_USE: {OccurrenceState.BOOKED},
    Act.ASK: {OccurrenceState.REQUESTED},
}


def require(act: Act, state: BookingState | OccurrenceState) -> None:
    """Raises Conflict (``wrong-state``) when the act is not open from the state."""
    if OccurrenceState(str(state)) not in FROM[act]:
        raise refuse(Conflict, "wrong-state", "state", str(state), act=str(act))


def allows(act: Act, state: BookingState | OccurrenceState) -> bool:
    """Whether the act is open from the state, for pages that offer it."""
    return OccurrenceState(str(state)) in FROM[act]


def state_of(dates: Collection[OccurrenceState], *, fallback: BookingState) -> BookingState:
    """What a booking is, told from its dates: the liveliest of them counts."""
    return next((BookingState(str(state)) for state in LIVELIEST if state in dates), fallback)
