"""Tryout: a request that nobody makes, judged under a draft and under what is published, by the code that judges bookings."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.identity import ApplicantClass
from accounts.models import Organisation, Person
from booking.applicants import Applicant
from booking.case import case_of_wish
from booking.facts import facts_on, gather
from booking.wish import Wish
from policies.document import Document
from policies.evaluate import evaluate
from policies.layers import Policy, combine
from policies.request import Facts, Figure, Request, Usage
from policies.rules.counts import Count, Measure
from policies.verdict import Verdict
from venues.models import Room

NOBODY = 0
WITHOUT_ORGANISATION = (ApplicantClass.PERSON, ApplicantClass.MUNICIPALITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tryout:
    """What is tried: a wish, when it is asked, and who asks as a policy knows them.

    ``used`` are the minutes that they have used before in the period of any quota, ``held`` the dates that they have
    at the same time or ahead, ``absent`` those that they did not come to.
    """

    wish: Wish
    asked: datetime
    applicant: ApplicantClass
    registered: bool | None = None
    local: bool | None = None
    statuses: tuple[str, ...] = ()
    age: int | None = None
    in_series: bool = False
    figures: tuple[Figure, ...] = ()
    used: int = 0
    held: int = 0
    absent: int = 0

    @property
    def known(self) -> dict[str, Any]:
        """What a policy knows of the applicant beside the registers."""
        return {"statuses": self.statuses, "figures": self.figures}

    def usage(self, count: Count) -> Usage:
        """What is counted of the applicant, as if so much was used or held in each period."""
        dates = self.absent if count.measure is Measure.ABSENT else self.held
        return Usage(count.key, count.first, count.last, self.used, dates)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the draft says of a tryout, together with the published documents of the other layers, and what they say today."""

    drafted: Verdict
    published: Verdict


def answers(session: Session, room: Room, tryout: Tryout, draft: Document) -> Answers:
    """Judge the first date of the tryout's wish twice; nothing is written. Raises Invalid for a time that cannot be."""
    day = tryout.wish.start.date()
    case = case_of_wish(tryout.wish, room, _applicant(tryout, day), now=tryout.asked)
    case = replace(case, dates=case.dates[:1], in_series=tryout.in_series)
    gathered = gather(session, case)
    request = case.request(case.dates[0])
    facts = facts_on(gathered, case, request)
    facts = replace(facts, applicant=replace(facts.applicant, **tryout.known))
    day = request.dates[0]
    others = [document for document in gathered.policies.documents_on(day) if document.layer is not draft.layer]
    policies = combine([*others, draft]), gathered.policies.on(day)
    drafted, published = (evaluate(policy, request, _counted(facts, policy, request, tryout=tryout)) for policy in policies)
    return Answers(drafted, published)


def _applicant(tryout: Tryout, day: date) -> Applicant:
    """Somebody of that class, age and standing whom the database does not know."""
    born = None if tryout.age is None else date(max(day.year - tryout.age, 1), 1, 1)
    organisation = None
    if tryout.applicant not in WITHOUT_ORGANISATION:
        organisation = Organisation(id=NOBODY, name="", in_voluntary_register=tryout.registered, is_local=tryout.local)
    somebody = Person(id=NOBODY, name="", phone="", email="", born=born)
    return Applicant(somebody, organisation, tryout.applicant, None, None, must_confirm=False, by_staff=False)


def _counted(facts: Facts, policy: Policy, request: Request, *, tryout: Tryout) -> Facts:
    """The facts with what a policy wants counted."""
    return replace(facts, usage=tuple(tryout.usage(placed.count) for placed in policy.counts(request)))
