"""Why a room is taken, closed or free: the acts that led there, in words, for who may read them."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from accounts.identity import NOBODY, SERVICE, Actor
from booking.cases import booking_for
from booking.changing import Change, change
from booking.closures import close_rooms
from booking.ending import cancel
from booking.line import in_line, offer_vacancy, vacancies
from booking.offers import expire, overdue
from booking.pages.happened import SAID, answers, told_chain, told_room
from booking.reservations import reserve
from booking.states import UsageKind
from booking.undo import last_act, undo
from booking.why import Why, happened, why
from policies.verdict import Task
from tests.booking.conftest import NOW, Hall, again, wish
from venues.inputs import ClosureInput
from venues.queries import room_at

ROOT = Path(__file__).parents[2]
MINUTE = timedelta(minutes=1)
# 18:30 in the hall.
THEN = datetime(2026, 9, 15, 16, 30, tzinfo=UTC)
# What a condition asks to be done is the verb that meets it; what is said of a use is the verb too.
KINDS = {"str(condition.task)": Task, "str(given.kind)": UsageKind}
# What is recorded of these happens to no time of a room.
ELSEWHERE = {"agreement", "grant", "what_if", "case", "organisation", "resource"}


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
        for date in in_line(session, one, now=soon):
            again(session)
            offer_vacancy(session, one, date, by=SERVICE, now=soon)
    later = NOW + timedelta(days=3)
    for late in overdue(session, later):
        again(session)
        expire(session, late, by=SERVICE, now=later)
    return lost


def test_a_free_evening_tells_who_gave_it_up_and_who_did_not_want_it(session: Session, hall: Hall) -> None:
    given_up(session, hall)

    found = asked(session, hall.kari)

    kept = "Tiden ble nettopp ledig og holdes for dem som står i kø. Senest 1. september 2026 kl. 22:42 er de spurt."
    assert [answers(asked(session, hall.siri, now=NOW + MINUTE * after)) for after in (11, 12)] == [[kept], ["Ledig. Ingen har booket."]]
    place = "Gymsal 1 15. september 2026 kl. 18:00"
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

    moved = "Kari Nordby (saksbehandler) flyttet fra Gymsal 1 {} til Hel hall (håndballbane) {}. Skiold turn".format(
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
    assert answers(found) == ["Stengt: Vannlekkasje"]
    displaced = "Olav Haugen (vaktmester) lot den vike for en stengning: Vannlekkasje. Skiold turn"
    closing = "Olav Haugen (vaktmester) stengte: Vannlekkasje. Datoer som måtte vike: 1."
    assert said(found) == ["Berit Moe booket. Skiold turn", displaced, closing]
    act = last_act(session, "closure", closed.id, by=hall.olav, now=NOW)
    assert act is not None
    undo(session, act.id, by=hall.olav, now=NOW)

    again(session)
    told = told_chain(happened(session, booking_for(session, lost)), booking_for(session, lost), by=hall.berit)
    assert [line.text for line in told] == ["Berit Moe booket.", "Kommunen lot den vike for en stengning.", "Kommunen angret."]
    assert answers(asked(session, hall.berit)) == ["Opptatt av Skiold turn: Trening."]


def test_others_are_told_what_the_week_tells_everybody(session: Session, hall: Hall) -> None:
    booked(session, hall.berit)
    booked(session, hall.per, organisation=None, start="2026-09-16T18:00", end="2026-09-16T20:00")

    days = [asked(session, by, moment=THEN + timedelta(days=n)) for by in (NOBODY, hall.siri) for n in (0, 1)]

    assert [answers(found) for found in days] == [["Opptatt av Skiold turn."], ["Holdt av."]] * 2
    assert not any(told_room(found) for found in days)


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
    recorded = {one for file in (*ROOT.glob("booking/**/*.py"), ROOT / "venues/scheduling.py") for one in verbs_in(file)}

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
