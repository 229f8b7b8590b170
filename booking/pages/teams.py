"""Teams in forms: the teams of organisations to choose from, and what a form says once one is chosen."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from accounts import edge
from accounts.models import Team
from accounts.teams import teams_of
from booking.pages.draft import band_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A team by its name, with the address of the form filled in for it."""

    name: str
    href: str


def team_choices(organisations: Collection[int], bands: Collection[str], to: Callable[[Team, Mapping[str, str]], str]) -> list[Choice]:
    """The teams of organisations, youngest first; ``to`` gives the address of the form with the fields that a team says."""
    found = teams_of(edge.reading(), *organisations)
    return [Choice(team.name, to(team, _said(team, bands))) for team in found]


def _said(team: Team, bands: Collection[str]) -> dict[str, str]:
    """Its name, and how many its members are at which age, as far as that is known."""
    said = {"team": team.name}
    if team.members and not (team.youngest is None and team.oldest is None):
        said[f"participants.{band_of(team.youngest, team.oldest, bands)}"] = str(team.members)
    return said
