"""Policies, requests and facts as hypothesis makes them, around one week in November and the night of a clock change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from accounts.identity import ApplicantClass
from kernel.errors import Invalid
from kernel.interval import Interval
from kernel.wallclock import WallSpan
from policies.occasion import clock
from policies.request import AgeBand, ApplicantFacts, Closure, Day, Entitlement, Facts, Figure, FixedTime, Request, RoomFacts, Usage, Window
from policies.taxonomy import Activity
from tests.policies.examples import REASON, ZONE
from venues.opening import Openness

MONDAY = date(2026, 10, 19)
DAYS = [MONDAY + timedelta(days=n) for n in range(9)]
EFFECTS = st.sampled_from(["refuse", "review", "warn"])
CONSEQUENCES = st.sampled_from(["allow", "warn", "review", "refuse"])
QUARTERS = st.integers(0, 96).map(lambda quarter: quarter * 15)


@st.composite
def bands(draw: st.DrawFn) -> dict[str, str]:
    start, end = sorted(draw(st.tuples(QUARTERS, QUARTERS).filter(lambda pair: pair[0] != pair[1])))
    return {"start": clock(start), "end": clock(end)}


def optional(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(st.just({}), values.map(lambda value: {name: value}))


@st.composite
def scopes(draw: st.DrawFn) -> dict[str, Any]:
    parts = [
        optional("applicants", st.lists(st.sampled_from([kind.value for kind in ApplicantClass]), max_size=2, unique=True)),
        optional("activities", st.lists(st.sampled_from(["sport", "culture.music", "celebration"]), max_size=2, unique=True)),
        optional("weekdays", st.lists(st.integers(1, 7), max_size=4, unique=True)),
        optional("between", bands()),
        optional("day_classes", st.just(["school-break"])),
        optional("room_kinds", st.just(["gym"])),
        optional("alcohol", st.booleans()),
        optional("registered", st.booleans()),
        optional("figures", st.just([{"figure": "active-members", "comparator": "over", "value": 100}])),
        optional("heads", st.just({"first": 10, "last": 30})),
        optional("ages", st.just({"first": 0, "last": 12, "percent": 50})),
        optional("outside", bands().map(lambda band: [{"weekdays": [1, 2, 3], "between": band}])),
    ]
    chosen = draw(st.lists(st.sampled_from(parts), max_size=2))
    return {name: value for part in chosen for name, value in draw(part).items()}


@st.composite
def rules(draw: st.DrawFn, number: int = 0) -> dict[str, Any]:
    kind, fields = draw(st.sampled_from(sorted(FIELDS.items())))
    return {"kind": kind, "id": f"{kind.replace('_', '-')}-{number}", "reason": REASON, "scope": draw(scopes()), **draw(fields)}


def rows(price_class: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    row = st.fixed_dictionaries(
        {"price_class": st.just(price_class), "ore": st.integers(0, 200_000)},
        optional={"between": bands(), "unit": st.sampled_from(["hour", "day", "occasion"]), "weekdays": st.just([6, 7])},
    )
    return st.lists(row, min_size=1, max_size=3)


PRICES = st.tuples(rows("list"), rows("club")).map(
    lambda pair: {
        "assignments": [{"applicants": ["organisation"], "price_class": "club"}, {"price_class": "list"}],
        "tariffs": [{"version": "2026", "first": "2026-01-01", "rows": pair[0] + pair[1]}],
    }
)
HOURS = st.fixed_dictionaries(
    {"between": bands(), "state": st.sampled_from(["open", "by-agreement"])}, optional={"weekdays": st.just([1, 2, 3])}
)
AGES = st.sampled_from([{"first": 0, "last": 12}, {"first": 20}, {"first": 13, "last": 19}])
SEASONS = st.sampled_from(
    [{"first": "11-01", "last": "04-30"}, {"first": "autumn-break", "last": "W22"}, {"first": "W30", "last": "autumn-break+2"}]
)
FIELDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "eligibility": st.fixed_dictionaries(
        {"allowed": st.just(["organisation", "person"]), "registered": st.sampled_from([None, True]), "effect": EFFECTS}
    ),
    "purpose": st.fixed_dictionaries(
        {"forbidden": st.just(["celebration"]), "alcohol": CONSEQUENCES, "effect": EFFECTS}, optional={"any_tag": st.just(["stage"])}
    ),
    "opening": st.fixed_dictionaries(
        {"outside": CONSEQUENCES, "school_break": CONSEQUENCES},
        optional={"only_between": bands(), "hours": st.lists(HOURS, min_size=1, max_size=3)},
    ),
    "lead_time": st.fixed_dictionaries(
        {"notice": st.fixed_dictionaries({"amount": st.integers(0, 9), "unit": st.sampled_from(["hours", "days", "working-days"])})}
    ),
    "horizon": st.fixed_dictionaries(
        {"ahead": st.fixed_dictionaries({"amount": st.integers(1, 20), "unit": st.sampled_from(["days", "weeks"])})}
    ),
    "length": st.fixed_dictionaries(
        {"effect": EFFECTS}, optional={"at_least": st.sampled_from([30, 60]), "at_most": st.sampled_from([90, 180])}
    ),
    "grid": st.fixed_dictionaries({"minutes": st.sampled_from([15, 30, 60])}),
    "capacity": st.fixed_dictionaries({"over": st.sampled_from(["warn", "review", "refuse"])}, optional={"at_most": st.integers(5, 40)}),
    "quota": st.fixed_dictionaries({"period": st.just("week"), "minutes": st.integers(0, 600)}),
    "entitlement": st.fixed_dictionaries({"over": CONSEQUENCES}),
    "decision_route": st.fixed_dictionaries(
        {"route": st.sampled_from(["at-once", "by-role"]), "late": CONSEQUENCES},
        optional={"promise": st.just({"amount": 2, "unit": "working-days"})},
    ),
    "buffers": st.fixed_dictionaries({"before": st.sampled_from([0, 15]), "after": st.sampled_from([0, 30])}),
    "price": PRICES,
    "age_mix": st.fixed_dictionaries(
        {"ages": AGES, "otherwise": CONSEQUENCES, "unknown": CONSEQUENCES},
        optional={
            "at_least": st.integers(0, 20),
            "others_percent": st.just(50),
            "at_least_percent": st.integers(0, 100),
            "at_most": st.integers(0, 20),
        },
    ),
    "prime_time": st.fixed_dictionaries(
        {
            "hours": st.lists(st.fixed_dictionaries({"ages": AGES, "between": bands()}), min_size=1, max_size=2),
            "others": CONSEQUENCES,
            "elsewhere": CONSEQUENCES,
        }
    ),
    "season": st.fixed_dictionaries({"during": st.lists(SEASONS, min_size=1, max_size=2), "effect": EFFECTS}),
    "application_window": st.fixed_dictionaries(
        {"season": SEASONS, "opens": st.just("W30"), "closes": st.sampled_from(["10-01", "W41", "autumn-break-7"]), "inside": CONSEQUENCES}
    ),
    "drop_in": st.fixed_dictionaries({"released": st.fixed_dictionaries({"amount": st.integers(1, 12), "unit": st.just("days")})}),
    "concurrency": st.fixed_dictionaries(
        {"at_most": st.integers(1, 3), "measure": st.sampled_from(["at-once", "ahead"]), "effect": EFFECTS}
    ),
    "bad_hours": st.fixed_dictionaries(
        {
            "over": st.integers(0, 600),
            "percent": st.integers(0, 100),
            "hours": st.lists(st.fixed_dictionaries({"between": bands()}), min_size=1),
        }
    ),
    "no_show": st.fixed_dictionaries({"times": st.integers(1, 3), "effect": EFFECTS}),
    "formula": st.fixed_dictionaries({"units": st.just([{"figure": "active-members", "weight": 500}]), "unknown": CONSEQUENCES}),
    "attendant": st.fixed_dictionaries({"until_found": CONSEQUENCES}),
    "priority": st.just({"order": [{"applicants": ["municipality"]}, {"activities": ["sport"]}]}),
    "displacement": st.fixed_dictionaries({"strength": st.integers(0, 9)}),
    "condition": st.just({"what": "fire-instruction", "task": "sign", "title": REASON, "due": "autumn-break"}),
    "surcharge": st.one_of(
        st.just({"title": REASON, "operation": "percent", "percent": 50}),
        st.just({"title": REASON, "operation": "amount", "ore": -5000}),
        st.just({"title": REASON, "operation": "least-minutes", "minutes": 120}),
    ),
    "cancellation": st.just({"steps": [{"days": 15, "percent": 50}, {"days": 8, "percent": 100}]}),
    "preference": st.fixed_dictionaries({"preferred": st.just(["sport", "culture.music"]), "points": st.integers(-5, 5)}),
    "responsible": st.fixed_dictionaries({"number": st.integers(1, 3)}, optional={"per_heads": st.integers(1, 20)}),
    "distribution": st.fixed_dictionaries({"joint": st.booleans(), "due": st.just("autumn-break-1")}),
    "access": st.fixed_dictionaries({"means": st.just("key"), "before": st.integers(0, 60), "deposit": st.just(50000)}),
    "complaint": st.just({"days": 21}),
    "publicity": st.fixed_dictionaries({"shown": st.booleans()}),
}
EVENTS = {"autumn-break": ["2025-09-29", "2026-10-19"]}


def documents(layer: str = "municipality", place: str = "", most: int = 8) -> st.SearchStrategy[dict[str, Any]]:
    kinds = st.integers(0, most).flatmap(lambda count: st.tuples(*(rules(number) for number in range(count))))
    return kinds.map(lambda found: {"title": REASON, "layer": layer, "place": place, "events": EVENTS, "rules": list(found)})


@st.composite
def walls(draw: st.DrawFn) -> WallSpan:
    """Any start in the week on five minutes, for up to twelve hours."""
    start = datetime.combine(draw(st.sampled_from(DAYS[1:8])), datetime.min.time()) + timedelta(minutes=5 * draw(st.integers(0, 287)))
    return WallSpan(start, start + timedelta(minutes=5 * draw(st.integers(1, 144))), ZONE)


PARTICIPANTS = st.one_of(
    st.just(()),
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20)).map(
        lambda heads: (AgeBand(0, 12, heads[0]), AgeBand(13, 19, heads[1]), AgeBand(20, None, heads[2]))
    ),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    wall = draw(walls())
    return Request(
        room="oren-flerbrukshall/gymsal-1",
        wall=wall,
        interval=wall.interval(),
        submitted=datetime(2026, 10, 1, 8, tzinfo=UTC) + timedelta(hours=draw(st.integers(0, 24 * 25))),
        applicant=draw(st.sampled_from(ApplicantClass)),
        activity=draw(st.sampled_from(Activity)),
        heads=draw(st.one_of(st.none(), st.integers(0, 60))),
        participants=draw(PARTICIPANTS),
        organisation=draw(st.sampled_from([None, "1"])),
        person="7",
        age=draw(st.sampled_from([None, 15, 40])),
        alcohol=draw(st.booleans()),
        agreement=draw(st.sampled_from([None, "3"])),
    )


@st.composite
def windows(draw: st.DrawFn) -> Window:
    day, band = draw(st.sampled_from(DAYS)), draw(bands())
    return Window(_interval(day, band), draw(st.sampled_from(Openness)))


def _interval(day: date, band: dict[str, str]) -> Interval:
    """The band on the day; on the night of the clock change a skipped start moves on an hour."""
    start, end = (timedelta(hours=int(band[name][:2]), minutes=int(band[name][3:])) for name in ("start", "end"))
    midnight = datetime.combine(day, datetime.min.time())
    try:
        return WallSpan(midnight + start, midnight + end, ZONE).interval()
    except Invalid:
        return WallSpan(midnight, midnight + timedelta(days=1), ZONE).interval()


@st.composite
def agreements(draw: st.DrawFn) -> Entitlement:
    """One that a request may draw on by rule: at any time, or on Tuesday evenings."""
    times = draw(st.sampled_from([(), (FixedTime(2, 16 * 60, 21 * 60),)]))
    used, number = draw(st.integers(0, 400)), draw(st.sampled_from(["4", "5"]))
    return Entitlement(number, "Avtale", "club", 360, used, date(2026, 1, 1), date(2026, 12, 31), times=times)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    breaks = draw(st.sampled_from([None, "Høstferie"]))
    open_days = [Window(_interval(day, {"start": "08:00", "end": "22:00"}), Openness.OPEN) for day in DAYS]
    used = Usage("quota-0", MONDAY, MONDAY + timedelta(days=6), draw(st.integers(0, 600)))
    return Facts(
        room=RoomFacts(draw(st.sampled_from([None, 20])), draw(st.sampled_from(["gym", "classroom"]))),
        windows=(*open_days, *draw(st.lists(windows(), max_size=3))),
        hours_known=draw(st.sampled_from([True, True, True, False])),
        closures=tuple(Closure(window.interval, "Gulv") for window in draw(st.lists(windows(), max_size=2))),
        days=tuple(Day(day, None, breaks if day < DAYS[3] else None) for day in DAYS),
        applicant=ApplicantFacts(
            draw(st.sampled_from([None, True, False])),
            draw(st.sampled_from([None, True])),
            figures=draw(st.sampled_from([(), (Figure("active-members", 100),), (Figure("active-members", 120),)])),
        ),
        usage=(used,),
        entitlement=Entitlement("3", "Avtale", "club", 360, draw(st.integers(0, 400)), date(2026, 1, 1), date(2026, 12, 31)),
        agreements=tuple(draw(st.lists(agreements(), max_size=2, unique_by=lambda held: held.id))),
        office_holidays=(),
        by_staff=draw(st.booleans()),
    )


def five_minutes_of(wall: WallSpan) -> list[datetime]:
    """Every five minutes of the day on which the span starts."""
    midnight = datetime.combine(wall.start.date(), datetime.min.time())
    return [midnight + timedelta(minutes=5 * n) for n in range(288)]


def sound(request: Request, wall: WallSpan) -> Request | None:
    """The request at another time, None where the clock skips it or a day is not known."""
    last = wall.end - timedelta(microseconds=1)
    if wall.start.date() not in DAYS or last.date() not in DAYS:
        return None
    try:
        return request.moved(wall)
    except Invalid:
        return None
