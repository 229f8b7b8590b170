"""Why a room is taken, closed or free: the acts that led there, in words, for who may read them."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from accounts.identity import NOBODY, SERVICE, Actor
from booking.cases import booking_for
from booking.changing import Change, change
from booking.closures import close_rooms
from booking.displacing import sign_of
from booking.ending import cancel
from booking.furnishing import Losing, NewResource, add_resource, retire_resource
from booking.line import in_line, offer_vacancy, vacancies
from booking.models import Offer
from booking.offers import accept, expire, overdue
from booking.pages.happened import SAID, answers, told_chain, told_room
from booking.pages.week import Looking, week_of
from booking.releasing import Period, release
from booking.reservations import reserve
from booking.splitting import split
from booking.states import OfferState, UsageKind
from booking.undo import last_act, undo
from booking.why import Why, happened, why
from kernel.wallclock import to_utc
from policies.verdict import Task
from tests.booking.conftest import NOW, REASON, Hall, again, publish_with, wish
from tests.booking.test_displacing import SOON, displacing, seek
from venues.inputs import ClosureInput
from venues.queries import room_at
from web.weekgrid import SlotState

ROOT = Path(__file__).parents[2]
MINUTE = timedelta(minutes=1)
# 18:30 in the hall.
THEN = datetime(2026, 9, 15, 16, 30, tzinfo=UTC)
# What a condition asks to be done is the verb that meets it; what is said of a use is the verb too.
KINDS = {"str(condition.task)": Task, "str(given.kind)": UsageKind}
# What is recorded of these happens to no time of a room.
ELSEWHERE = {
    "incoming_source",
    "person",
    "agreement",
    "agreement_template",
    "grant",
    "scheme",
    "rate",
    "report",
    "hearing",
    "complaint",
    "what_if",
    "case",
    "organisation",
    "resource",
    "billing_dispute",
    "billing_period",
    "year_page",
    "payment",
}


@pytest.fixture
def hall(app: Flask, hall: Hall) -> Iterator[Hall]:
    """The hall, and the app's languages."""
    with app.test_request_context():
        yield hall


def asked(session: Session, by: Actor, room: str = "gymsal-1", moment: datetime = THEN, now: datetime = NOW) -> Why:
    again(session)
    return why(session, room_at(session, f"oren-flerbrukshall/{room}"), moment, by=by, now=now)


def said(found: Why) -> list[str]:
    return [f"{line.text} {line.whose}".rstrip() for line in told_room(found)]


def booked(session: Session, by: Actor, **changes: Any) -> int:
    again(session)
    return reserve(session, wish(**changes), by=by, now=NOW).id


def given_up(session: Session, hall: Hall) -> int:
    """Berit gives back an evening that Per waits for; it is offered to Per, who does not answer."""
    lost = booked(session, hall.berit)
    booked(session, hall.per, organisation=None, on_conflict="wait")
    again(session)
    cancel(session, lost, by=hall.berit, now=NOW)
    session.flush()
    soon = NOW + 3 * MINUTE
    for one in vacancies(session, soon):
        for waiting in in_line(session, one, now=soon):
            again(session)
            offer_vacancy(session, one, waiting, by=SERVICE, now=soon)
    later = NOW + timedelta(days=3)
    for late in overdue(session, later):
        again(session)
        expire(session, late, by=SERVICE, now=later)
    return lost


