"""Letter: what a notice needs to become a mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notices.itip import NOTHING, Entries


@dataclass(frozen=True, slots=True)
class Letter:
    """To whom, in which language, by which template, with what; ``room`` and ``reference`` stand in subjects too.

    ``mobile`` is the number that gets a short message as well, of urgent notices; ``entries`` what the reader's calendar is told;
    ``html`` the template of the same as a page.
    """

    to: str
    language: str
    template: str
    values: Mapping[str, Any]
    mobile: str = ""
    entries: Entries = NOTHING
    html: str = ""


def one_line(text: str) -> str:
    """Text that people chose, without the breaks by which it could pass for a header, or for words of ours."""
    return " ".join(text.split())
