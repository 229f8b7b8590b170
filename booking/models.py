"""Rows of bookings: the wish, its dated occurrences, the claims that hold spaces, the judgements, what was sought."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, and_, case, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from accounts.identity import Role
from accounts.models import Organisation, Person
from booking.lifecycle import LIVE
from booking.states import Accepts, BookingKind, BookingState, OccurrenceState, OfferState, RunState, TaskReason, UsageKind
from booking.support.models import Agreement, Grant
from database.base import Base
from database.types import LocalTime, OreColumn, Word
from kernel.wallclock import WallSpan, nearest_interval
from venues.models import Room
from web.texts import gettext as _


class Booking(Base):
    """A wish for a room by a holder, once or repeatedly, and what became of it.

    ``holder_id`` is who it belongs to, ``hand_id`` who entered it (staff on behalf of a caller, else the same);
    ``exceptions`` are what ``waiving.Exceptions`` writes; ``split_from`` is the booking whose later dates these were.
    ``decide_by`` is the promised answer; its clock stands still from ``paused_at``, and at ``broken_at`` somebody saw that a
    promise was not kept and raised the case to ``raised_to``. ``owner_id`` is who works on it, ``deputy_id`` who stands in, to
    the end of ``deputy_until`` where that is said. What stands in line takes what it ``accepts``, at once where it is to
    ``book_when_free``. ``resources`` says how many of each it wants beside the room, by their slugs. Whose it is is told to
    anybody only where it is ``shown_publicly``; ``public`` is what anybody may read of one that is ``open_to_all``, as
    ``booking.public.Public`` says it. Its dates draw on the agreement that was named, else by rule where it ``draws`` at all.
    """

    __tablename__ = "booking"
    __table_args__ = (
        Index("ix_booking_state", "state", "decide_by"),
        Index("ix_booking_open", "id", "version", sqlite_where=text("open_to_all = 1"), postgresql_where=text("open_to_all")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[BookingKind] = mapped_column(Word(BookingKind))
    state: Mapped[BookingState] = mapped_column(Word(BookingState))
    version: Mapped[int] = mapped_column(default=1)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    hand_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    applicant_class: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(500))
    activity: Mapped[str] = mapped_column(String(60))
    team: Mapped[str] = mapped_column(String(120), default="")
    participants: Mapped[dict[str, Any]] = mapped_column(default=dict)
    needs: Mapped[list[str]] = mapped_column(default=list)
    resources: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message: Mapped[str] = mapped_column(Text, default="")
    hold_minutes: Mapped[int | None]
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_phone: Mapped[str] = mapped_column(String(30), default="")
    open_to_all: Mapped[bool] = mapped_column(default=False)
    public: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shown_publicly: Mapped[bool] = mapped_column(default=True)
    alcohol: Mapped[bool] = mapped_column(default=False)
    commercial: Mapped[bool] = mapped_column(default=False)
    recurrence: Mapped[str] = mapped_column(String(300), default="")
    accepts: Mapped[Accepts] = mapped_column(Word(Accepts), default=Accepts.TIME)
    book_when_free: Mapped[bool] = mapped_column(default=False)
    split_from: Mapped[int | None]
    named_agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"))
    draws: Mapped[bool] = mapped_column(default=True)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("support_grant.id"), index=True)
    decider: Mapped[str] = mapped_column(String(40), default="")
    decide_by: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    broken_at: Mapped[datetime | None]
    raised_to: Mapped[Role | None] = mapped_column(Word(Role))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_until: Mapped[date | None]
    confirm_by: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    decision_reason: Mapped[str] = mapped_column(String(2000), default="")
    exceptions: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    room: Mapped[Room] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    holder: Mapped[Person] = relationship(foreign_keys=[holder_id])
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    deputy: Mapped[Person | None] = relationship(foreign_keys=[deputy_id])
    named_agreement: Mapped[Agreement | None] = relationship()
    grant: Mapped[Grant | None] = relationship()
    occurrences: Mapped[list["Occurrence"]] = relationship(back_populates="booking", order_by="Occurrence.number")

    def follow_dates(self) -> None:
        """Be where the dates that are alive are, once none of them is in the building any more in which it was made."""
        rooms = {date.room_id: date for date in self.occurrences if date.state in LIVE}
        if rooms and self.room_id not in rooms and self.room.venue_id not in {date.room.venue_id for date in rooms.values()}:
            self.room = next(iter(rooms.values())).room
            self.room_id = self.room.id

    def room_of(self, dates: Sequence["Occurrence"]) -> Room:
        """Where these dates are: the room that all of them have, else the booking's own."""
        one = {date.room_id for date in dates}
        return dates[0].room if len(one) == 1 else self.room

    @property
    def stood_by(self) -> int | None:
        """The organisation, by id, in whose hands it is: what was asked for in its name is, once somebody who acts for it stood by it."""
        is_theirs = self.kind is BookingKind.ORDINARY and self.confirm_by is None
        return self.organisation_id if is_theirs else None

    @property
    def public_name(self) -> str:
        """The organisation, where anybody may read it: one with a number that is shown, of a booking that is."""
        organisation = self.organisation
        is_told = self.shown_publicly and organisation and organisation.shown_publicly and organisation.number
        return organisation.name if organisation and is_told else ""

    @property
    def whose(self) -> str:
        """Whose it is, for those who may see it."""
        organisation = self.organisation.name if self.organisation else ""
        return whose(self.kind, organisation, self.contact_name or self.holder.name, self.team)

    @property
    def is_paused(self) -> bool:
        """Whether it waits for its applicant and not for whoever decides."""
        return self.state is BookingState.REQUESTED and self.paused_at is not None

    @property
    def is_broken(self) -> bool:
        """Whether the answer that was promised last did not come, and that was told."""
        is_seen = self.broken_at is not None and self.decide_by is not None and self.broken_at >= self.decide_by
        return self.state is BookingState.REQUESTED and is_seen


