"""Shown: what was said about a booking, as the API tells it."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from accounts.queries import names_of_people
from booking.casework.models import Message
from booking.states import Answer, Visibility


class ShownMessage(BaseModel):
    """One thing that was said; ``answer`` says where the answer to a question stands that stops the clock."""

    id: int
    visibility: Visibility
    from_staff: bool
    by: str
    at: datetime
    text: str
    answer: Answer | None


class ShownMessages(BaseModel):
    """What was said about a booking, oldest first."""

    items: list[ShownMessage]


def shown_messages(session: Session, messages: Sequence[Message]) -> ShownMessages:
    """The messages with the names of who wrote them."""
    names = names_of_people(session, {one.by_id for one in messages if one.by_id})
    return ShownMessages(items=[_shown(one, names.get(one.by_id or 0, "")) for one in messages])


def _shown(message: Message, name: str) -> ShownMessage:
    return ShownMessage(
        id=message.id,
        visibility=message.visibility,
        from_staff=message.from_staff,
        by=name,
        at=message.at,
        text=message.text,
        answer=message.answer,
    )
