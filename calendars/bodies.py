"""Bodies: a rendered feed and what is kept of its events, whose texts stand in it once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from calendars.busy import Taking
from calendars.forms import Form

# What stands between two texts.
BETWEEN: Mapping[Form, bytes] = {Form.SIGN: b","}


class Part(NamedTuple):
    """One event of a rendering: by which key it is known to be unchanged, and how long its text is; ``taking`` only where free and
    busy time is written."""

    key: tuple[object, ...]
    length: int
    modified: datetime
    zone: str
    taking: Taking | None


# Of which occurrence an event is (0: of none), what is kept of it, and its text.
Told = tuple[int, Part, bytes]


@dataclass(frozen=True, slots=True)
class Rendering:
    """A body, and its events by occurrence (none for one that was read from a file), whose texts begin after ``head`` octets, one
    after another."""

    body: bytes = b""
    parts: Mapping[int, Part] = field(default_factory=dict)
    head: int = 0

    def starts(self, between: bytes) -> dict[int, int]:
        """Where in the body the text of each event begins."""
        found, at = {}, self.head
        for number, part in self.parts.items():
            if part.length and at > self.head:
                at += len(between)
            found[number] = at
            at += part.length
        return found


NOTHING = Rendering()


class Page:
    """The events of a body, one after another: thousands of texts are not to be held twice."""

    def __init__(self, form: Form, told: Iterable[Told]) -> None:
        between = BETWEEN.get(form, b"")
        self.texts = bytearray()
        self.parts: dict[int, Part] = {}
        self.others: list[Part] = []
        for number, part, text in told:
            if text and self.texts:
                self.texts += between
            self.texts += text
            if number:
                self.parts[number] = part
            else:
                self.others.append(part)

    @property
    def all(self) -> list[Part]:
        """All events, those that are of no occurrence last."""
        return [*self.parts.values(), *self.others]

    def between(self, head: bytes, end: bytes) -> Rendering:
        """The body that they make."""
        return Rendering(b"".join((head, self.texts, end)), self.parts, len(head))
