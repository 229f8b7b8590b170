"""Fields: the kinds of value that inputs of several packages have in common."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, LiteralString, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    NaiveDatetime,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from kernel.errors import Refusal
from kernel.wallclock import parse_clock, parse_day, zone_of

T = TypeVar("T")
# Norwegian numbers have eight digits or five, others at most fifteen with the code of their country (ITU-T E.164).
PHONE = re.compile(r"^((\+47)?\d{8}|\d{5}|\+(?!0|47)\d{6,15})$", re.ASCII)
# Marks a text that may have several lines.
LINES = object()
DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def checked(read: Callable[[str], T]) -> Callable[[Any], Any]:
    """A validator that reads text by a function of ours and passes its refusal on, so that other faults are told too."""

    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return read(value)
        except Refusal as refusal:
            fault = refusal.faults[0]
            raise PydanticCustomError(fault.code, fault.code, dict(fault.facts)) from None

    return validate


def read_email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise PydanticCustomError("bad-email", "bad-email") from None


def read_phone(text: str) -> str:
    digits = re.sub(r"^00(?=[1-9])", "+", re.sub(r"[\s().-]", "", text))
    if not PHONE.match(digits):
        raise PydanticCustomError("bad-phone", "bad-phone")
    return digits


def dated(value: Any) -> Any:
    """A moment begins with its date: a number that pydantic would count in seconds since 1970 is none."""
    return _read_time(value, "bad-time")


def on_the_wall(value: Any) -> Any:
    """The same of a time that is written without an offset, as what is wrong with it says."""
    return _read_time(value, "bad-local-time")


def _read_time(value: Any, code: LiteralString) -> Any:
    if not isinstance(value, str | int | float):
        return value
    try:
        return datetime.fromisoformat(value.strip().upper() if isinstance(value, str) and DATED.match(value.strip()) else "")
    except ValueError:
        raise PydanticCustomError(code, code) from None


def whole_minutes(moment: datetime) -> datetime:
    """Times of rooms are in whole minutes, as pages show them and as rules and prices count them; their offsets too."""
    if moment.second or moment.microsecond or (moment.utcoffset() or timedelta()) % timedelta(minutes=1):
        raise PydanticCustomError("not-whole-minutes", "not-whole-minutes")
    return moment


def clock_text(since_midnight: timedelta) -> str:
    minutes = int(since_midnight.total_seconds() // 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


Email = Annotated[str, Field(max_length=254), AfterValidator(read_email), WithJsonSchema({"type": "string", "format": "email"})]
Phone = Annotated[str, Field(max_length=30), AfterValidator(read_phone)]
PhoneOrNone = Annotated[str, Field(max_length=30), AfterValidator(lambda text: read_phone(text) if text.strip() else "")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True), LINES]
Day = Annotated[date, BeforeValidator(checked(lambda text: parse_day(text, ""))), Strict()]
Clock = Annotated[
    timedelta,
    BeforeValidator(checked(lambda text: parse_clock(text, ""))),
    PlainSerializer(clock_text, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^([01]?[0-9]|2[0-3])([:.]?[0-5][0-9])?$|^24([:.]?00)?$", "examples": ["18:00", "24:00"]}
    ),
]
Zone = Annotated[str, AfterValidator(checked(lambda text: zone_of(text).key))]
# On the wall clock or with an offset, and with one.
Local = Annotated[datetime, BeforeValidator(dated), AfterValidator(whole_minutes)]
WallTime = Annotated[NaiveDatetime, BeforeValidator(on_the_wall), AfterValidator(whole_minutes)]
Moment = Annotated[AwareDatetime, BeforeValidator(dated)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
RowId = Annotated[int, Field(ge=1, le=2**31 - 1)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
