"""Inputs of complaints: what pages send for each step."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from web.fields import Day, Prose, RowId
from web.forms import Input

LONGEST = 8000
Text = Annotated[Prose, Field(min_length=1, max_length=LONGEST)]
MaybeText = Annotated[Prose, Field(max_length=LONGEST)]


class ComplaintInput(Input):
    """Which decision is contested, what is wrong with it and what is asked for.

    Staff who enter a letter say when it was posted or came, and when the decision was received where that is known otherwise.
    """

    act: RowId
    text: Text
    came_on: Day | None = None
    notified_on: Day | None = None


class Admission(Input):
    """Whether a complaint that came late is looked at all the same, and for what special reasons."""

    admitted: bool
    text: Text


class Looked(StrEnum):
    """The municipality stands by its decision, or changes it."""

    UPHELD = "upheld"
    CHANGED = "changed"


class Reconsideration(Input):
    """What came of looking at the decision again, and why; why the one who decided does so themselves, where that is so."""

    outcome: Looked
    text: Text
    own_decision: MaybeText = ""


class Ruled(StrEnum):
    """What a board can say: the decision stands, is changed, or is to be taken again."""

    UPHELD = "board-upheld"
    CHANGED = "board-changed"
    RETURNED = "board-returned"


class BoardInput(Input):
    """What the board decided, on which day, and its reasons."""

    outcome: Ruled
    on_day: Day
    text: Text


class Execution(Input):
    """By which act the outcome was carried out, where it was one of this service, and in words."""

    act: RowId | None = None
    text: Text


class Said(Input):
    """What is said to the other side, whether it has to be answered first, or a note that stays in the office."""

    said: Text
    must_answer: bool = False
    internal: bool = False


class Owner(Input):
    """Whose complaint it is to deal with, and whose it was as the page showed it."""

    owner: RowId | None = None
    was: RowId | None = None
