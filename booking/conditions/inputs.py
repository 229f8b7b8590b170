"""Inputs: what somebody types who meets a condition, or takes back that it is met."""

from typing import Annotated, Literal

from pydantic import Field

from web.fields import Line, Phone, Prose
from web.forms import Input

Why = Annotated[Prose, Field(max_length=500)]


class Signature(Input):
    """A text signed: the name as typed, that it was read, and the version that the page showed."""

    name: Line
    agreed: Literal["yes"]
    text_version: Annotated[str, Field(max_length=2000)] = ""


class Confirmation(Input):
    """That something is so, and perhaps a word about it: who the attendant is."""

    agreed: Literal["yes"]
    note: Why = ""


class PersonNamed(Input):
    """Somebody who will be on site."""

    name: Line
    phone: Phone
    born: Annotated[int, Field(ge=1900, le=2100)]


class Appointment(Input):
    """Those who will be on site."""

    people: Annotated[tuple[PersonNamed, ...], Field(min_length=1, max_length=50)]


class Withdrawal(Input):
    """Why something does not count."""

    reason: Why = ""
