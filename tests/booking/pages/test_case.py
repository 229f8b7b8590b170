"""The page of a booking: what it tells to whom, and what can be done with it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from accounts.identity import Role
from accounts.models import RoleGrant
from booking.attending import attend
from booking.closures import close_rooms
from booking.models import Occurrence
from tests.accounts.conftest import Visitor
from tests.booking.conftest import REASON, Hall, publish_with
from tests.booking.pages.conftest import ASKED, ROOM, Hidden
from tests.clock import Clock
from tests.journeys.conftest import neighbour
from venues.inputs import ClosureInput

TWO = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=2"}}


def states(text: str) -> list[str]:
    """The states on the page in order: the booking's, then those of its dates."""
    words = ("Booket", "Venter på svar", "Venter på bekreftelse", "Avslått", "Avlyst", "Ikke med")
    tags = [part.split(">")[1].split("<")[0] for part in text.split('class="ds-tag"')[1:]]
    return [tag for tag in tags if tag in words]


def test_it_tells_who_what_when_and_how_one_gets_in(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference = booked(needs=["40 stoler"], contact="Nina Kontakt", contact_phone="41234567")

    page = visit("berit").get(f"/bookings/{reference.lower().replace('-', ' ')}").text

    for told in ("Tirsdag 15. september 2026", "18:00–20:00", "Skiold turn, Berit Moe", "40 stoler", "Nina Kontakt", "41 23 45 67"):
        assert told in page
    assert "Slik kommer dere inn" in page
    assert "Ingen er i huset da, så vidt vi vet" in page


@pytest.mark.parametrize(("paid", "is_told"), [(90000, False), (10000, True)])
def test_the_full_price_is_told_only_to_those_who_pay_less(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str], hall: Hall, paid: int, is_told: bool
) -> None:
    rows = [{"price_class": "club", "ore": paid}, {"price_class": "list", "ore": 40000}]
    price = {
        "kind": "price",
        "id": "own",
        "reason": REASON,
        "scope": {"applicants": ["organisation"]},
        "assignments": [{"price_class": "club"}],
    }
    price["tariffs"] = [{"version": "2026", "first": "2026-01-01", "rows": rows}]
    app.extensions["database"].transact(publish_with, price)
    berit = visit("berit")

    pages = [berit.get(f"{ROOM}/book/preview?{urlencode(ASKED)}").text, berit.get(f"/bookings/{booked()}").text]

    assert ["full pris" in page for page in pages] == [is_told, is_told]


