"""Standings: the names of statuses and figures that published policies ask for, for those who note them."""

from collections.abc import Iterator, Sequence
from datetime import date

from pydantic import BaseModel
from sqlalchemy.orm import Session

from policies.document import Document
from policies.queries import published_since

NAMING = {"statuses", "any_status", "no_status"}
# The status that the rule about joint applications asks for by itself.
MAIN_CLUB = "main-club"


def standing_names(session: Session, today: date) -> Sequence[str]:
    """The names in all policies that are in force today or will be, in order."""
    return sorted({name for document in published_since(session, today) for name in names_in(document)})


def names_in(document: Document) -> Iterator[str]:
    """The statuses and figures that a document names, wherever they stand in its rules."""
    for model in _models(document):
        for field in type(model).model_fields:
            if field in NAMING:
                yield from getattr(model, field)
            elif field == "figure":
                yield model.figure  # type: ignore[attr-defined]
            elif field == "joint" and model.joint:  # type: ignore[attr-defined]
                yield MAIN_CLUB


def _models(value: object) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for field in type(value).model_fields:
            yield from _models(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            yield from _models(item)
