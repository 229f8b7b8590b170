"""How a date was used, on the booking's page, the caretaker's day and the office page; and the page that tells why."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from settings import Settings
from tests.accounts.conftest import Visitor
from tests.booking.pages.conftest import ROOM, Hidden
from tests.clock import Clock

DAMAGE = {"kind": "damage", "note": "Knust rute"}


@pytest.fixture
def used(booked: Callable[..., str], clock: Clock) -> str:
    """The reference of a training that was yesterday."""
    reference = booked()
    clock.pass_by(timedelta(days=14))
    return reference


def photo() -> bytes:
    """A picture that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "hemmelig sted"
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def say(visitor: Visitor, reference: str, **fields: Any) -> int:
    address = f"/bookings/{reference}/occurrences/1/usage"
    return visitor.post(address, form_on=f"/bookings/{reference}", **fields).status_code


def test_a_damage_goes_from_the_caretakers_phone_to_the_office_and_to_its_holder(
    visit: Callable[..., Visitor], used: str, settings: Settings
) -> None:
    caretaker, holder = visit("olav"), visit("berit")
    assert say(caretaker, used, **DAMAGE, day="2026-09-15", photo=(io.BytesIO(photo()), "rute.jpg")) == 303

    (kept,) = Path(settings.instance / "uploads").iterdir()
    assert b"hemmelig sted" not in kept.read_bytes()
    assert "Skade" in caretaker.get("/caretaker?day=2026-09-15").text
    page = holder.get(f"/bookings/{used}")
    assert ("Knust rute" in page.text, "Olav Haugen" in page.text) == (True, True)
    link = Hidden(page).links["Last ned bildet"]
    shown = [visit(name).get(link) for name in ("berit", "per")]
    assert [answer.status_code for answer in shown] == [200, 404]
    assert (shown[0].data == kept.read_bytes(), shown[0].headers["Content-Disposition"][:10]) == (True, "attachment")
    assert say(holder, used, kind="answer", note="Den var knust.") == 303
    desks = [visit(name).get("/office").text for name in ("kari", "olav")]
    assert ["2 meldinger om bruk" in desk and "Den var knust." in desk for desk in desks] == [True, True]


def test_only_who_may_say_it_is_asked_how_many_came(visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock) -> None:
    """Whoever asked in the club's name holds what the club has stood by since, and does not act on it."""
    page = f"/bookings/{booked('siri')}"
    visit("berit").post(f"{page}/confirmation", form_on=page)
    clock.pass_by(timedelta(days=14))

    asked = {name: f"{page}/occurrences/1/usage" in visit(name).get("/bookings").text for name in ("siri", "berit", "nils")}

    assert asked == {"siri": False, "berit": True, "nils": True}


def test_where_one_answers_stands_open_until_one_has(visit: Callable[..., Visitor], booked: Callable[..., str], clock: Clock) -> None:
    reference, caretaker, holder = booked(recurrence={"rrule": "FREQ=WEEKLY;COUNT=2"}), visit("olav"), visit("berit")
    clock.pass_by(timedelta(days=14))
    pages = [holder.get(f"/bookings/{reference}").text]
    say(caretaker, reference, **DAMAGE)
    pages += [visitor.get(f"/bookings/{reference}").text for visitor in (holder, caretaker)]
    say(holder, reference, kind="answer", note="Den var knust.")
    pages.append(holder.get(f"/bookings/{reference}").text)

    unfolded = [re.findall(r'<details class="ds-details" open>\s*<summary>([^<]+)', page) for page in pages]
    assert unfolded == [[], ["1 dato har vært", "Svar på det som er notert"], [], []]


def test_a_photo_that_is_none_is_refused_with_its_row_and_what_was_typed_stays(visit: Callable[..., Visitor], used: str) -> None:
    visitor = visit("olav")
    address = f"/bookings/{used}/occurrences/1/usage"

    pages = []
    for day in ({}, {"day": "2026-09-15"}):
        fields = {**DAMAGE, **day, "photo": (io.BytesIO(b"GIF89a"), "a.gif")}
        answer = visitor.post(address, form_on=f"/bookings/{used}", **fields)
        assert answer.status_code == 422
        pages.append(answer.text)

    assert ["Vaktliste</h1>" in re.sub(r": [^<]*(?=</h1>)", "", page) for page in pages] == [False, True]
    for page in pages:
        (typed,) = re.findall(r'<details class="ds-details" open>\s*<summary>Meld en skade.*?</details>', page, re.DOTALL)
        assert ">Knust rute</textarea>" in typed
        assert re.search(
            r'name="photo" aria-invalid="true" aria-describedby="[^"]* error-photo">.*Filen er ikke et bilde', typed, re.DOTALL
        )
        (field,) = re.findall(r'href="#(usage-[^"]+)">Bilde: Filen er ikke et bilde', page)
        assert f'id="{field}"' in typed
    assert "Knust rute" not in visitor.get(f"/bookings/{used}").text


def test_the_week_leads_staff_to_why_and_the_page_tells_others_only_what_the_week_does(
    visit: Callable[..., Visitor], booked: Callable[..., str]
) -> None:
    reference, address = booked(), f"{ROOM}/why?at=2026-09-15T18:00"
    weeks = [address in visit(name).get(f"{ROOM}?week=2026-09-14").text for name in ("olav", "kari", "berit", "")]
    pages = [visit(name).get(address).text for name in ("olav", "berit", "per", "")]

    whole = ROOM.replace("gymsal-1", "hel-hall")
    shared = visit("olav").get(f"{whole}?week=2026-09-14").text

    assert weeks == [True, True, False, False]
    assert "Opptatt, delt" in shared and f"{whole}/why?at=2026-09-15T18:00" in shared
    assert ["Opptatt av Skiold turn" in page for page in pages] == [True] * 4
    assert [(reference in page, "Berit Moe booket." in page) for page in pages] == [(True, True)] * 2 + [(False, False)] * 2
    assert "Berit Moe booket." in visit("berit").get(f"/bookings/{reference}").text
    assert visit().get(f"{ROOM}/why?at=i+dag").status_code == 422