def test_the_price_list_is_named_with_the_day_from_which_it_counts(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    page = visit("berit").get(f"/bookings/{booked()}").text

    assert '<span class="quiet">etter prisliste 2026, som gjelder fra 1. januar 2026</span>' in page
    assert "2026-01-01" not in page


def test_several_price_lists_are_told_line_by_line(app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference = booked(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"})

    def another(session: Session) -> None:
        session.info["locked"] = False
        session.execute(update(Occurrence).where(Occurrence.number == 2).values(tariff="2027 2027-01-01"))

    app.extensions["database"].transact(another)

    page = visit("berit").get(f"/bookings/{reference}").text

    lists = [f"<li>etter prisliste {year}, som gjelder fra 1. januar {year}</li>" for year in (2026, 2027)]
    assert [page.count(one) for one in lists] == [1, 1]


@pytest.mark.parametrize(("name", "status"), [("", 401), ("per", 404), ("siri", 404), ("nils", 200), ("olav", 200), ("kari", 200)])
def test_who_may_see_it(visit: Callable[..., Visitor], booked: Callable[..., str], name: str, status: int) -> None:
    assert visit(name).get(f"/bookings/{booked()}").status_code == status


def test_one_date_is_cancelled_and_the_other_stays(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked(**TWO), visit("berit")

    done = visitor.post(f"/bookings/{reference}/occurrences/1/cancellation", form_on=f"/bookings/{reference}")

    assert done.status_code == 303
    assert states(visitor.get(f"/bookings/{reference}").text) == ["Booket", "Avlyst", "Booket"]


def test_all_that_lies_ahead_is_cancelled(visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock) -> None:
    reference, visitor = booked(**TWO), visit("berit")
    clock.pass_by(timedelta(days=16))

    visitor.post(f"/bookings/{reference}/cancellation", form_on=f"/bookings/{reference}")

    page = visitor.get(f"/bookings/{reference}").text
    assert (states(page), "Tiden er deres" in page) == (["Avlyst", "Avlyst", "Booket"], False)


def test_a_date_is_moved(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked(), visit("berit")
    to = {"date": "2026-09-16", "from": "22:00", "to": "00:00", "room": "oren-flerbrukshall/gymsal-2"}

    visitor.post(f"/bookings/{reference}/occurrences/1/move", form_on=f"/bookings/{reference}", **to)

    page = visitor.get(f"/bookings/{reference}").text
    assert "Onsdag 16. september 2026" in page
    assert "22:00–24:00" in page
    assert "Gymsal 2" in page


def test_a_date_in_another_venue_is_told_with_it_and_stays_there_when_only_its_clock_changes(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    app.extensions["database"].transact(neighbour)
    reference, visitor = booked(**TWO), visit("berit")
    asked = {**ASKED, "repeat": "weekly", "times": "2", "choice.2026-09-22": "room:fjell-skole/gymsal"}
    preview = visitor.get(f"{ROOM}/book/preview?{urlencode(asked)}").text
    page, there = f"/bookings/{reference}", {"date": "2026-09-22", "room": "fjell-skole/gymsal"}
    visitor.post(f"{page}/occurrences/2/move", form_on=page, **there, **{"from": "18:00", "to": "20:00"})
    (rooms,) = re.findall(r'id="move-2-room" name="room">(.*?)</select>', visitor.get(page).text)
    (chosen,) = re.findall(r'value="([^"]+)" selected', rooms)
    visitor.post(f"{page}/occurrences/2/move", form_on=page, **{**there, "room": chosen, "from": "19:00", "to": "21:00"})
    both = visitor.get(page).text
    visitor.post(f"{page}/occurrences/1/cancellation", form_on=page)

    assert ("<span>Gymsal, Fjell skole</span>" in preview, chosen) == (True, "fjell-skole/gymsal")
    assert re.findall(r">([^<]+)</option>", rooms) == ["Gymsal 1", "Gymsal 2", "Hel hall (håndballbane)", "Gymsal, Fjell skole"]
    when = "22. september 2026 kl. 18:00"
    assert f"Berit Moe flyttet fra Gymsal 1, {when} til Gymsal, Fjell skole, {when} (tir. 22. sep.)." in both
    assert both.index("22. september 2026") < both.index("19:00–21:00") < both.index("<span>Gymsal, Fjell skole</span>")
    assert ">Gymsal, Fjell skole</h1>" in visitor.get(page).text
    assert ">Gymsal, Fjell skole</a>" in visitor.get("/bookings").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_series_tells_how_many_dates_it_has_and_what_becomes_of_the_others(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    booked()
    reference, visitor = booked("nils", recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"}, on_conflict="wait"), visit("nils")
    page, day = f"/bookings/{reference}", {"start": datetime(2026, 9, 29, 8), "end": datetime(2026, 9, 30, 8)}
    waits = visitor.get(page).text
    given = ClosureInput(**day, reason="Vannlekkasje")
    app.extensions["database"].transact(close_rooms, "oren-flerbrukshall", given, confirmed=True, by=hall.olav, now=clock())
    lost = visitor.get(page).text
    left = visitor.post(f"{page}/occurrences/1/cancellation", form_on=page)

    assert ["2 av 3 datoer er deres. Vis" in waits, "1 av 3 datoer er deres. Vis" in lost] == [True, True]
    assert "Vi leter etter noe annet til dere. Dere hører fra oss rett etter 1. september 2026 kl. 22:32." in lost
    assert waits.count("Ja, gå ut av køen") == 1
    assert "Dere står ikke i kø lenger." in visitor.get(left.location).text


def test_a_date_that_is_taken_meanwhile_leads_to_what_can_be_had_instead(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, berit = booked(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}), visit("berit")
    berit.post(f"/bookings/{reference}/occurrences/2/cancellation", form_on=f"/bookings/{reference}")
    booked("kari", organisation=None, kind="municipal", start="2026-09-22T18:00", end="2026-09-22T20:00")

    refused = berit.post(f"/bookings/{reference}/occurrences/2/return", form_on=f"/bookings/{reference}")
    looked = berit.get(Hidden(refused).links["Se hva som kan velges i stedet for denne datoen"])

    assert "Gymsal 1 er opptatt tirsdag 22. september 2026 kl. 18:00–20:00." in refused.text
    assert [part in looked.text for part in ("Tirsdag 22. september 2026", "Opptatt 18:00–20:00", "Gymsal 2", 'id="line"')] == [True] * 4


def test_a_move_tells_how_many_dates_it_moved(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, berit = booked(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}), visit("berit")
    there = {"date": "2026-09-16", "from": "19:00", "to": "21:00", "scope": "all"}

    berit.post(f"/bookings/{reference}/occurrences/1/move", form_on=f"/bookings/{reference}", **there)

    assert "2 datoer er flyttet." in berit.get(f"/bookings/{reference}").text


def test_a_date_that_cannot_be_moved_stays_and_the_page_says_why(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked(), visit("berit")
    booked(start="2026-09-16T18:00", end="2026-09-16T20:00")

    refused = visitor.post(
        f"/bookings/{reference}/occurrences/1/move",
        form_on=f"/bookings/{reference}",
        **{"date": "2026-09-16", "from": "19:00", "to": "21:00"},
    )

    assert refused.status_code == 409
    assert "Gymsal 1 er opptatt onsdag 16. september 2026 kl. 18:00" in refused.text
    assert 'value="19:00"' in refused.text
    assert "Tirsdag 15. september 2026" in visitor.get(f"/bookings/{reference}").text


def test_the_address_of_an_act_opened_anew_leads_to_the_nearest_page_above_it(client: FlaskClient) -> None:
    acts = ("/bookings/BAKOLI-274/occurrences/1/move", "/organisations/7/account/terms", "/sign-out")

    answers = [client.get(act) for act in acts]

    assert [(one.status_code, one.location) for one in answers] == [
        (303, "/bookings/BAKOLI-274"),
        (303, "/organisations/7/account"),
        (405, None),
    ]


def test_what_somebody_else_changed_meanwhile_is_not_overrun(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, berit, nils = booked(**TWO), visit("berit"), visit("nils")
    form = Hidden(berit.get(f"/bookings/{reference}"), f"/bookings/{reference}/cancellation").forms[0]
    nils.post(f"/bookings/{reference}/occurrences/1/cancellation", form_on=f"/bookings/{reference}")

    late = berit.client.post(f"/bookings/{reference}/cancellation", data=form)

    assert late.status_code == 409
    assert "Noen andre har endret dette" in late.text


def test_a_delegate_confirms_what_was_asked_in_the_organisations_name(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked("per"), visit("berit")

    assert "Venter på at du bekrefter" in visitor.get("/bookings").text
    visitor.post(f"/bookings/{reference}/confirmation", form_on=f"/bookings/{reference}")

    assert states(visitor.get(f"/bookings/{reference}").text) == ["Booket", "Booket"]


def test_blocked_time_is_moved_by_staff_only_also_where_whoever_blocked_it_is_none_any_more(
    app: Flask, visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    path = f"/bookings/{booked('kari', kind='block', organisation=None)}"
    move = f'action="{path}/occurrences/1/move"'
    shown = [move in visit(name).get(path).text for name in ("kari", "olav")]

    with Session(app.extensions["database"].engine) as session, session.begin():
        session.execute(delete(RoleGrant).where(RoleGrant.role == Role.OFFICER))

    assert ([*shown, move in visit("kari").get(path).text], visit("kari").get(path).status_code) == ([True, False, False], 200)


def test_whoever_asked_in_the_organisations_name_reads_whose_it_is_once_that_was_confirmed(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    path = f"/bookings/{booked('siri')}"
    before = visit("siri").get(path).text
    visit("berit").post(f"{path}/confirmation", form_on=path)

    siri = visit("siri")
    page = siri.get(path)
    refused = siri.post(f"{path}/cancellation", form_on="/profile")

    told = "Bookingen tilhører Skiold turn. Bare de som representerer Skiold turn, kan endre den, avlyse den og skrive om den."
    assert [told in text for text in (before, page.text)] == [False, True]
    assert [f'action="{path}/cancellation"' in text for text in (before, page.text)] == [True, False]
    assert (page.status_code, refused.status_code) == (200, 403)
    assert "Be en av dem om det, eller be om å få representere Skiold turn selv." in refused.text


def test_strangers_can_do_nothing(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked(), visit("per")

    acts = ("cancellation", "approval", "refusal", "confirmation", "occurrences/1/cancellation", "occurrences/1/move")
    answers = [visitor.post(f"/bookings/{reference}/{act}", form_on="/profile").status_code for act in acts]

    assert answers == [404] * 6


def test_same_as_last_time_fills_in_the_form(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked(**TWO), visit("berit")

    again = Hidden(visitor.get(f"/bookings/{reference}")).links["Samme som sist"]

    assert "date=2026-09-29" in again
    form = visitor.get(again).text
    assert [value in form for value in ('value="Trening"', 'value="18"', 'value="weekly" selected')] == [True, True, True]


def test_my_bookings_are_what_waits_what_comes_and_what_has_been(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    over = booked(start="2026-09-02T18:00", end="2026-09-02T20:00")
    waits = booked("berit", start="2026-09-16T18:00", end="2026-09-16T20:00", organisation=None)
    comes = booked(**TWO)
    clock.pass_by(timedelta(days=3))
    before = visit("berit").get("/bookings").text
    closed = ClosureInput(start=datetime(2026, 9, 15, 8, 0), end=datetime(2026, 9, 16, 8, 0), reason="Lekkasje")
    app.extensions["database"].transact(close_rooms, "oren-flerbrukshall", closed, confirmed=True, by=hall.kari, now=clock())

    page = visit("berit").get("/bookings").text

    order = [page.rindex(part) for part in ('id="waiting"', waits, 'id="coming"', comes, 'id="past"', over)]
    assert order == sorted(order)
    assert "og 1 dato til" in before
    assert ["mistet 1 dato" in one for one in (before, page)] == [False, True]


def test_a_series_that_lost_all_that_was_to_come_is_listed_as_that_and_not_as_over(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    reference = booked(start="2026-09-02T18:00", end="2026-09-02T20:00", recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    clock.pass_by(timedelta(days=3))
    closed = ClosureInput(start=datetime(2026, 9, 7, 8, 0), end=datetime(2026, 9, 30, 8, 0), reason="Lekkasje")
    app.extensions["database"].transact(close_rooms, "oren-flerbrukshall", closed, confirmed=True, by=hall.kari, now=clock())

    page, found = visit("berit").get("/bookings").text, visit("kari").get("/office/search?q=Skiold").text

    (line,) = page.partition('id="in-line"')[2].partition("</section>")[0].split('<li class="hit">')[1:]
    told = (
        reference,
        "Onsdag 9. september 2026",
        "og 1 dato til",
        "Datoene som gjenstår, mistet tiden.",
        "Måtte vike",
        "Booket",
        "mistet 2",
    )
    assert [part in line for part in told] == [True, True, True, True, True, False, False]
    assert 'id="past"' not in page
    assert line.partition("</div>")[0] in found


def test_what_is_split_off_tells_from_which_booking(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference = booked(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    berit, page = visit("berit"), f"/bookings/{reference}"

    done = berit.post(f"{page}/occurrences/2/split", form_on=page)
    made = berit.get(done.location).text

    assert f"Dette er nå en egen booking, skilt ut fra {reference}." in made
    assert made.count('data-kept="yes"') == 2
    assert (done.location == page, f'href="{page}"' in made) == (False, True)


def test_nobody_sees_others_bookings_among_their_own(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked()

    assert "Du har ingen bookinger ennå" in visit("per").get("/bookings").text


def test_the_statements_of_the_list_and_the_page_do_not_grow(
    visit: Callable[..., Visitor], booked: Callable[..., str], counted: Callable[[], Any]
) -> None:
    visitor, lists, pages = visit("berit"), [], []

    for number in (1, 20):
        reference = booked(
            start=f"2026-1{number % 3}-06T18:00",
            end=f"2026-1{number % 3}-06T20:00",
            recurrence={"rrule": f"FREQ=DAILY;COUNT={number}"},
            on_conflict="skip",
        )
        with counted() as statements:
            visitor.get("/bookings")
        lists.append(len(statements))
        with counted() as statements:
            visitor.get(f"/bookings/{reference}")
        pages.append(len(statements))

    assert (lists[0], pages[0]) == (lists[1], pages[1])


def test_a_move_that_ends_before_it_starts_is_refused_as_on_the_form(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked(), visit("berit")
    address = f"/bookings/{reference}"

    refused = visitor.post(f"{address}/occurrences/1/move", form_on=address, **{"date": "2026-09-16", "from": "19:00", "to": "18:00"})

    assert refused.status_code == 422
    assert "Slutten må være etter starten" in refused.text
    assert "Tirsdag 15. september 2026" in visitor.get(address).text


def test_a_night_that_is_moved_stays_a_night(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    night = {"kind": "block", "organisation": None, "start": "2026-09-15T22:00", "end": "2026-09-16T02:00"}
    address, visitor = f"/bookings/{booked('kari', **night)}", visit("kari")

    visitor.post(f"{address}/occurrences/1/move", form_on=address, **{"date": "2026-09-17", "from": "22:00", "to": "01:00"})

    page = visitor.get(address).text
    assert ("Torsdag 17. september 2026" in page, "22:00–01:00" in page) == (True, True)


def test_an_organisation_may_say_no_to_what_is_asked_in_its_name(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference = booked("per")
    visitor = visit("berit")

    page = visitor.get(f"/bookings/{reference}").text
    visitor.post(f"/bookings/{reference}/cancellation", form_on=f"/bookings/{reference}")

    assert "Nei, vi står ikke bak denne" in page
    assert "Avlys bookingen" not in page
    assert "Avlyst" in visit("per").get(f"/bookings/{reference}").text


def test_time_that_is_blocked_has_no_price_and_nobody_to_let_in(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    page = visit("olav").get(f"/bookings/{booked('olav', kind='block', organisation=None, purpose='Maling')}").text

    assert "Tiden er sperret." in page
    assert not any(words in page for words in ("Slik kommer dere inn", "pris ikke fastsatt", "Tiden er deres"))
    assert Hidden(visit("olav").get("/")).links["Vaktliste"] == "/caretaker"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_kept_for_one_is_answered_on_the_page(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    first = booked()
    waiting = booked("per", organisation=None, on_conflict="wait", book_when_free=False, accepts="any", needs=["heis"])
    per = visit("per")
    waits, listed = per.get(f"/bookings/{waiting}").text, per.get("/bookings").text
    visit("berit").post(f"/bookings/{first}/cancellation", form_on=f"/bookings/{first}")
    clock.pass_by(timedelta(minutes=3))
    attend(app.extensions["database"])

    page, kept = per.get(f"/bookings/{waiting}"), per.get("/bookings").text
    (yes,) = re.findall(r'action="(/bookings/[^"]+/acceptance)"', page.text)
    answered = per.post(yes, form_on=f"/bookings/{waiting}")

    assert "Dere er nummer 1 i køen nå. Pris: 800 kr." in " ".join(waits.replace("\N{NO-BREAK SPACE}", " ").split())
    assert ["også i et annet rom av samme slag" in one for one in (waits, listed)] == [True, True]
    assert (page.status_code, "Vi holder av" in page.text, answered.status_code) == (200, True, 303)
    assert ["<strong>Heis: ukjent.</strong>" in one for one in (page.text, kept)] == [True, True]
    assert per.get(f"/bookings/{waiting}").status_code == 200


def test_some_dates_go_to_another_team_as_a_booking_of_their_own(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    reference, visitor = booked(team="J12", **TWO), visit("berit")
    said = {"purpose": "Trening", "team": " G  13 ", "participants.6-12": "18", "contact": "Nina", "contact_phone": "41234567"}

    wrong = visitor.post(
        f"/bookings/{reference}/description", form_on=f"/bookings/{reference}", **{**said, "dates": "2", "participants.x": "1"}
    )
    done = visitor.post(f"/bookings/{reference}/description", form_on=f"/bookings/{reference}", **{**said, "dates": "2"})
    page = visitor.get(done.headers["Location"]).text

    assert (wrong.status_code, done.status_code) == (422, 303)
    assert reference not in done.headers["Location"]
    assert f'href="/bookings/{reference}">{reference}</a>' in page
    assert "Skiold turn, G 13, Berit Moe" in page
    assert states(page) == states(visitor.get(f"/bookings/{reference}").text) == ["Booket", "Booket"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_had_says_nothing_of_what_is_lost_ahead(
    app: Flask, hall: Hall, visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    reference = booked(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    clock.pass_by(days=15)
    given = ClosureInput(start=datetime(2026, 9, 20), end=datetime(2026, 10, 1), reason="Vannlekkasje")
    app.extensions["database"].transact(close_rooms, "oren-flerbrukshall", given, confirmed=True, by=hall.olav, now=clock())

    pages = [visit(name).get(f"/bookings/{reference}").text for name in ("olav", "berit")]

    heads = [page[page.index("<h1") : page.index('id="dates"')] for page in pages]
    assert [tags_of(page)[0] for page in pages] == ["Måtte vike"] * 2
    assert ["har mistet tidene under." in head for head in heads] == [True, True]
    assert not any("Tiden er" in head for head in heads)
    assert not any("Tiden blir ledig for andre." in page[page.index("Hva har skjedd") :] for page in pages)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_some_dates_wait_and_others_are_booked_both_pages_tell_which(
    visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock
) -> None:
    reference = booked("per", organisation=None, recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    page, per, kari = f"/bookings/{reference}", visit("per"), visit("kari")
    kari.post(f"{page}/approval", form_on=f"/office/requests/{reference}")
    clock.pass_by(days=15)
    added = {"date": "2026-10-01", "from": "18:00", "to": "20:00", "room": "oren-flerbrukshall/gymsal-1"}
    assert per.post(f"{page}/occurrences", form_on=page, **added).status_code == 303

    mine, desk = per.get(page).text, kari.get(f"/office/requests/{reference}").text

    assert "1 av 3 datoer venter på svar</h2>" in mine
    assert tags_of(mine) == ["Venter på svar", "Booket"]
    assert "Slik kommer dere inn" in mine
    assert tags_of(desk)[0] == "1 av 3 datoer venter på svar"
    (when,) = re.findall(r"<dt>Når</dt><dd>(.*?)</dd>", desk, re.DOTALL)
    assert re.findall(r"(\d+\. \w+) 2026.*?>([^<]+)</span>(?:<br>|$)", when) == [
        ("22. september", "Booket"),
        ("29. september", "Booket"),
        ("1. oktober", "Venter på svar"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_date_whose_time_is_taken_says_that_it_is_offered_once_it_is_free(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    booked(start="2026-09-22T18:00", end="2026-09-22T20:00")
    series = {"recurrence": {"rrule": "FREQ=WEEKLY;COUNT=5"}, "on_conflict": "skip"}
    page = f"/bookings/{booked('nils', **series)}"

    holder, staff = visit("nils").get(page).text, visit("kari").get(page).text
    visit("nils").post(f"{page}/cancellation", form_on=page)
    over = visit("nils").get(page).text

    assert "Tiden var opptatt. Blir den ledig, holder vi den av og spør dere.</p>" in holder
    assert "Tiden var opptatt. Blir den ledig, holdes den av, og søkeren blir spurt.</p>" in staff
    # In the school's break it is a rule that keeps the other date out: nobody is asked about that.
    assert (holder.count("Ikke med"), holder.count("Blir den ledig")) == (2, 1)
    assert ("Tiden var opptatt.</p>" in over, "Blir den ledig" in over) == (True, False)


def tags_of(page: str) -> list[str]:
    """The words beside the heading of a page."""
    return re.findall(r'class="ds-tag"[^>]*>([^<]+)<', page[page.index("<h1") :].split("</p>", maxsplit=1)[0])
