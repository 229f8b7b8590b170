"""What each kind of rule says of requests that just meet it and just do not."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.identity import ApplicantClass, Role
from policies.evaluate import evaluate, evaluate_series
from policies.layers import combine
from policies.request import AgeBand, ApplicantFacts, Closure, Day, Entitlement, Facts, Request, RoomFacts, Usage, Waiver, Window
from policies.taxonomy import Activity
from policies.verdict import Change, Effect, Layer, Objection, Outcome, Verdict
from tests.policies.examples import REASON, TUESDAY, asked, at_once, document, hours, known, policy, rule, span
from venues.opening import Openness

WEDNESDAY = TUESDAY + timedelta(days=1)
AGREED = Window(hours(TUESDAY, "16:00", "22:30"), Openness.BY_AGREEMENT)


def judged(*rules: dict[str, Any], request: Request | None = None, facts: Facts | None = None) -> Verdict:
    return evaluate(policy(*rules), request or asked(), facts or known(TUESDAY))


def said(objections: tuple[Objection, ...]) -> list[tuple[str, Any, Any]]:
    return [(objection.code, objection.value, objection.limit) for objection in objections]


def test_a_request_that_meets_every_rule_is_accepted_at_once() -> None:
    verdict = judged()

    assert (verdict.outcome, verdict.objections, verdict.warnings, verdict.decider) == (Outcome.ACCEPTED, (), (), None)


def test_without_any_document_an_officer_decides_and_the_time_competes() -> None:
    verdict = evaluate(combine([]), asked(), known(TUESDAY))

    assert verdict.outcome is Outcome.REVIEW
    assert verdict.decider and (verdict.decider.role, verdict.decider.promised_by, verdict.decider.competes) == (Role.OFFICER, None, True)


def test_all_objections_are_told_at_once_with_rule_reason_and_paragraph() -> None:
    alcohol = rule("purpose", id="rusfritt", alcohol="refuse", source={"paragraph": "§ 4", "address": "https://drammen.example/reglement"})

    verdict = judged(alcohol, rule("length", at_most=60), request=asked(start="22:00", end="23:30", heads=40, alcohol=True))

    assert [(o.rule, o.code, o.value, o.limit) for o in verdict.objections] == [
        ("rusfritt", "alcohol", True, False),
        ("baseline-opening", "after-closing", "23:30", "16:00-22:30"),
        ("length", "too-long", 90, 60),
        ("baseline-capacity", "over-capacity", 40, 30),
    ]
    assert (verdict.objections[0].reason.nb, verdict.objections[0].source.paragraph) == ("Slik er det.", "§ 4")


class TestEligibility:
    def test_only_the_classes_named_may_book(self) -> None:
        clubs = rule("eligibility", allowed=["organisation", "group"])

        assert judged(clubs).outcome is Outcome.ACCEPTED
        assert said(judged(clubs, request=asked(applicant=ApplicantClass.BUSINESS)).objections) == [
            ("applicant-not-allowed", "business", "organisation, group")
        ]

    @pytest.mark.parametrize(
        ("comparator", "age", "allowed"), [("over", 15, False), ("over", 16, True), ("at-least", 15, True), ("at-least", 14, False)]
    )
    def test_over_fifteen_has_turned_sixteen_and_at_least_fifteen_has_turned_fifteen(
        self, comparator: str, age: int, allowed: bool
    ) -> None:
        verdict = judged(rule("eligibility", age={"comparator": comparator, "years": 15}), request=asked(age=age))

        assert (verdict.outcome is Outcome.ACCEPTED) is allowed

    def test_an_age_that_is_not_known_is_reviewed(self) -> None:
        verdict = judged(rule("eligibility", age={"comparator": "at-least", "years": 18}), request=asked(age=None))

        assert (verdict.outcome, said(verdict.objections)) == (Outcome.REVIEW, [("age-unknown", None, 18)])

    @pytest.mark.parametrize(("registered", "outcome"), [(True, Outcome.ACCEPTED), (False, Outcome.REFUSED), (None, Outcome.REVIEW)])
    def test_registration_is_yes_no_or_unknown(self, registered: bool | None, outcome: Outcome) -> None:
        facts = known(TUESDAY, applicant=ApplicantFacts(registered=registered))

        assert judged(rule("eligibility", registered=True), facts=facts).outcome is outcome

    def test_a_status_that_the_municipality_grants_can_be_asked_for(self) -> None:
        wanted = rule("eligibility", any_status=["lease-status-a"])

        assert said(judged(wanted).objections) == [("status-missing", "", "lease-status-a")]
        assert judged(wanted, facts=known(TUESDAY, applicant=ApplicantFacts(statuses=("lease-status-a",)))).outcome is Outcome.ACCEPTED


class TestOpening:
    def test_what_ends_at_closing_time_is_inside(self) -> None:
        assert judged(request=asked(start="21:00", end="22:30")).outcome is Outcome.ACCEPTED

    @pytest.mark.parametrize(
        ("start", "end", "code", "value"),
        [
            ("15:00", "17:00", "before-opening", "15:00"),
            ("22:00", "23:00", "after-closing", "23:00"),
            ("08:00", "09:00", "outside-opening-hours", "08:00-09:00"),
            ("23:00", "24:00", "outside-opening-hours", "23:00-24:00"),
        ],
    )
    def test_what_leaves_the_hours_is_refused_and_told_them(self, start: str, end: str, code: str, value: str) -> None:
        assert said(judged(request=asked(start=start, end=end)).objections) == [(code, value, "16:00-22:30")]

    def test_time_by_agreement_is_reviewed_and_stricter_than_an_open_window_over_it(self) -> None:
        late = Window(hours(TUESDAY, "21:00", "24:00"), Openness.BY_AGREEMENT)
        facts = known(TUESDAY)
        facts = replace(facts, windows=(*facts.windows, late))

        assert judged(request=asked(start="19:00", end="21:00"), facts=facts).outcome is Outcome.ACCEPTED
        assert said(judged(request=asked(start="20:00", end="22:00"), facts=facts).objections) == [("by-agreement", "20:00-22:00", None)]

    def test_a_closed_window_takes_time_out_of_an_open_one(self) -> None:
        facts = known(TUESDAY)
        facts = replace(facts, windows=(*facts.windows, Window(hours(TUESDAY, "18:00", "19:00"), Openness.CLOSED)))

        assert [o.code for o in judged(facts=facts).objections] == ["before-opening"]

    def test_a_closure_is_told_with_its_reason_and_end(self) -> None:
        facts = known(TUESDAY, closures=(Closure(hours(TUESDAY, "08:00", "20:00"), "Nytt gulv"),))

        assert said(judged(facts=facts).objections) == [("closed", "Nytt gulv", "2025-11-18T20:00")]

    def test_hours_that_nobody_has_stated_are_reviewed_and_not_taken_for_closed(self) -> None:
        verdict = judged(facts=known(hours_known=False))

        assert (verdict.outcome, said(verdict.objections)) == (Outcome.REVIEW, [("opening-unknown", None, None)])

    def test_holidays_and_school_breaks_have_the_consequence_the_rule_gives(self) -> None:
        facts = known(TUESDAY, days=(Day(TUESDAY, "Fridag", "Høstferie"),))

        verdict = judged(rule("opening", public_holiday="warn", school_break="refuse"), facts=facts)

        assert said(verdict.objections) == [("school-break", "Høstferie", "2025-11-18")]
        assert said(verdict.warnings) == [("public-holiday", "Fridag", "2025-11-18")]

    def test_a_rule_narrows_the_hours_for_some(self) -> None:
        early = rule("opening", scope={"activities": ["sport"], "weekdays": [2]}, only_between={"start": "16:00", "end": "20:30"})

        assert said(judged(early, request=asked(start="20:00", end="21:00")).objections) == [("too-late", "21:00", "16:00-20:30")]
        assert judged(early, request=asked(start="20:00", end="21:00", activity=Activity.MEETING)).outcome is Outcome.ACCEPTED

    def test_a_night_over_two_open_days_is_inside(self) -> None:
        facts = known(TUESDAY, WEDNESDAY, opens="00:00", closes="24:00")

        assert judged(request=asked(start="22:00", end="08:00"), facts=facts).outcome is Outcome.ACCEPTED


class TestTiming:
    def test_notice_in_hours_is_to_the_minute(self) -> None:
        notice = rule("lead_time", notice={"amount": 24, "unit": "hours"})
        just = datetime(2025, 11, 17, 17, 0, tzinfo=UTC)

        assert judged(notice, request=asked(submitted=just)).outcome is Outcome.ACCEPTED
        late = judged(notice, request=asked(submitted=just + timedelta(minutes=1)))
        assert said(late.objections) == [("too-short-notice", "2025-11-18T18:00", "2025-11-18T18:01")]

    def test_notice_in_working_days_skips_weekends_and_holidays(self) -> None:
        notice = rule("lead_time", notice={"amount": 2, "unit": "working-days"})
        friday = datetime(2025, 11, 14, 20, 0, tzinfo=UTC)

        assert judged(notice, request=asked(submitted=friday)).outcome is Outcome.ACCEPTED
        closed_monday = known(TUESDAY, office_holidays=(date(2025, 11, 17),))
        assert [o.limit for o in judged(notice, request=asked(submitted=friday), facts=closed_monday).objections] == ["2025-11-19T00:00"]

    def test_more_than_six_days_is_one_day_more_than_at_least_six(self) -> None:
        wednesday = datetime(2025, 11, 12, 12, 0, tzinfo=UTC)
        over = rule("lead_time", notice={"amount": 6, "unit": "days"}, comparator="over")

        assert (
            judged(rule("lead_time", notice={"amount": 6, "unit": "days"}), request=asked(submitted=wednesday)).outcome is Outcome.ACCEPTED
        )
        assert judged(over, request=asked(submitted=wednesday)).outcome is Outcome.REFUSED

    def test_what_has_been_cannot_be_booked(self) -> None:
        verdict = judged(request=asked(submitted=datetime(2025, 11, 18, 17, 1, tzinfo=UTC)))

        assert [o.code for o in verdict.objections] == ["in-the-past"]

    def test_the_horizon_counts_months_to_the_same_day_or_the_last(self) -> None:
        horizon = rule("horizon", ahead={"amount": 1, "unit": "months"})
        day = date(2026, 2, 28)

        last = judged(horizon, request=asked(day, submitted=datetime(2026, 1, 31, 9, tzinfo=UTC)), facts=known(day))
        beyond = judged(horizon, request=asked(day, submitted=datetime(2026, 1, 27, 9, tzinfo=UTC)), facts=known(day))

        assert last.outcome is Outcome.ACCEPTED
        assert said(beyond.objections) == [("too-far-ahead", "2026-02-28", "2026-02-27")]

    def test_both_limits_of_a_length_are_allowed(self) -> None:
        length = rule("length", at_least=60, at_most=90)

        assert [judged(length, request=asked(end=end)).outcome for end in ("19:00", "19:30")] == [Outcome.ACCEPTED] * 2
        assert [said(judged(length, request=asked(end=end)).objections)[0] for end in ("18:59", "19:31")] == [
            ("too-short", 59, 60),
            ("too-long", 91, 90),
        ]

    def test_the_length_of_a_night_is_what_passes_when_the_clock_changes(self) -> None:
        day = date(2026, 10, 24)
        facts = known(day, day + timedelta(days=1), opens="00:00", closes="24:00")

        verdict = judged(rule("length", at_most=600), request=asked(day, "22:00", "08:00"), facts=facts)

        assert said(verdict.objections) == [("too-long", 660, 600)]

    def test_starts_and_ends_off_the_grid_are_told_their_neighbours(self) -> None:
        verdict = judged(rule("grid", minutes=60), request=asked(start="18:10", end="19:30"))

        assert said(verdict.objections) == [("off-grid", "19:30", "19:00, 20:00"), ("off-grid", "18:10", "18:00, 19:00")]


class TestUse:
    def test_unknown_capacity_warns_and_does_not_refuse(self) -> None:
        verdict = judged(facts=known(TUESDAY, room=RoomFacts(capacity=None)), request=asked(heads=900))

        assert (verdict.outcome, said(verdict.warnings)) == (Outcome.ACCEPTED, [("capacity-unknown", 900, None)])

    def test_heads_are_the_sum_of_the_age_bands(self) -> None:
        request = asked(heads=None, participants=(AgeBand(0, 12, 29), AgeBand(13, None, 2)))

        assert said(judged(request=request).objections) == [("over-capacity", 31, 30)]

    def test_a_rule_lowers_the_number_and_never_raises_it(self) -> None:
        assert said(judged(rule("capacity", at_most=15)).objections) == [("over-capacity", 20, 15)]
        assert said(judged(rule("capacity", at_most=100), request=asked(heads=31)).objections) == [("over-capacity", 31, 30)]

    def test_a_narrower_activity_is_within_the_wider(self) -> None:
        sport = rule("purpose", allowed=["sport"], forbidden=["sport.cup"])

        assert judged(sport).outcome is Outcome.ACCEPTED
        assert said(judged(sport, request=asked(activity=Activity.SPORT_CUP)).objections) == [("activity-forbidden", "sport.cup", None)]
        assert said(judged(sport, request=asked(activity=Activity.MEETING)).objections) == [("activity-not-allowed", "meeting", "sport")]

    def test_trade_alcohol_and_a_closed_door_each_have_a_consequence(self) -> None:
        verdict = judged(
            rule("purpose", commercial="review", alcohol="refuse", closed_to_others="warn"), request=asked(commercial=True, alcohol=True)
        )

        assert [(o.code, o.effect) for o in (*verdict.objections, *verdict.warnings)] == [
            ("alcohol", Effect.REFUSE),
            ("commercial-use", Effect.REVIEW),
            ("not-open-to-all", Effect.WARN),
        ]


class TestHandling:
    ROUTE = rule(
        "decision_route",
        route="by-role",
        role="caretaker",
        title={"nb": "skolen", "nn": "skulen", "en": "the school"},
        promise={"amount": 2, "unit": "working-days"},
        office={"hours": {"start": "09:00", "end": "15:00"}},
        hold={"amount": 3, "unit": "days"},
    )

    def test_an_answer_is_promised_in_office_days_and_the_time_held(self) -> None:
        friday_evening = datetime(2025, 11, 7, 19, tzinfo=UTC)

        verdict = evaluate(combine([document(self.ROUTE)]), asked(submitted=friday_evening), known(TUESDAY))

        assert verdict.outcome is Outcome.REVIEW
        assert verdict.decider and (verdict.decider.role, verdict.decider.title.nb, verdict.decider.hold_minutes) == (
            Role.CARETAKER,
            "skolen",
            3 * 24 * 60,
        )
        assert verdict.decider.promised_by == datetime(2025, 11, 12, 14, 0, tzinfo=UTC)

    def test_a_promise_after_the_start_warns_or_refuses_as_the_rule_says(self) -> None:
        request = asked(submitted=datetime(2025, 11, 17, 9, tzinfo=UTC))

        outcomes = [
            evaluate(combine([document({**self.ROUTE, "late": late})]), request, known(TUESDAY)).outcome for late in ("warn", "refuse")
        ]

        assert outcomes == [Outcome.REVIEW, Outcome.REFUSED]

    def test_staff_who_may_decide_await_no_review_and_are_refused_like_others(self) -> None:
        reviewed = combine([document(self.ROUTE)])

        assert evaluate(reviewed, asked(), known(TUESDAY, by_staff=True)).outcome is Outcome.ACCEPTED
        assert evaluate(reviewed, asked(end="23:00"), known(TUESDAY, by_staff=True)).outcome is Outcome.REFUSED

    def test_buffers_stand_on_the_verdict(self) -> None:
        verdict = judged(rule("buffers", before=15, after=30))

        assert (verdict.buffer_before, verdict.buffer_after) == (15, 30)


class TestCounts:
    QUOTA = rule("quota", period="week", minutes=240)

    def used(self, minutes: int) -> Facts:
        return known(TUESDAY, usage=(Usage("quota", date(2025, 11, 17), date(2025, 11, 23), minutes),))

    def test_the_last_hour_of_a_quota_may_be_had_and_the_next_not(self) -> None:
        assert judged(self.QUOTA, facts=self.used(150)).outcome is Outcome.ACCEPTED
        assert said(judged(self.QUOTA, facts=self.used(180)).objections) == [("quota-used", 90, 60)]

    def test_what_is_left_of_a_quota_is_offered(self) -> None:
        objection = judged(self.QUOTA, facts=self.used(180)).objections[0]

        assert [(way.change, way.wall) for way in objection.alternatives] == [(Change.LENGTH, span(TUESDAY, "18:00", "19:00"))]

    def test_so_many_dates_may_be_had_and_not_one_more(self) -> None:
        quota = rule("quota", period="half-year", dates=2, scope={"weekdays": [2]})
        used = [
            known(TUESDAY, usage=(Usage("quota", date(2025, 7, 1), date(2025, 12, 31), minutes=90 * dates, dates=dates),))
            for dates in (1, 2)
        ]

        assert judged(quota, facts=used[0]).outcome is Outcome.ACCEPTED
        assert said(judged(quota, facts=used[1]).objections) == [("dates-used", 2, 2)]

    def test_use_that_was_not_counted_is_reviewed_and_not_taken_for_none(self) -> None:
        assert said(judged(self.QUOTA).objections) == [("use-not-counted", None, 240)]

    def test_the_policy_says_what_has_to_be_counted(self) -> None:
        counts = policy(self.QUOTA).counts(asked())

        assert [(c.count.key, c.count.holder, c.count.first, c.count.last) for c in counts] == [
            ("quota", "1", date(2025, 11, 17), date(2025, 11, 23))
        ]

    def agreed(self, used: int, **changes: Any) -> Facts:
        held = Entitlement("3", "Åpen hall", "free", 360, used, date(2025, 8, 1), date(2026, 6, 30), ("assiden-fotballhall/halvdel-a",))
        return known(TUESDAY, entitlement=replace(held, **changes))

    def test_the_seventh_hour_of_an_agreement_is_refused(self) -> None:
        hour = asked(end="19:00", agreement="3")

        assert judged(request=hour, facts=self.agreed(300)).outcome is Outcome.ACCEPTED
        assert said(judged(request=hour, facts=self.agreed(360)).objections) == [("agreement-hours-used", 60, 0)]

    def test_an_agreement_holds_in_its_rooms_and_on_its_dates(self) -> None:
        verdict = judged(request=asked(agreement="3"), facts=self.agreed(0, rooms=("annen/hall",), last=date(2025, 10, 1)))

        assert [o.code for o in verdict.objections] == ["agreement-other-dates", "agreement-other-room"]

    def test_a_series_uses_up_its_hours_from_date_to_date_whatever_the_order_given(self) -> None:
        days = [TUESDAY + timedelta(weeks=n) for n in range(3)]
        facts = {day: replace(known(day), entitlement=self.agreed(180).entitlement) for day in days}
        cases = [(policy(), asked(day, agreement="3", in_series=True), facts[day]) for day in reversed(days)]

        outcomes = [verdict.outcome for verdict in evaluate_series(cases)]

        assert outcomes == [Outcome.REFUSED, Outcome.ACCEPTED, Outcome.ACCEPTED]


class TestLayers:
    def test_the_room_goes_before_the_venue_and_the_venue_before_the_municipality(self) -> None:
        layers = [
            document(at_once(), rule("length", id="lengde", at_most=60)),
            document(rule("length", id="annen-id", at_most=90), layer="venue", place="assiden-fotballhall"),
            document(rule("length", id="lengde", at_most=120), layer="room", place="assiden-fotballhall/halvdel-a"),
        ]

        limits = [evaluate(combine(layers[:n]), asked(end="21:00"), known(TUESDAY)).objections[0].limit for n in (1, 2, 3)]

        assert limits == [60, 90, 120]

    def test_a_rule_with_another_scope_stands_beside_it_and_the_strictest_counts(self) -> None:
        wide = document(at_once(), rule("length", id="alle", at_most=60, effect="review"))
        narrow = document(
            rule("length", id="idrett", at_most=30, scope={"activities": ["sport"]}), layer="venue", place="assiden-fotballhall"
        )

        verdict = evaluate(combine([wide, narrow]), asked(), known(TUESDAY))

        assert (verdict.outcome, [o.rule for o in verdict.objections]) == (Outcome.REFUSED, ["idrett", "alle"])

    @pytest.mark.parametrize(
        ("wide", "near", "kept"),
        [
            (rule("length", id="a", at_most=60), rule("length", id="b", at_least=30), ["a", "b"]),
            (rule("length", id="a", at_most=60), rule("length", id="a", at_most=90, scope={"weekdays": [7]}), ["a", "a"]),
            (rule("length", id="a", at_most=60, scope={"weekdays": [7]}), rule("length", id="a", at_most=90), ["a"]),
            (rule("length", id="a", at_most=60, scope={"weekdays": [7]}), rule("length", id="b", at_most=90), ["a", "b"]),
            (rule("capacity", id="a", at_most=60), rule("complaint", id="a", days=21), ["a", "a"]),
            (rule("quota", id="a", period="week", minutes=60), rule("quota", id="b", period="year", minutes=900), ["a", "b"]),
            (rule("quota", id="a", period="week", minutes=60), rule("quota", id="b", period="week", minutes=90), ["b"]),
            (
                rule("condition", id="fire", what="fire", task="sign", title=REASON),
                rule("condition", id="key-talk", what="key-talk", task="confirm", title=REASON),
                ["fire", "key-talk"],
            ),
            (
                rule("surcharge", id="a", title=REASON, operation="amount", ore=5000),
                rule("surcharge", id="b", title=REASON, operation="amount", ore=9000),
                ["a", "b"],
            ),
            (rule("purpose", id="a", alcohol="refuse"), rule("purpose", id="b", forbidden=["sport"]), ["a", "b"]),
            (rule("grid", id="a", minutes=30, offset=15), rule("grid", id="b", minutes=60), ["b"]),
            (rule("quota", id="a", period="week", minutes=60), rule("quota", id="b", period="week", dates=2), ["a", "b"]),
            (
                rule("age_mix", id="a", ages={"last": 12}, at_least=8),
                rule("age_mix", id="b", ages={"last": 12}, at_most_percent=90),
                ["a", "b"],
            ),
        ],
    )
    def test_a_rule_replaces_only_what_it_says_otherwise(self, wide: dict[str, Any], near: dict[str, Any], kept: list[str]) -> None:
        layers = [document(wide), document(near, layer="venue", place="assiden-fotballhall")]

        in_force = combine(layers).on(TUESDAY).rules

        assert sorted(placed.rule.id for placed in in_force if placed.layer is not Layer.BASELINE) == kept

    def test_of_a_rule_with_another_id_it_replaces_what_it_states_itself(self) -> None:
        town = document(
            at_once(),
            rule("length", id="town", at_least=60, at_most=60),
            rule("opening", id="days", public_holiday="refuse", school_break="refuse"),
        )
        house = document(
            rule("length", id="house", at_most=120),
            rule("opening", id="hours", public_holiday="allow"),
            layer="venue",
            place="assiden-fotballhall",
        )
        policy = combine([town, house])
        holiday = known(TUESDAY, days=(Day(TUESDAY, holiday="17. mai"),))
        both = known(TUESDAY, days=(Day(TUESDAY, holiday="17. mai", school_break="Ferie"),))

        verdicts = [evaluate(policy, asked(end=end), facts) for end, facts in (("19:30", holiday), ("18:30", holiday), ("19:30", both))]

        assert [[(one.rule, one.code) for one in verdict.objections] for verdict in verdicts] == [
            [],
            [("town", "too-short")],
            [("days", "school-break")],
        ]

    @pytest.mark.parametrize(
        ("town", "house", "facts", "codes"),
        [
            # What the nearer rule says of something holds, also where the wider one has it unless it says otherwise.
            ({"school_break": "refuse"}, {"by_agreement": "allow"}, {"windows": (AGREED,)}, []),
            ({"school_break": "refuse"}, {}, {"windows": ()}, ["outside-opening-hours"]),
            # What the wider one limits it limits still, with what it says follows.
            ({"only_between": {"start": "08:00", "end": "19:00"}}, {"public_holiday": "allow"}, {}, ["too-late"]),
        ],
    )
    def test_of_opening_the_nearer_rule_is_told_once(
        self, town: dict[str, Any], house: dict[str, Any], facts: dict[str, Any], codes: list[str]
    ) -> None:
        wide = document(at_once(), rule("opening", id="town", **town))
        near = document(rule("opening", id="house", **house), layer="venue", place="assiden-fotballhall")

        verdict = evaluate(combine([wide, near]), asked(), known(TUESDAY, **facts))

        assert [one.code for one in verdict.objections] == codes

    def test_who_is_unknown_stays_unknown_beside_another_rule_of_a_nearer_layer(self) -> None:
        wide = document(at_once(), rule("eligibility", id="town", registered=True))
        near = document(rule("eligibility", id="house", allowed=["organisation"]), layer="venue", place="assiden-fotballhall")

        assert evaluate(combine([wide, near]), asked(), known(TUESDAY)).outcome is Outcome.REVIEW

    def test_a_rule_that_has_run_out_gives_the_wider_one_back(self) -> None:
        wide = document(at_once(), rule("length", at_most=60))
        lent = document(rule("length", at_most=120, valid_until="2025-11-17"), layer="venue", place="assiden-fotballhall")

        verdict = evaluate(combine([wide, lent]), asked(), known(TUESDAY))

        assert [o.limit for o in verdict.objections] == [60]

    def test_of_routes_the_one_with_the_narrowest_scope_in_the_nearest_layer_decides(self) -> None:
        routes = [
            at_once(),
            rule("decision_route", id="privat", route="by-role", scope={"applicants": ["person"]}),
            rule("decision_route", id="privat-helg", route="by-role", role="caretaker", scope={"applicants": ["person"], "weekdays": [2]}),
        ]

        verdict = evaluate(combine([document(*routes)]), asked(applicant=ApplicantClass.PERSON), known(TUESDAY))

        assert verdict.decider and verdict.decider.rule == "privat-helg"


class TestAlternatives:
    def test_a_shorter_and_a_shifted_time_are_offered_at_closing(self) -> None:
        objection = judged(request=asked(start="21:00", end="23:00")).objections[0]

        assert {way.change: way.wall for way in objection.alternatives} == {
            Change.TIME: span(TUESDAY, "20:30", "22:30"),
            Change.LENGTH: span(TUESDAY, "21:00", "22:30"),
        }

    def test_they_lie_on_the_grid(self) -> None:
        objections = judged(rule("grid", minutes=60), request=asked(start="21:00", end="23:00")).objections

        assert {way.wall for o in objections for way in o.alternatives} == {
            span(TUESDAY, "20:00", "22:00"),
            span(TUESDAY, "21:00", "22:00"),
        }

    def test_they_step_over_a_closure(self) -> None:
        facts = known(TUESDAY, closures=(Closure(hours(TUESDAY, "16:00", "18:45"), "Nytt gulv"),))

        ways = {way.change: way.wall for way in judged(facts=facts).objections[0].alternatives}

        assert ways == {Change.TIME: span(TUESDAY, "18:45", "20:15"), Change.LENGTH: span(TUESDAY, "18:45", "19:30")}

    def test_another_known_day_is_offered_when_this_one_has_none(self) -> None:
        facts = known(WEDNESDAY, days=(Day(TUESDAY), Day(WEDNESDAY)))

        ways = {way.change: way.wall for way in judged(facts=facts).objections[0].alternatives}

        assert ways[Change.TIME] == span(WEDNESDAY, "18:00", "19:30")

    def test_where_the_whole_can_be_had_later_no_other_length_is_offered_there(self) -> None:
        ways = judged(request=asked(start="08:00", end="10:00")).objections[0].alternatives

        assert [(way.change, way.wall) for way in ways] == [(Change.TIME, span(TUESDAY, "16:00", "18:00"))]

    def test_where_only_a_part_can_be_had_it_is_offered_wherever_it_is(self) -> None:
        objections = judged(rule("length", at_most=60), request=asked(start="08:00", end="10:00")).objections

        ways = {(way.change, way.wall) for one in objections for way in one.alternatives}
        assert ways == {(Change.LENGTH, span(TUESDAY, "16:00", "17:00"))}

    def test_what_no_time_can_mend_offers_none_and_does_not_hide_the_others(self) -> None:
        verdict = judged(rule("purpose", alcohol="refuse"), request=asked(start="21:00", end="23:00", alcohol=True))

        assert [(o.code, len(o.alternatives)) for o in verdict.objections] == [("alcohol", 0), ("after-closing", 2)]


def test_a_verdict_is_read_back_as_it_was_written() -> None:
    request, facts = asked(start="21:00", end="23:00", participants=(AgeBand(0, 12, 20),)), known(TUESDAY)
    verdict = judged(rule("price", tariffs=[{"version": "2025", "first": "2025-01-01", "rows": [{"price_class": "list", "ore": 60000}]}]))

    stored = json.loads(json.dumps([request.to_json(), facts.to_json(), verdict.to_json()]))

    assert (Request.from_json(stored[0]), Facts.from_json(stored[1]), Verdict.from_json(stored[2])) == (request, facts, verdict)


class TestWaivers:
    """An exception is from one rule: its id, kind and place, granted in a role that is high enough for it as it is now."""

    LENGTH = rule("length", at_most=60, waiver={"by": "officer"})
    GRANTED = Waiver("length", "length", "", "1", Role.OFFICER, datetime(2025, 10, 1, tzinfo=UTC), "Cup")

    @pytest.mark.parametrize(
        ("granted", "length", "outcome"),
        [
            ({}, {}, Outcome.ACCEPTED),
            ({"role": Role.ADMINISTRATOR}, {}, Outcome.ACCEPTED),
            ({}, {"waiver": {"by": "administrator"}}, Outcome.REFUSED),
            ({"place": "drammenshallen"}, {}, Outcome.REFUSED),
            ({"kind": "eligibility"}, {}, Outcome.REFUSED),
        ],
    )
    def test_it_lifts_no_other(self, granted: dict[str, Any], length: dict[str, Any], outcome: Outcome) -> None:
        facts = known(TUESDAY, waivers=(replace(self.GRANTED, **granted),))

        assert judged({**self.LENGTH, **length}, facts=facts).outcome is outcome


def test_hours_of_notice_are_those_that_pass_when_the_clock_changes() -> None:
    notice = rule("lead_time", notice={"amount": 24, "unit": "hours"})
    spring = date(2027, 3, 28)
    start = datetime(2027, 3, 28, 16, tzinfo=UTC)

    codes = [
        [
            one.code
            for one in judged(
                notice, request=asked(spring, "18:00", "19:00", submitted=start - timedelta(hours=hours)), facts=known(spring)
            ).objections
        ]
        for hours in (24, 23)
    ]

    assert codes == [[], ["too-short-notice"]]


def test_hours_that_the_clock_skips_are_no_opening_hours() -> None:
    opening = rule("opening", hours=[{"between": {"start": "02:00", "end": "03:00"}}, {"between": {"start": "16:00", "end": "22:00"}}])
    spring = date(2027, 3, 28)

    assert judged(opening, request=asked(spring), facts=known(spring)).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(("start", "end", "outcome"), [("15:00", "17:00", Outcome.ACCEPTED), ("17:00", "19:00", Outcome.REFUSED)])
def test_a_scope_that_leaves_out_time_is_about_what_is_left_of_its_own(start: str, end: str, outcome: Outcome) -> None:
    scope = {"between": {"start": "16:00", "end": "22:00"}, "outside": [{"between": {"start": "16:00", "end": "18:00"}}]}

    verdict = judged(rule("length", at_most=30, scope=scope), request=asked(start=start, end=end), facts=known(TUESDAY, opens="08:00"))

    assert verdict.outcome is outcome


@pytest.mark.parametrize(
    ("day", "code"), [("2025-12-28", "outside-season"), ("2025-12-29", None), ("2026-03-08", None), ("2026-03-09", "outside-season")]
)
def test_the_first_week_of_a_year_may_begin_in_the_year_before(day: str, code: str | None) -> None:
    season = rule("season", during=[{"first": "W1", "last": "W10"}])
    on = date.fromisoformat(day)

    found = [one.code for one in judged(season, request=asked(on), facts=known(on)).objections]

    assert found == ([code] if code else [])


def test_use_without_a_team_is_one_team_together() -> None:
    quota = rule("quota", per="team", period="week", minutes=60)

    assert [(placed.count.subject.value, placed.count.team) for placed in policy(quota).counts(asked())] == [("team", "")]
