"""What is on (pure): which of the activities that are open to all are told, as addresses say it."""

from collections.abc import Mapping
from dataclasses import dataclass

from booking.public import GROUPS
from kernel.errors import Missing, refuse
from policies.taxonomy import Activity

KINDS: Mapping[str, Activity] = {activity.replace(".", "-"): activity for activity in Activity}
FIELDS = {"venues": "venue", "districts": "district", "ages": "age", "kinds": "kind", "dates": "date"}


@dataclass(frozen=True, slots=True)
class Among:
    """What is told: in which venue or district, for which age group, of which kind, each by its slug, or a single date by its id;
    empty is all. A venue lies in its district, so that the venue alone counts."""

    venue: str = ""
    district: str = ""
    age: str = ""
    kind: str = ""
    date: str = ""

    def __post_init__(self) -> None:
        """Raises Missing (``no-feed``) for an age group, a kind or a date that there cannot be."""
        is_date = not self.date or (self.date.isascii() and self.date.isdecimal() and len(self.date) < 10 and self.date[0] != "0")
        if self.age not in ("", *GROUPS) or self.kind not in ("", *KINDS) or not is_date:
            raise refuse(Missing, "no-feed", "address", self.age or self.kind or self.date)
        if self.venue:
            object.__setattr__(self, "district", "")

    @classmethod
    def at(cls, path: str) -> "Among":
        """What the path of a feed says: ``districts/fjell/ages/6-12``. Raises Missing (``no-feed``), also for one written otherwise
        than ``path`` does, so that each choice has one address."""
        parts = path.split("/") if path else []
        given = dict(zip(parts[::2], parts[1::2], strict=False))
        if given.keys() <= FIELDS.keys():
            found = cls(**{FIELDS[name]: slug for name, slug in given.items()})
            if found.path == path:
                return found
        raise refuse(Missing, "no-feed", "address", path)

    @property
    def path(self) -> str:
        """The path of its feed, below that of all."""
        return "/".join(f"{name}/{slug}" for name, slug in self._said().items())

    @property
    def query(self) -> dict[str, str]:
        """The same as a page's address says it."""
        return {FIELDS[name]: slug for name, slug in self._said().items() if name != "dates"}

    @property
    def feed(self) -> str:
        """The address of its feed, without the ending."""
        return f"/calendars/open/{self.path}" if self.path else "/calendars/open"

    @property
    def is_usual(self) -> bool:
        """Whether subscribers in their number ask for it: what is on in one respect, or all of it."""
        return len(self._said()) < 2 and not self.date

    def _said(self) -> dict[str, str]:
        return {name: slug for name, field in FIELDS.items() if (slug := getattr(self, field))}


EVERYTHING = Among()
