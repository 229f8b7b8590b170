"""Bodies: a rendered feed and what is kept of its events, whose texts stand in it once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

from calendars.busy import Taking
from calendars.levels import Holder

Key = tuple[int, int, int, int | None, *tuple[object, ...]]
# Of what is no date, and written anew each time.
NO_DATE: Key = (0, 0, 0, None)


class Part(NamedTuple):
    """One event of a rendering: by which ``key`` it is known to be unchanged, that of a date begun by the ids of its occurrence, its
    version, its room and its organisation; and how long its text is. ``taking`` only where free and busy time is written."""

    key: Key
    length: int
    modified: datetime
    zone: str
    taking: Taking | None


# Events one after another, and their texts, each ended.
Run = tuple[Sequence[Part], bytes | memoryview]


@dataclass(frozen=True, slots=True)
class Context:
    """What texts of dates are made of beside what their keys say: the revisions of rooms, and organisations, by id."""

    rooms: Mapping[int, int] = field(default_factory=dict)
    holders: Mapping[int | None, Holder] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendering:
    """A body, and its events (none of one that was read from a file), whose texts begin after ``head`` octets, one after another."""

    body: bytes = b""
    parts: Sequence[Part] = ()
    head: int = 0
    context: Context = Context()

    def unchanged(self, keys: Iterable[Key], context: Context) -> list[int | None]:
        """Where among its events those of these keys stand as they would be told in this context; None where they do not."""
        rooms = {number for number, revision in context.rooms.items() if self.context.rooms.get(number) == revision}
        holders = {None, *(number for number, holder in context.holders.items() if self.context.holders.get(number) == holder)}
        parts, places = self.parts, {part.key[0]: place for place, part in enumerate(self.parts)}
        found = ((key, places.get(key[0])) for key in keys)
        return [
            place if place is not None and parts[place].key == key and key[2] in rooms and key[3] in holders else None
            for key, place in found
        ]

    def woven(self, keys: Iterable[Key], kept: Iterable[int | None], anew: Mapping[int, Run]) -> Iterator[Run]:
        """What is kept, in as few runs as it lies in, and what is told ``anew``, as their keys follow one another."""
        ends, body = [*accumulate(map(attrgetter("length"), self.parts), initial=self.head)], memoryview(self.body)
        first = after = 0
        for key, place in zip(keys, kept, strict=True):
            if place == after:
                after += 1
                continue
            yield self.parts[first:after], body[ends[first] : ends[after]]
            if place is not None:
                first, after = place, place + 1
            else:
                first = after
                if key[0] in anew:  # or it went away between two statements
                    yield anew[key[0]]
        yield self.parts[first:after], body[ends[first] : ends[after]]


NOTHING = Rendering()


class Page:
    """The events of a body, one after another: thousands of texts are not to be held twice."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self.texts = bytearray()
        self.parts: list[Part] = []
        for parts, texts in runs:
            self.texts += texts
            self.parts += parts

    def between(self, head: bytes, end: bytes, context: Context) -> Rendering:
        """The body that they make."""
        return Rendering(b"".join((head, self.texts, end)), self.parts, len(head), context)
