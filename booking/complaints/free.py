"""Free: text that somebody wrote, which tells itself from all other text of a case and is known by a name."""

from typing import Self


class Free(str):
    """Free text in a case; ``key`` is the name by which it is let pass into what is public."""

    key: str

    @classmethod
    def of(cls, key: str, text: str) -> Self:
        """The text under its name."""
        found = cls(text)
        found.key = key
        return found