def whose(kind: BookingKind, organisation: str | None, person: str, team: str) -> str:
    """Whose a booking is: the organisation's, the municipality's where it is its own use, with the team; else the person's."""
    name = organisation or (_("Kommunen") if kind is BookingKind.MUNICIPAL else "")
    return ", ".join(filter(None, (name, team))) if name else person


# The same of a row, in a query that has the organisation beside the booking.
PUBLIC_NAME = case(
    (and_(Booking.shown_publicly, Organisation.shown_publicly, Organisation.number.is_not(None)), Organisation.name), else_=""
).label("public_name")

SPLIT = text("first_reference IS NOT NULL")
# Whose time others have: what stands in line, was displaced, or was left out of a series ("taken", "too-few" of booking/outcome.py).
WAITS = text("(state IN ('waiting', 'displaced') OR (state = 'skipped' AND reason IN ('taken', 'too-few')))")


class Occurrence(Base):
    """One dated span of a booking: the wall clock that was said, its zone, and what that is in UTC.

    Prices are in øre with the tariff's date; ``sequence`` rises with time, place and status only (RFC 5545 3.8.7.4).
    ``absent_at`` is when somebody (``absent_by``) noted that nobody came; ``fee`` is what that or a cancellation costs.
    ``lost_to`` is what displaced it: ``booking:7``, ``closure:3``, ``resource:2``, and ``had`` the state and the price that it had
    until then. ``conditions`` are those on access, by the digest of
    their words, each with the date by which it is due; ``reminded_at`` is when the holder was told what of them is missing.
    ``first_reference`` is the reference of the booking that the date was made in, where it was split from it since: its number
    was given there, and calendars know it by these for ever. ``in_calendar`` says that a mail has put it into its holder's calendar,
    and none has taken it out. ``agreement_id`` is the agreement that it draws on (``booking/drawing.py``); what lost its time, or gave it
    back, keeps it as history. ``asked_at`` is when its time was asked for, where that was after the booking: the moment as of which the
    policy judges it.
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        Index("ix_occurrence_booking_id", "booking_id", "number", unique=True),
        Index("ix_occurrence_room_id", "room_id", "starts_at"),
        Index("ix_occurrence_starts_at", "starts_at"),
        Index("ix_occurrence_first_reference", "first_reference", sqlite_where=SPLIT, postgresql_where=SPLIT),
        Index("ix_occurrence_waits", "starts_at", sqlite_where=WAITS, postgresql_where=WAITS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    number: Mapped[int]
    first_reference: Mapped[str | None] = mapped_column(String(20))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    state: Mapped[OccurrenceState] = mapped_column(Word(OccurrenceState))
    reason: Mapped[str] = mapped_column(String(500), default="")
    lost_to: Mapped[str] = mapped_column(String(40), default="")
    had: Mapped[dict[str, Any] | None]
    local_start: Mapped[datetime] = mapped_column(LocalTime)
    local_end: Mapped[datetime] = mapped_column(LocalTime)
    zone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    before_minutes: Mapped[int] = mapped_column(default=0)
    after_minutes: Mapped[int] = mapped_column(default=0)
    list_price: Mapped[int | None] = mapped_column(OreColumn)
    charged_price: Mapped[int | None] = mapped_column(OreColumn)
    tariff: Mapped[str] = mapped_column(String(80), default="")
    sequence: Mapped[int] = mapped_column(default=0)
    absent_at: Mapped[datetime | None]
    absent_by: Mapped[int | None]
    fee: Mapped[int | None] = mapped_column(OreColumn)
    conditions: Mapped[dict[str, Any] | None]
    reminded_at: Mapped[datetime | None]
    in_calendar: Mapped[bool] = mapped_column(default=False)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    asked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    agreement: Mapped[Agreement | None] = relationship()
    booking: Mapped[Booking] = relationship(back_populates="occurrences")
    room: Mapped[Room] = relationship()

    @property
    def submitted(self) -> datetime:
        """Since when somebody asks for its time."""
        return self.asked_at or self.booking.created_at


HOLDS = text("expires_at IS NOT NULL")
TO_DO = text("done_at IS NULL")


class Claim(Base):
    """The row by which an occurrence holds a space for a time, set-up and clean-up included; never updated.

    ``expires_at`` is set for a hold. Written only by ``booking/occupy.py``; overlap is refused by the database.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="positive"),
        Index("ix_claim_space_id", "space_id", "starts_at", "ends_at"),
        Index("ix_claim_occurrence_id", "occurrence_id"),
        Index("ix_claim_holds", "space_id", "expires_at", sqlite_where=HOLDS, postgresql_where=HOLDS),
        {"sqlite_strict": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


OPEN = text("state IN ('sought', 'open')")


class Offer(Base):
    """A time and room offered to a date that waits or was displaced; the date's own claims keep it until ``expires_at``.

    One that is sought has the time that was lost, and the ``reason`` that its holder was told. A date has at most one that is sought or
    open.
    """

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_open", "occurrence_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_offer_occurrence_id", "occurrence_id"),
        Index("ix_offer_state", "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    state: Mapped[OfferState] = mapped_column(Word(OfferState))
    local_start: Mapped[datetime] = mapped_column(LocalTime)
    local_end: Mapped[datetime] = mapped_column(LocalTime)
    zone: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]

    occurrence: Mapped[Occurrence] = relationship()
    room: Mapped[Room] = relationship()

    @classmethod
    def of(cls, date: Occurrence, room: Room, wall: WallSpan, state: OfferState, *, now: datetime) -> "Offer":
        """An offer of a room at a time, for a date."""
        time = nearest_interval(wall)
        return cls(
            occurrence=date,
            room=room,
            state=state,
            local_start=wall.start,
            local_end=wall.end,
            zone=wall.zone,
            starts_at=time.start,
            ends_at=time.end,
            created_at=now,
        )


class Vacancy(Base):
    """Time of a space that became free, to be offered to who stands in line from ``due_at`` on.

    Where anybody stood in line for it then, it is kept from all others, at most until ``kept_until``, when the line should long
    have been asked; what is claimed of it since is kept no longer.
    """

    __tablename__ = "vacancy"
    __table_args__ = (Index("ix_vacancy_due_at", "due_at"), Index("ix_vacancy_space_id", "space_id", "starts_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    due_at: Mapped[datetime]
    kept_until: Mapped[datetime | None]


class Judgement(Base):
    """What the policy said of a booking at one act, with the versions asked and the facts judged, for replay."""

    __tablename__ = "judgement"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    act: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    policy_versions: Mapped[list[Any]]
    judged: Mapped[dict[str, Any]]


class Sought(Base):
    """What somebody looked for in vain, without the person: for the list of rooms to build or upgrade."""

    __tablename__ = "sought"

    id: Mapped[int] = mapped_column(primary_key=True)
    on_day: Mapped[date]
    district: Mapped[str] = mapped_column(String(80), default="")
    room: Mapped[str] = mapped_column(String(170), default="")
    wanted_day: Mapped[date | None]
    weekday: Mapped[int | None]
    from_minute: Mapped[int | None]
    minutes: Mapped[int | None]
    capacity: Mapped[int | None]
    needs: Mapped[list[str]] = mapped_column(default=list)
    reasons: Mapped[list[str]] = mapped_column(default=list)


class WhatIf(Base):
    """A draft tried on the dates ``since`` to ``until`` (none: all that is coming) of a place, as it was when that was asked.

    ``done`` of ``total`` dates are judged; ``begun`` counts how often it was begun, and is the number of the run that
    holds it until ``leased_until``. ``result`` holds ids and no names, ``fault`` why there is none. Forgotten after a week.
    """

    __tablename__ = "what_if"
    __table_args__ = (Index("ix_what_if_scope", "scope", "id"), Index("ix_what_if_state", "state", "leased_until"))

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(40))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    draft_version: Mapped[int]
    document: Mapped[dict[str, Any]]
    since: Mapped[date]
    until: Mapped[date | None]
    asked_by: Mapped[int | None]
    asked_at: Mapped[datetime]
    state: Mapped[RunState] = mapped_column(Word(RunState), default=RunState.WAITING)
    begun: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None]
    fault: Mapped[dict[str, Any] | None]
    ended_at: Mapped[datetime | None]


class Undo(Base):
    """What an act changed, as it was before: until ``until`` it can be undone, some time later the row is forgotten.

    ``verb`` was done to ``subject`` number ``subject_id`` by ``hand_id``; ``before`` is what ``booking/undo.py`` writes.
    """

    __tablename__ = "undo"
    __table_args__ = (Index("ix_undo_subject", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    hand_id: Mapped[int | None]
    at: Mapped[datetime]
    until: Mapped[datetime]
    before: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]


class Usage(Base):
    """What somebody said of how a date was used: its ``kind``, how many came (``heads``) and of which ages (``participants``),
    where they came as booked, a ``note``, and a photo as ``file`` in the folder of uploads. The note and the photo are emptied when
    they are no longer needed (``forgotten_at``).
    """

    __tablename__ = "usage"

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id"), index=True)
    kind: Mapped[UsageKind] = mapped_column(Word(UsageKind))
    heads: Mapped[int | None]
    participants: Mapped[dict[str, Any] | None]
    note: Mapped[str] = mapped_column(String(2000), default="")
    file: Mapped[str] = mapped_column(String(100), default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None]
    forgotten_at: Mapped[datetime | None]

    occurrence: Mapped[Occurrence] = relationship()


class Task(Base):
    """Something to be done until it is: somebody to be called, whom a notice of a ``kind`` did not reach, what was said of a
    use to be looked at, or a calendar of others that meets bookings; at most one for each. Done by staff, or by the answer of
    who was to be called."""

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_open", "id", sqlite_where=TO_DO, postgresql_where=TO_DO),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[TaskReason] = mapped_column(Word(TaskReason))
    notice_id: Mapped[int | None] = mapped_column(unique=True)
    usage_id: Mapped[int | None] = mapped_column(unique=True)
    source_id: Mapped[int | None] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None]
    booking_id: Mapped[int | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None]