def test_a_booking_tells_that_dates_were_split_off_and_the_room_tells_it_of_no_other_date(session: Session, hall: Hall) -> None:
    kept = booked(session, hall.berit, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    again(session)
    made = split(session, kept, 2, by=hall.berit, now=NOW).id

    told = []
    for one in (kept, made):
        again(session)
        booking = booking_for(session, one)
        told.append([line.text for line in told_chain(happened(session, booking), booking, by=hall.berit)])

    assert told == [
        ["Berit Moe booket.", "Berit Moe skilte ut datoer som en egen booking."],
        ["Berit Moe skilte den ut fra en annen booking."],
    ]
    assert said(asked(session, hall.kari)) == ["Berit Moe booket. Skiold turn"]


def test_a_free_evening_tells_who_gave_it_up_and_who_did_not_want_it(session: Session, hall: Hall) -> None:
    given_up(session, hall)

    found = asked(session, hall.kari)

    kept = "Tiden ble nettopp ledig og holdes for dem som står i kø. Senest 1. september 2026 kl. 22:42 er de spurt."
    assert [answers(asked(session, hall.siri, now=NOW + MINUTE * after)) for after in (11, 12)] == [[kept], ["Ledig. Ingen har booket."]]
    place = "Gymsal 1, 15. september 2026 kl. 18:00"
    assert said(found) == [
        "Berit Moe booket. Skiold turn",
        "Per Solli stilte seg i kø. Per Solli",
        "Berit Moe avlyste. Skiold turn",
        f"Fikk tilbud om {place}. Per Solli",
        f"Ingen svarte i tide. Tilbudet om {place} gikk ut. Per Solli",
    ]
    assert said(asked(session, hall.per)) == [line for line in said(found) if line.endswith("Per Solli")]


def test_a_date_is_told_where_it_was_and_where_it_is_and_through_which_part(session: Session, hall: Hall) -> None:
    series = booked(session, hall.berit, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    booked(session, hall.berit, start="2026-09-16T18:00", end="2026-09-16T20:00")
    again(session)
    start = datetime(2026, 9, 17, 18)
    change(
        session,
        series,
        Change(number=1, start=start, end=start + timedelta(hours=2), room="oren-flerbrukshall/hel-hall"),
        by=hall.kari,
        now=NOW,
    )

    left, come = asked(session, hall.kari), asked(session, hall.kari, "gymsal-2", THEN + timedelta(days=2))

    moved = "Kari Nordby (saksbehandler) flyttet fra Gymsal 1, {} til Hel hall (håndballbane), {}. Skiold turn".format(
        "15. september 2026 kl. 18:00", "17. september 2026 kl. 18:00"
    )
    assert said(left) == said(come) == ["Berit Moe booket. Skiold turn", moved]
    assert answers(left) == ["Ledig. Ingen har booket."]
    assert answers(come) == ["Opptatt av Skiold turn: Trening. Det er booket gjennom Hel hall (håndballbane)."]
    assert answers(asked(session, hall.kari, "hel-hall", THEN + timedelta(days=1))) == [
        "Opptatt av Skiold turn: Trening. Det gjelder delen Gymsal 1."
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_date_that_ends_later_is_told_with_its_ends(session: Session, hall: Hall) -> None:
    booking = booked(session, hall.berit)
    again(session)
    change(session, booking, Change(number=1, end=datetime(2026, 9, 15, 21)), by=hall.berit, now=NOW)

    found = said(asked(session, hall.kari))

    ends = "15. september 2026 kl. 20:00", "15. september 2026 kl. 21:00"
    assert found[-1] == "Berit Moe endret slutten fra {} til {}. Skiold turn".format(*ends)


def test_a_closure_tells_who_gave_way_and_an_undo_what_was_undone(session: Session, hall: Hall) -> None:
    lost = booked(session, hall.berit)
    leak = ClosureInput(room="gymsal-1", start=datetime(2026, 9, 14), end=datetime(2026, 9, 24), reason="Vannlekkasje")
    again(session)
    closed = close_rooms(session, "oren-flerbrukshall", leak, confirmed=True, by=hall.olav, now=NOW)
    again(session)

    found = asked(session, hall.kari, "hel-hall")
    assert answers(found) == ["Stengt: Vannlekkasje. Det gjelder delen Gymsal 1."]
    displaced = "Olav Haugen (vaktmester) lot den vike for en stengning: Vannlekkasje. Skiold turn"
    closing = "Olav Haugen (vaktmester) stengte: Vannlekkasje. Datoer som måtte vike: 1."
    assert said(found) == ["Berit Moe booket. Skiold turn", displaced, closing]
    act = last_act(session, "closure", closed.id, by=hall.olav, now=NOW)
    assert act is not None
    undo(session, act.id, by=hall.olav, now=NOW)

    again(session)
    told = told_chain(happened(session, booking_for(session, lost)), booking_for(session, lost), by=hall.berit)
    assert [line.text for line in told] == [
        "Berit Moe booket.",
        "Kommunen lot den vike for en stengning: Vannlekkasje.",
        "Kommunen angret.",
    ]
    assert answers(asked(session, hall.berit)) == ["Opptatt av Skiold turn: Trening."]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_came_first_is_told_with_whom_it_displaced_and_why_though_they_found_something_else(session: Session, hall: Hall) -> None:
    lost = booked(session, hall.berit)
    match = displacing(
        session, hall.kari, "Valg", kind="municipal", organisation=None, purpose="Valg", start="2026-09-15T16:00", end="2026-09-15T21:00"
    )
    seek(session)
    offer = session.scalars(select(Offer).where(Offer.state == OfferState.OPEN)).one()
    accept(session, offer.id, by=hall.berit, now=SOON)
    loser, winner = (booking_for(session, number) for number in (lost, match.id))

    found = asked(session, hall.kari, moment=THEN - timedelta(hours=2, minutes=30))

    assert answers(found) == ["Opptatt av Kommunen: Valg."]
    gave_way = f"Kari Nordby (saksbehandler) lot den vike for Kommunen ({winner.reference}): Valg. Skiold turn"
    took = f"Kari Nordby booket. Måtte vike: Skiold turn ({loser.reference}). Kommunen"
    assert said(found)[:3] == ["Berit Moe booket. Skiold turn", gave_way, took]
    assert told_chain(happened(session, loser), loser, by=hall.berit)[1].text == "Kommunen lot den vike for Kommunen: Valg."


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_given_back_or_lost_for_lack_of_something_is_told_as_that(session: Session, hall: Hall) -> None:
    chairs = NewResource.model_validate({"name": "Stoler", "kind": "equipment", "quantity": 1})
    row = add_resource(session, "oren-flerbrukshall", chairs, by=hall.kari, now=NOW)
    short = booked(session, hall.berit, resources={row.slug: 1})
    back = booked(session, hall.berit, start="2026-09-16T18:00", end="2026-09-16T20:00")
    again(session)
    retire_resource(session, row.id, Losing(sign_of(booking_for(session, short).occurrences)), by=hall.olav, now=NOW)
    day = date(2026, 9, 16)
    again(session)
    release(session, hall.cast.skiold.id, Period(first=day, last=day), reason="Ferie", by=hall.berit, now=NOW)
    again(session)

    lines = [told_chain(happened(session, one), one, by=hall.kari)[1].text for one in (booking_for(session, n) for n in (short, back))]

    assert lines == ["Olav Haugen (vaktmester) lot den vike fordi det er for lite av Stoler.", "Berit Moe ga tiden tilbake: Ferie"]


def test_others_are_told_what_the_week_tells_everybody(session: Session, hall: Hall) -> None:
    booked(session, hall.berit)
    booked(session, hall.per, organisation=None, start="2026-09-16T18:00", end="2026-09-16T20:00")

    days = [asked(session, by, moment=THEN + timedelta(days=n)) for by in (NOBODY, hall.siri) for n in (0, 1)]

    assert [answers(found) for found in days] == [["Opptatt av Skiold turn."], ["Holdt av."]] * 2
    assert not any(told_room(found) for found in days)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_room_is_closed_exactly_where_its_week_says_so_and_by_what(session: Session, hall: Hall) -> None:
    notice = {"kind": "lead_time", "id": "notice", "notice": {"amount": 2, "unit": "days"}, "reason": REASON}
    far = {"kind": "horizon", "id": "far", "ahead": {"amount": 120, "unit": "days"}, "reason": REASON, "source": {"paragraph": "§ 3"}}
    publish_with(session, notice, far)
    leak = ClosureInput(room="gymsal-1", start=datetime(2026, 9, 14, 12), end=datetime(2026, 9, 15, 12), reason="Vannlekkasje")
    close_rooms(session, "oren-flerbrukshall", leak, confirmed=True, by=hall.olav, now=NOW)
    again(session)
    room = room_at(session, "oren-flerbrukshall/gymsal-1")
    told: dict[str, str] = {}
    for monday in (date(2026, 8, 31), date(2026, 9, 14), date(2026, 10, 5), date(2026, 12, 21), date(2026, 12, 28)):
        grid = week_of(session, room, monday, Looking(hall.kari, NOW, lambda *_: "", lambda _: ""))
        for row in grid.rows:
            for slot in (cell.slot for cell in row.cells if cell.slot.state is not SlotState.PAST):
                moment = to_utc(datetime.combine(row.day, time()) + slot.start, room.venue.zone) + MINUTE
                (answer,) = answers(why(session, room, moment, by=NOBODY, now=NOW))
                assert answer.startswith("Stengt") is (slot.state is SlotState.CLOSED), (row.day, slot, answer)
                told[slot.label.partition(":")[0]] = answer

    assert told == {
        "": "Ledig. Ingen har booket.",
        "For kort tid til": "Stengt: Det er for kort tid til. Book til 3. september 2026 kl. 00:00 eller senere. Fordi.",
        "Vannlekkasje": "Stengt: Vannlekkasje",
        "Skolen har fri": "Stengt: Skolen har fri 9. oktober 2026: Høstferie. Fordi.",
        "Helligdag": "Stengt: 1. januar 2027 er en helligdag: Første nyttårsdag. Fordi.",
        "For langt fram i tid": "Stengt: Det er for lenge til. Siste dag som kan bookes nå er 30. desember 2026. Fordi. "
        "(§ 3 i kommunens retningslinjer)",
    }
    early = datetime(2026, 12, 25, 3, tzinfo=UTC)
    assert answers(asked(session, NOBODY, moment=early)) == ["Stengt etter åpningstidene. Første juledag."]
    assert answers(why(session, room, datetime(2026, 8, 24, 16, tzinfo=UTC), by=NOBODY, now=NOW)) == ["Ledig. Ingen har booket."]
    room.retired_at = NOW
    assert answers(asked(session, NOBODY)) == ["Stengt: Rommet er tatt ut av bruk 1. september 2026 kl. 22:30."]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_free_room_says_what_is_not_to_be_had_in_it(session: Session, hall: Hall) -> None:
    guard = {"name": "Badevakt", "kind": "attendant", "quantity": 1, "required_for": ["sport.training"]}
    add_resource(session, "oren-flerbrukshall", NewResource.model_validate(guard), by=hall.kari, now=NOW)
    booked(session, hall.berit, room="oren-flerbrukshall/gymsal-2")
    lift = {"start": "2026-09-15T08:00", "end": "2026-09-16T08:00", "reason": "Motoren er brent.", "out_of_order": "lift"}
    again(session)
    close_rooms(session, "oren-flerbrukshall", ClosureInput.model_validate(lift), confirmed=True, chosen=(), by=hall.olav, now=NOW)

    assert answers(asked(session, NOBODY)) == [
        "Ledig. Ingen har booket.",
        "Badevakt er i bruk av andre, så rommet kan ikke bookes til trening.",
        "Ute av drift: heis. Motoren er brent.",
    ]


def test_the_number_of_statements_does_not_grow(session: Session, hall: Hall) -> None:
    counts = []
    for hour in (8, 10):
        for minute in (0, 30):
            booking = booked(
                session, hall.berit, start=f"2026-09-15T{hour + minute // 30:02}:00", end=f"2026-09-15T{hour + 1 + minute // 30:02}:00"
            )
            again(session)
            start = datetime(2026, 9, 15, 18)
            change(session, booking, Change(number=1, start=start, end=start + timedelta(hours=1)), by=hall.kari, now=NOW)
            again(session)
            cancel(session, booking, by=hall.kari, now=NOW)
        seen: list[str] = []
        again(session)
        listen = lambda *args, seen=seen: seen.append(args[2])  # noqa: E731
        event.listen(session.get_bind().engine, "before_cursor_execute", listen)
        told = said(asked(session, hall.kari))
        event.remove(session.get_bind().engine, "before_cursor_execute", listen)
        counts.append((len(told), len(seen)))

    assert [lines for lines, _ in counts] == [6, 12]
    assert counts[0][1] == counts[1][1]


def test_every_verb_of_the_log_has_a_sentence() -> None:
    files = (*ROOT.glob("booking/**/*.py"), *ROOT.glob("calendars/incoming/*.py"), ROOT / "venues/scheduling.py")
    recorded = {one for file in files for one in verbs_in(file)}

    assert {f"{subject}.{verb}" for subject, verb in recorded if subject not in ELSEWHERE} == {key for key in SAID if ":" not in key}


def verbs_in(file: Path) -> Iterator[tuple[str, str]]:
    """The subject and verb of each act that a module records; a verb that is handed down is looked for where it is said."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    if "from database.audit import" not in file.read_text(encoding="utf-8"):
        return
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    for function in functions:
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Act":
                for verb in values_of(call.args[0], function, functions):
                    yield from ((subject, verb) for subject in subjects_of(call.args[1]))


def values_of(verb: ast.expr, function: ast.FunctionDef, functions: list[ast.FunctionDef]) -> Iterator[str]:
    if isinstance(verb, ast.Constant):
        yield str(verb.value)
    elif isinstance(verb, ast.Name):
        names = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
        if verb.id not in names:
            yield from chosen(verb.id, function)
            return
        place = names.index(verb.id)
        for caller in functions:
            for call in ast.walk(caller):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") == function.name:
                    given = next((one.value for one in call.keywords if one.arg == verb.id), None) or call.args[place]
                    yield from values_of(given, caller, functions)
    else:
        yield from map(str, KINDS[ast.unparse(verb)])


def chosen(name: str, function: ast.FunctionDef) -> Iterator[str]:
    """What a name may be that a function gives one of several words."""
    given = [one.value for one in ast.walk(function) if isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "") == name]
    assert given, f"{function.name} records a verb that is not said there: {name}"
    for value in given:
        ways = [value]
        while ways:
            way = ways.pop()
            if isinstance(way, ast.IfExp):
                ways += [way.body, way.orelse]
            else:
                yield str(getattr(way, "value"))  # noqa: B009


def subjects_of(subject: ast.expr) -> tuple[str, ...]:
    return (str(subject.value),) if isinstance(subject, ast.Constant) else ("venue", "room")
