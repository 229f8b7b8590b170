"""What happens to the teams and groups that an organisation lists; a booking may name any other."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.inputs import TeamInput
from accounts.models import Team
from accounts.organisations import organisation_of
from database.audit import Act, record
from database.locks import Key, Subject, lock
from kernel.errors import Conflict, Missing, refuse

MOST = 200


def list_team(session: Session, organisation_id: int, given: TeamInput, *, by: Actor, now: datetime) -> Team:
    """List a team, or say something else of the one of that name; who acts for the organisation does, and officers.

    Raises Missing (``no-such-organisation``), Conflict (``too-many-teams``).
    """
    by.require(by.is_officer or by.acts_for(organisation_id), "delegate")
    organisation_of(session, organisation_id)
    lock(session, Key(Subject.ORGANISATION, organisation_id))
    team = session.scalar(select(Team).where(Team.organisation_id == organisation_id, Team.name == given.team))
    if team is None:
        if (session.scalar(select(func.count()).where(Team.organisation_id == organisation_id)) or 0) >= MOST:
            raise refuse(Conflict, "too-many-teams", "team", given.team, most=MOST)
        team = Team(organisation_id=organisation_id, name=given.team)
        session.add(team)
    team.youngest, team.oldest, team.members = given.youngest, given.oldest, given.members
    session.flush()
    record(session, Act("list_team", "team", team.id, {"organisation": organisation_id}), by=by, now=now)
    return team


def strike_team(session: Session, team_id: int, *, by: Actor, now: datetime) -> Team:
    """Take a team off the list; what is booked for it stays. Raises Missing (``no-such-team``)."""
    team = session.get(Team, team_id)
    by.require(by.is_officer or (team is not None and by.acts_for(team.organisation_id)), "delegate")
    if team is None:
        raise refuse(Missing, "no-such-team", "team", team_id)
    record(session, Act("strike_team", "team", team.id, {"organisation": team.organisation_id}), by=by, now=now)
    session.delete(team)
    session.flush()
    return team


def teams_of(session: Session, *organisations: int) -> Sequence[Team]:
    """The teams of organisations, youngest first, then by name."""
    found = session.scalars(select(Team).where(Team.organisation_id.in_(organisations))).all() if organisations else []
    return sorted(found, key=lambda team: (team.youngest if team.youngest is not None else 999, team.name.casefold(), team.organisation_id))
