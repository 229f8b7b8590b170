"""The exact JSON form of frozen values, so that what was judged can be read again years later."""

from typing import Any, Self

from pydantic import TypeAdapter


class Stored:
    """A frozen dataclass that can be written to a JSON column and read back equal.

    Fields added later need a default, which is what older rows are read with.
    """

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """The value as JSON types: moments as RFC 3339 in UTC, wall clocks without offset, tuples as lists."""
        written: dict[str, Any] = _adapter(type(self)).serializer.to_python(self, mode="json")
        return written

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> Self:
        """The value that ``to_json`` wrote; raises pydantic's ValidationError for anything else."""
        value: Self = _adapter(cls).validate_python(written)
        return value


_ADAPTERS: dict[type, TypeAdapter[Any]] = {}


def _adapter(kind: type) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
