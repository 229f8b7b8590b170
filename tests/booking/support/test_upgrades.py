"""The list of what to upgrade, as worked by hand from surveys and from what was sought and refused."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy.orm import Session

from booking.decisions import decline
from booking.models import Sought
from booking.reservations import reserve
from booking.support.upgrades import is_asked_for, table, upgrades
from kernel.errors import Forbidden
from tests.booking.conftest import NOW, Hall, again, wish
from venues.models import District, Room, Space, Venue
from venues.survey.verbs import SurveyInput, save_survey
from web.writing import csv_of, xlsx_of

TODAY = NOW.date()
ROOM = "oren-flerbrukshall/gymsal-1"


@pytest.fixture
def districts(session: Session, hall: Hall) -> None:
    """Øren lies in one district with Brandengen; Fjell lies in another."""
    here, there = District(slug="stromso", name="Strømsø"), District(slug="fjell", name="Fjell")
    session.add_all([here, there])
    session.flush()
    hall.cast.oren.district_id = here.id
    for slug, district in (("brandengen", here), ("fjell-skole", there)):
        venue = Venue(slug=slug, name=slug.capitalize(), kind="school", zone="Europe/Oslo", changed_at=NOW, district_id=district.id)
        space = Space(venue=venue, slug="sal", name="Sal")
        session.add_all([venue, space, Room(venue=venue, slug="sal", name="Sal", kind="hall", changed_at=NOW, spaces=[space])])
    session.flush()


def surveyed(session: Session, hall: Hall, room: str, *lacks: tuple[str, int, str]) -> None:
    rows = [{"what": what, "gravity": gravity, "cost": cost} for what, gravity, cost in lacks]
    save_survey(session, room, SurveyInput.model_validate({"lacks": rows, "finish": True}), by=hall.kari, now=NOW)
    again(session)


def sought(session: Session, needs: list[str], *, room: str = "", district: str = "", times: int = 1, days_ago: int = 1) -> None:
    day = TODAY - timedelta(days=days_ago)
    session.add_all(Sought(on_day=day, room=room, district=district, needs=needs, reasons=["taken"]) for _ in range(times))


@pytest.mark.usefixtures("districts")
def test_the_list_is_as_worked_by_hand(session: Session, hall: Hall) -> None:
    surveyed(session, hall, ROOM, ("hearing-loop", 3, "small"), ("stage", 1, "large"), ("storage", 2, "medium"))
    surveyed(session, hall, "brandengen/sal", ("hearing-loop", 2, "medium"))
    surveyed(session, hall, "fjell-skole/sal", ("lift", 2, "large"))
    sought(session, ["access.hearing-loop"], room=ROOM, times=2)
    sought(session, ["access.hearing-loop", "stage"], district="stromso")
    sought(session, ["Teleslynge"], times=4)  # in words, anywhere
    sought(session, ["access.hearing-loop"], district="fjell")  # elsewhere
    sought(session, ["access.hearing-loop"], room=ROOM, days_ago=100)  # too long ago
    sought(session, ["projector"], room=ROOM)
    refused(session, hall)

    found = upgrades(session, since=TODAY - timedelta(days=90), by=hall.kari)

    rows = [(one.survey.room.whole_name, one.lack.what, one.at_venue, one.in_district, one.anywhere, one.score) for one in found]
    assert rows == [
        # Two searches at Øren and one request refused there, one in its district, four anywhere: 3 x (3x3 + 2x1 + 1x4) = 45.
        ("Gymsal 1, Øren flerbrukshall", "hearing-loop", 3, 1, 4, 45),
        # For Brandengen the three at Øren and the one without a room are of its district: 2 x (2x4 + 1x4) = 24.
        ("Sal, Brandengen", "hearing-loop", 0, 4, 4, 24),
        # 1 x (2x1) = 2.
        ("Gymsal 1, Øren flerbrukshall", "stage", 0, 1, 0, 2),
        # Nobody asked: the cheaper of two equally grave goes first.
        ("Gymsal 1, Øren flerbrukshall", "storage", 0, 0, 0, 0),
        ("Sal, Fjell-skole", "lift", 0, 0, 0, 0),
    ]


def refused(session: Session, hall: Hall) -> None:
    """A request of Per's, who needs a hearing loop, that an officer refused."""
    alone = {"organisation": None, "needs": ["access.hearing-loop"], "start": "2026-09-16T18:00", "end": "2026-09-16T20:00"}
    booking = reserve(session, wish(**alone), by=hall.per, now=NOW)
    again(session)
    decline(session, booking.id, reason="Har ikke teleslynge.", by=hall.kari, now=NOW)
    again(session)


@pytest.mark.usefixtures("districts")
def test_only_the_latest_survey_of_a_room_counts(session: Session, hall: Hall) -> None:
    surveyed(session, hall, ROOM, ("hearing-loop", 3, "small"))
    surveyed(session, hall, ROOM, ("stage", 1, "small"))

    assert [one.lack.what for one in upgrades(session, since=date(2026, 1, 1), by=hall.kari)] == ["stage"]


@pytest.mark.usefixtures("districts")
def test_the_files_tell_what_the_page_does(session: Session, hall: Hall) -> None:
    surveyed(session, hall, ROOM, ("hearing-loop", 3, "small"))
    sought(session, ["access.hearing-loop"], room=ROOM)

    rows = list(table(upgrades(session, since=date(2026, 1, 1), by=hall.kari)))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_of(rows)))).active

    told = [9, "Gymsal 1", "Øren flerbrukshall", "Teleslynge", "alle", 3, 1, 0, 0, "under 50 000 kr"]
    assert list(rows[1])[:10] == told
    assert [cell.value for cell in list(sheet.rows)[1]][:10] == told
    assert b"".join(csv_of(rows)).decode().splitlines()[1].startswith("9;Gymsal 1;")


def test_a_wish_names_what_is_missing_by_its_key_or_in_words() -> None:
    asked = [
        is_asked_for("sound-system", needs)
        for needs in (["sound-system"], ["sound system"], ["Et lydanlegg, takk"], ["access.lift"], ["lydanleggene"], [])
    ]

    assert asked == [True, True, True, False, False, False]


def test_only_officers_read_it(session: Session, hall: Hall) -> None:
    for hand in (hall.olav, hall.berit):
        with pytest.raises(Forbidden):
            upgrades(session, since=TODAY, by=hand)
