"""The published regulations' own cases, as far as the kinds of rule reach: Lørenskog L1-L5, Drammen D3, D4, D6, D8."""

from datetime import UTC, date, datetime
from typing import Any

from accounts.identity import ApplicantClass
from policies.evaluate import evaluate
from policies.layers import Policy, combine
from policies.request import ApplicantFacts, Day, Facts, RoomFacts, Window
from policies.taxonomy import Activity
from policies.verdict import Change, Outcome, Verdict
from tests.policies.examples import asked, document, hours, known, rule, span
from venues.opening import Openness

SCHOOL = {"nb": "skolen", "nn": "skulen", "en": "the school"}
PRICES = {"classroom": 20000, "assembly hall": 45000, "gym": 40000}
WEEKEND = [6, 7]


def rows() -> list[dict[str, Any]]:
    """The fictional list: private per hour by kind of room, commercial double, weekends half as much again."""
    free = [{"price_class": "free", "unit": "occasion", "ore": 0}]
    priced = [
        {"price_class": name, "room_kinds": [kind], "ore": ore * times, **days}
        for kind, base in PRICES.items()
        for name, times in (("list", 1), ("commercial", 2))
        for ore, days in ((base, {}), (base * 3 // 2, {"weekdays": WEEKEND}))
    ]
    return free + priced


def lorenskog() -> Policy:
    local_club = {"applicants": ["organisation"]}
    return combine(
        [
            document(
                rule("decision_route", route="by-role", role="caretaker", title=SCHOOL),
                rule("opening", school_break="refuse", public_holiday="refuse"),
                rule("purpose", alcohol="refuse", source={"paragraph": "d", "address": "https://lorenskog.kommune.no"}),
                rule(
                    "price",
                    assignments=[
                        {**local_club, "statuses": ["lease-status-a"], "price_class": "free"},
                        {**local_club, "weekdays": [1, 2, 3, 4, 5], "price_class": "free"},
                        {"commercial": True, "price_class": "commercial"},
                        {"price_class": "list"},
                    ],
                    tariffs=[{"version": "fiktiv", "first": "2026-01-01", "rows": rows()}],
                ),
            )
        ]
    )


def school(day: date, kind: str, *, statuses: tuple[str, ...] = (), school_break: str | None = None) -> Facts:
    by_agreement = Window(hours(day, "08:00", "22:00"), Openness.BY_AGREEMENT)
    evenings = Window(hours(day, "17:00", "22:00"), Openness.OPEN)
    return Facts(
        room=RoomFacts(capacity=120, kind=kind),
        windows=(by_agreement if day.isoweekday() in WEEKEND else evenings,),
        days=(Day(day, None, school_break),),
        applicant=ApplicantFacts(registered=True, local=True, statuses=statuses),
    )


def choir(day: date, start: str, end: str, facts: Facts, **changes: Any) -> Verdict:
    given = {"activity": Activity.CULTURE_MUSIC, "heads": 25, "room": "skole/aula", **changes}
    return evaluate(lorenskog(), asked(day, start, end, **given), facts)


def charged(verdict: Verdict) -> int | None:
    return verdict.price.charged if verdict.price else None


class TestLorenskog:
    def test_l1_a_local_choir_on_a_tuesday_is_decided_by_the_school_and_pays_nothing(self) -> None:
        verdict = choir(date(2026, 10, 13), "18:00", "20:00", school(date(2026, 10, 13), "assembly hall"))

        assert (verdict.outcome, verdict.decider and verdict.decider.title.nb, charged(verdict)) == (Outcome.REVIEW, "skolen", 0)

    def test_l2_half_past_ten_is_after_closing_and_eight_to_ten_is_offered(self) -> None:
        day = date(2026, 10, 13)

        verdict = choir(day, "20:00", "22:30", school(day, "assembly hall"))

        objection = verdict.objections[0]
        assert (verdict.outcome, objection.code, objection.limit) == (Outcome.REFUSED, "after-closing", "17:00-22:00")
        assert {way.change: way.wall for way in objection.alternatives}[Change.LENGTH] == span(day, "20:00", "22:00")

    def test_l3_the_schools_break_is_closed(self) -> None:
        day = date(2026, 9, 29)

        verdict = choir(day, "18:00", "20:00", school(day, "assembly hall", school_break="Høstferie"))

        assert [(o.code, o.value, o.limit) for o in verdict.objections] == [("school-break", "Høstferie", "2026-09-29")]
        assert verdict.outcome is Outcome.REFUSED

    def test_l4_a_weekend_seminar_is_free_with_lease_status_a_and_priced_by_the_list_without(self) -> None:
        day = date(2026, 10, 17)

        verdicts = [
            choir(day, "10:00", "16:00", school(day, "assembly hall", statuses=statuses), activity=Activity.SEMINAR)
            for statuses in (("lease-status-a",), ())
        ]

        assert [verdict.outcome for verdict in verdicts] == [Outcome.REVIEW, Outcome.REVIEW]
        # By hand: six hours at 450 kroner and half as much again.
        assert [charged(verdict) for verdict in verdicts] == [0, 6 * 675_00]

    def test_l5_beer_is_refused_and_a_birthday_without_it_is_priced_as_private(self) -> None:
        day = date(2026, 10, 16)
        party = {"applicant": ApplicantClass.PERSON, "activity": Activity.CELEBRATION, "organisation": None}

        wet, dry = (choir(day, "18:00", "21:00", school(day, "classroom"), alcohol=beer, **party) for beer in (True, False))

        assert (wet.outcome, [(o.code, o.source.paragraph) for o in wet.objections]) == (Outcome.REFUSED, [("alcohol", "d")])
        assert (dry.outcome, charged(dry)) == (Outcome.REVIEW, 600_00)


def drammen() -> Policy:
    return combine(
        [
            document(
                rule(
                    "eligibility",
                    allowed=["organisation", "person", "municipality"],
                ),
                rule("eligibility", id="alder", scope={"applicants": ["person"]}, age={"comparator": "over", "years": 17}),
                rule("decision_route", route="at-once"),
                rule(
                    "decision_route",
                    id="privat",
                    scope={"applicants": ["person"]},
                    route="by-role",
                    title={"nb": "rådgiver", "nn": "rådgjevar", "en": "adviser"},
                    promise={"amount": 2, "unit": "working-hours"},
                    office={"hours": {"start": "09:00", "end": "15:00"}},
                    late="refuse",
                ),
                rule(
                    "price",
                    tariffs=[{"version": "2025", "first": "2025-01-01", "rows": [{"price_class": "list", "ore": 114500}]}],
                ),
                layer="venue",
                place="assiden-fotballhall",
            )
        ]
    )


class TestDrammen:
    SATURDAY = date(2026, 1, 10)

    def private(self, submitted: datetime, age: int) -> Verdict:
        request = asked(self.SATURDAY, "12:00", "14:00", applicant=ApplicantClass.PERSON, organisation=None, age=age, submitted=submitted)
        return evaluate(drammen(), request, known(self.SATURDAY, opens="08:00"))

    def test_d3_seventeen_is_too_young_and_a_grown_up_waits_for_the_adviser_at_2290_kroner(self) -> None:
        wednesday = datetime(2026, 1, 7, 9, tzinfo=UTC)

        young, grown = self.private(wednesday, 17), self.private(wednesday, 30)

        assert [(o.code, o.value, o.limit) for o in young.objections] == [("too-young", 17, 18)]
        assert (grown.outcome, grown.decider and grown.decider.title.nb, charged(grown)) == (Outcome.REVIEW, "rådgiver", 2_290_00)
        assert grown.decider and grown.decider.promised_by == datetime(2026, 1, 7, 11, tzinfo=UTC)

    def test_d4_what_cannot_be_handled_before_it_starts_is_refused(self) -> None:
        verdict = self.private(datetime(2026, 1, 9, 15, tzinfo=UTC), 30)

        assert [(o.code, o.value, o.limit) for o in verdict.objections] == [("answer-too-late", "2026-01-10T12:00", "2026-01-12T11:00")]

    def test_d6_a_club_from_another_municipality_is_welcome_outside_the_season(self) -> None:
        day = date(2025, 10, 20)

        verdict = evaluate(drammen(), asked(day), known(day, applicant=ApplicantFacts(local=False)))

        assert verdict.outcome is Outcome.ACCEPTED

    def test_d8_the_library_room_waits_two_working_days_and_more_than_fifteen_are_warned(self) -> None:
        library = combine(
            [
                document(
                    rule("capacity", over="warn"),
                    rule(
                        "decision_route",
                        route="by-role",
                        promise={"amount": 2, "unit": "working-days"},
                        office={"hours": {"start": "09:00", "end": "15:00"}},
                    ),
                    layer="room",
                    place="drammensbiblioteket/moterom",
                )
            ]
        )
        day = date(2025, 11, 18)
        facts = known(day, opens="07:00", closes="23:00", room=RoomFacts(capacity=15))

        twelve, twenty = (evaluate(library, asked(day, "18:00", "20:00", heads=heads), facts) for heads in (12, 20))

        assert (twelve.outcome, twelve.warnings) == (Outcome.REVIEW, ())
        assert (twenty.outcome, [(w.code, w.value, w.limit) for w in twenty.warnings]) == (Outcome.REVIEW, [("over-capacity", 20, 15)])
