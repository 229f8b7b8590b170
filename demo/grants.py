"""The demo's grants: three schemes as Drammen has them, with invented amounts, who has them, and rates for rooms without a price."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from accounts.inputs import StandingInput
from accounts.standings import note_standing
from booking.support.grants.awarding import GrantTerms, make_grant
from booking.support.grants.schemes import Figure, RateTerms, SchemeTerms, make_scheme, set_rate
from booking.support.grants.statuses import LeaseDecision, decide_lease
from booking.support.models import SchemeKind
from demo.people import Cast
from policies.taxonomy import Activity

Verb = Callable[..., Any]
TRAINING, CULTURE, OPERATING = 1, 2, 3
# Who has a grant under which scheme, in whole kroner: money for the last, a ceiling for the others.
AWARDED = (
    ("fotball", TRAINING, {"ceiling": 60_000}),
    ("handball", TRAINING, {"ceiling": 40_000}),
    ("papirbruket", CULTURE, {"ceiling": 20_000}),
    ("fjell", CULTURE, {"ceiling": 20_000}),
    ("koret", OPERATING, {"amount": 15_000}),
)
SOURCE = "Vedtak 12 (fiktivt)"


def grants(cast: Cast, today: date) -> Iterator[tuple[Verb, tuple[Any, ...]]]:
    """The verbs and what each is given, in order; each is to be one transaction. Schemes are numbered as they come."""
    for terms in _schemes(today.year):
        yield make_scheme, (terms,)
    yield note_standing, (cast.organisations["koret"].id, _members(today.year))
    yield decide_lease, (cast.organisations["skiold"].id, LeaseDecision(status="a", first_day=date(today.year, 1, 1), reason=SOURCE))
    for organisation, scheme, money in AWARDED:
        days = {"first_day": date(today.year, 1, 1), "last_day": date(today.year, 12, 31)}
        text = {"conditions": "Tilskuddet skal brukes slik ordningen sier.", "decision": f"Innvilget etter søknad. {SOURCE}"}
        yield make_grant, (GrantTerms(organisation=cast.organisations[organisation].id, scheme=scheme, **days, **money, **text),)
    for kind, kroner in (("meeting room", 150), ("gym", 250)):
        yield set_rate, (RateTerms(room_kind=kind, first_day=date(today.year, 1, 1), per_hour=kroner, source=SOURCE),)


def _schemes(year: int) -> Iterator[SchemeTerms]:
    first = date(year - 1, 1, 1)
    yield SchemeTerms(
        name="Leie til trening for barn og unge (fiktiv)",
        kind=SchemeKind.RENT,
        purpose="Klubber som leier, skal betale det samme som i kommunens haller.",
        rules="Bare vanlig trening for dem under 20 år, ikke kamper, cuper og leirer. Klubben betaler 20 prosent."
        " Deles banen med en klubb fra en annen kommune, gis tilskudd for egen tid.",
        duties="Årsmelding og regnskap.",
        activities=(Activity.SPORT_TRAINING,),
        under_age=20,
        own_share=20,
        most_per_hour=1500,
        asks=(Figure.MEMBERS, Figure.YOUNG_MEMBERS, Figure.COSTS),
        report_days=90,
        first_day=first,
    )
    yield SchemeTerms(
        name="Leie av kulturhus (fiktiv)",
        kind=SchemeKind.RENT,
        purpose="Konserter, teater og annet som er åpent for alle.",
        rules="Arrangementet må være åpent for alle. «Støttet av kommunen» skal stå i omtalen.",
        activities=(Activity.CULTURE, Activity.EVENT),
        venues=("union-scene",),
        open_to_all=True,
        own_share=50,
        first_day=first,
    )
    yield SchemeTerms(
        name="Driftstilskudd til kultur (fiktiv)",
        kind=SchemeKind.OPERATING,
        purpose="Kor, korps og andre kulturlag med åpent medlemskap.",
        rules="Minst 10 betalende medlemmer, vedtekter og årsmøte.",
        duties="Årsmelding, regnskap og antall medlemmer.",
        base=3000,
        per_member=300,
        least_members=10,
        least_activities=8,
        asks=(Figure.MEMBERS, Figure.ACTIVITIES, Figure.INCOME, Figure.COSTS, Figure.EQUITY),
        ceiling=50_000,
        report_days=105,
        first_day=first,
    )


def _members(year: int) -> StandingInput:
    return StandingInput(name="active-members", value=40, first_day=date(year, 1, 1), source="Årsmelding (fiktiv)")
