"""Rows of complaints: what somebody contests, where that stands, and each step that was taken with its words."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.models import Organisation, Person
from database.audit import Audit
from database.base import Base
from database.types import Word

# Whose record an open complaint holds.
IS_OPEN = text("state != 'closed'")


class ComplaintState(StrEnum):
    """RECEIVED until the municipality has looked at its decision again; then AT_BOARD where it stands by it, TO_CARRY_OUT where
    it, or the board, changed it; CLOSED when nothing is left to do."""

    RECEIVED = "received"
    AT_BOARD = "at-board"
    TO_CARRY_OUT = "to-carry-out"
    CLOSED = "closed"


class StepKind(StrEnum):
    """What is done to a complaint, or said about it; NOTED stays in the office."""

    RECEIVED = "received"
    ADMITTED = "admitted"
    DISMISSED = "dismissed"
    UPHELD = "upheld"
    CHANGED = "changed"
    BOARD_UPHELD = "board-upheld"
    BOARD_CHANGED = "board-changed"
    BOARD_RETURNED = "board-returned"
    CARRIED_OUT = "carried-out"
    WITHDRAWN = "withdrawn"
    WROTE = "wrote"
    ASKED = "asked"
    NOTED = "noted"
    OVERDUE = "overdue"


OUTCOMES = (StepKind.DISMISSED, StepKind.CHANGED, StepKind.BOARD_UPHELD, StepKind.BOARD_CHANGED, StepKind.WITHDRAWN)


class Complaint(Base):
    """That a party contests the decision which is act number ``act_id`` of the audit log.

    The party is an organisation, else a person. ``notified_on`` is the day on which word of the decision reached the party (None:
    none is known to have), and with ``days`` after it the time is over at the end of ``due_on``; both as they were when the
    complaint came. One that ``came_on`` a later day is looked at once it ``is_admitted``. ``answer_by`` is the last day for the next
    step, and does not count while an answer of the party is awaited (from ``paused_on``); that it passed was told at ``raised_at``.
    ``carried_by`` is the act by which the outcome was carried out.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        Index("ix_complaint_open", "act_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("ix_complaint_act_id", "act_id"),
        Index("ix_complaint_state", "state", "answer_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("audit.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[ComplaintState] = mapped_column(Word(ComplaintState), default=ComplaintState.RECEIVED)
    came_on: Mapped[date]
    notified_on: Mapped[date | None]
    days: Mapped[int]
    due_on: Mapped[date | None]
    is_admitted: Mapped[bool] = mapped_column(default=False)
    answer_by: Mapped[date]
    paused_on: Mapped[date | None]
    raised_at: Mapped[datetime | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    carried_by: Mapped[int | None] = mapped_column(ForeignKey("audit.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    act: Mapped[Audit] = relationship(foreign_keys=[act_id])
    carried: Mapped[Audit | None] = relationship(foreign_keys=[carried_by])
    organisation: Mapped[Organisation | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    steps: Mapped[list["ComplaintStep"]] = relationship(back_populates="complaint", order_by="ComplaintStep.id")

    @property
    def is_late(self) -> bool:
        """Whether it came after its time."""
        return self.due_on is not None and self.came_on > self.due_on

    @property
    def waits_for_admission(self) -> bool:
        """Whether it has to be said first that it is looked at though it came late."""
        return self.state is ComplaintState.RECEIVED and self.is_late and not self.is_admitted

    @property
    def outcome(self) -> StepKind | None:
        """The last step by which a complaint can end, but for that it was carried out."""
        return next((step.kind for step in reversed(self.steps) if step.kind in OUTCOMES), None)

    @property
    def is_decided(self) -> bool:
        """Whether it ended in a decision; one that was withdrawn or dismissed did not."""
        return any(step.kind in (StepKind.BOARD_UPHELD, StepKind.CARRIED_OUT) for step in self.steps)

    @property
    def whose(self) -> str:
        """Whose complaint it is, for those who may see it."""
        return self.organisation.name if self.organisation else self.person.name if self.person else ""


class ComplaintStep(Base):
    """One step, taken or said by ``by_id`` at a moment, ``from_staff`` or by the party; ``on_day`` is the day of a board's decision."""

    __tablename__ = "complaint_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(Word(StepKind))
    from_staff: Mapped[bool]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    on_day: Mapped[date | None]

    complaint: Mapped[Complaint] = relationship(back_populates="steps")
