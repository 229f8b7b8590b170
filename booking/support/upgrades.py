"""Upgrades: what is missing in rooms, by surveys, beside what was asked for in vain near them, as a list of what to mend first."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.models import Booking, Sought
from booking.states import BookingState
from venues.models import District, Room, Venue
from venues.statements import ACCESS
from venues.survey.labels import cost_label, group_label, lack_label
from venues.survey.models import Lack, Survey
from venues.survey.queries import latest
from venues.survey.words import LACKS
from venues.vocabulary import slug_of
from web.texts import gettext as _
from web.writing import Row

# What a wish counts that named the thing: at the venue, in its district, and with no place said. One elsewhere counts nothing.
AT_VENUE, IN_DISTRICT, ANYWHERE = 3, 2, 1
WEIGHTS = {"at_venue": AT_VENUE, "in_district": IN_DISTRICT, "anywhere": ANYWHERE}
ORDER_OF_COSTS = ("small", "medium", "large", None)


class Asked(NamedTuple):
    """What somebody needed in vain, and where they looked: the slugs of a venue and of a district, empty where they said none."""

    needs: Collection[str]
    venue: str
    district: str


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Something that is missing in a room, and how many wishes named it in vain: at its venue, in its district, anywhere."""

    survey: Survey
    lack: Lack
    at_venue: int
    in_district: int
    anywhere: int

    @property
    def demand(self) -> int:
        """The wishes, each with what its nearness counts."""
        return AT_VENUE * self.at_venue + IN_DISTRICT * self.in_district + ANYWHERE * self.anywhere

    @property
    def score(self) -> int:
        """How grave it is (1 to 3) times the demand."""
        return (self.lack.gravity or 0) * self.demand


def upgrades(session: Session, *, since: date, by: Actor) -> Sequence[Upgrade]:
    """What the latest survey of each room says is missing, the highest score first, for officers; seven statements.

    Of equal scores the graver goes first, then the cheaper, then by the room's name.
    """
    by.require(by.is_officer, "officer")
    asked = list(_asked(session, since))
    found = [_upgrade(survey, lack, asked) for survey in latest(session) for lack in survey.lacks]
    return sorted(found, key=_place)


def table(found: Iterable[Upgrade]) -> Iterator[Row]:
    """The list as a table, with its headings."""
    yield [
        *(_("Poeng"), _("Rom"), _("Lokale"), _("Mangler"), _("For hvem"), _("Alvor (1–3)")),
        *(_("Ønsker i lokalet"), _("Ønsker i bydelen"), _("Ønsker uten sted"), _("Anslått kostnad"), _("Merknad"), _("Befart")),
    ]
    for one in found:
        room, lack = one.survey.room, one.lack
        yield [
            *(one.score, room.name, room.venue.name, lack_label(lack.what), group_label(lack.whom), lack.gravity),
            *(one.at_venue, one.in_district, one.anywhere, cost_label(lack.cost), lack.note, one.survey.surveyed_on),
        ]


def is_asked_for(lack: str, needs: Collection[str]) -> bool:
    """Whether what somebody needed names what is missing, by its key or by its name in bokmål anywhere in their words."""
    named = re.compile(rf"\b{re.escape(LACKS.get(lack, lack).casefold())}\b")
    return any(slug_of(need.removeprefix(ACCESS)) == lack or named.search(need.casefold()) for need in needs)


def _upgrade(survey: Survey, lack: Lack, asked: Sequence[Asked]) -> Upgrade:
    venue = survey.room.venue
    district = venue.district.slug if venue.district else ""
    wishes = [one for one in asked if is_asked_for(lack.what, one.needs)]
    return Upgrade(
        survey,
        lack,
        at_venue=sum(one.venue == venue.slug for one in wishes),
        in_district=sum(one.venue != venue.slug and bool(district) and one.district == district for one in wishes),
        anywhere=sum(not one.venue and not one.district for one in wishes),
    )


def _asked(session: Session, since: date) -> Iterator[Asked]:
    """What was sought in vain, and what was refused, that named something."""
    districts = dict(session.execute(select(Venue.slug, District.slug).join(Venue.district)).all())
    for needs, room, district in session.execute(select(Sought.needs, Sought.room, Sought.district).where(Sought.on_day >= since)):
        if needs:
            venue = room.partition("/")[0]
            yield Asked(needs, venue, districts.get(venue, "") if venue else district)
    refused = (Booking.state == BookingState.REFUSED, Booking.decided_at >= datetime.combine(since, time(), UTC))
    for needs, venue in session.execute(select(Booking.needs, Venue.slug).join(Booking.room).join(Room.venue).where(*refused)):
        if needs:
            yield Asked(needs, venue, districts.get(venue, ""))


def _place(one: Upgrade) -> tuple[int, int, int, str, int]:
    cost = ORDER_OF_COSTS.index(one.lack.cost)
    return -one.score, -(one.lack.gravity or 0), cost, one.survey.room.whole_name, one.lack.id
