"""Public: what anybody may read of dates that are open to all."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from kernel.reach import REACH
from policies.request import AgeBand, bands_of
from web.fields import Prose

# Where one age group ends and the next begins, as the booking form asks for participants.
CUTS = (6, 13, 20, 67)
AgeGroup = Literal["0-5", "6-12", "13-19", "20-66", "67+"]
GROUPS: Mapping[str, AgeGroup] = {"0-5": "0-5", "6-12": "6-12", "13-19": "13-19", "20-66": "20-66", "67": "67+"}


def _reaching_nobody(text: str) -> str:
    if REACH.search(text):
        raise PydanticCustomError("contact-in-public-text", "contact-in-public-text")
    return text


Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120), AfterValidator(_reaching_nobody)]
Told = Annotated[Prose, StringConstraints(max_length=600), AfterValidator(_reaching_nobody)]
Joining = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(_reaching_nobody)]


class Public(BaseModel):
    """What the list of what is on says of a booking: ``title``, ``text``, for which ``ages`` (none: all), whether it is ``free``
    (None: not said), and how to ``join``. Nobody's telephone or address stands in it: the contact is the organisation's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Title = ""
    text: Told = ""
    ages: Annotated[tuple[AgeGroup, ...], Field(max_length=len(GROUPS))] = ()
    free: bool | None = None
    join: Joining = ""

    def said(self, participants: Mapping[str, int]) -> dict[str, Any]:
        """As a booking keeps it, without what is not said; where no ages are, they are those of the participants."""
        said = self.model_dump() | {"ages": sorted(set(self.ages), key=list(GROUPS.values()).index) or ages_of(participants)}
        return {name: value for name, value in said.items() if value not in ("", [], None)}


def told_ages(said: Mapping[str, Any]) -> tuple[AgeGroup, ...]:
    """For which age groups it is, none where it is for all."""
    ages = tuple(said.get("ages", ()))
    return ages if len(ages) < len(GROUPS) else ()


def ages_of(participants: Mapping[str, int]) -> list[AgeGroup]:
    """The age groups that participants belong to; none where all of them do."""
    bands = [band for band in bands_of(participants) if band.heads]
    found = [group for group in GROUPS.values() if any(_meet(band, bands_of({group: 0})[0]) for band in bands)]
    return found if len(found) < len(GROUPS) else []


def _meet(one: AgeBand, other: AgeBand) -> bool:
    return (one.last is None or other.first <= one.last) and (other.last is None or one.first <= other.last)
