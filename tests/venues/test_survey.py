"""A survey is kept as far as it came, and what it says counts from when it is finished."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Person
from database.audit import Audit
from kernel.errors import Forbidden, Invalid
from tests.accounts.conftest import Visitor
from tests.accounts.conftest import kept as kept
from tests.accounts.conftest import visitor as visitor
from tests.booking.conftest import NOW, Hall, again
from tests.booking.conftest import hall as hall
from venues.access import answers
from venues.queries import statements_about
from venues.statements import reading
from venues.survey.models import Survey
from venues.survey.queries import done_of, half_done
from venues.survey.verbs import SurveyInput, save_survey
from venues.vocabulary import Access, Answer

ROOM = "oren-flerbrukshall/gymsal-1"
SEEN: dict[str, Any] = {
    "grades": {"acoustics": 2, "access": 1},
    "measured": {"door_cm": 84, "lux": 180, "reverberation_s": 2.4},
    "lacks": [{"what": "hearing-loop", "whom": "hearing", "gravity": 3, "cost": "small"}],
}


def saved(session: Session, hall: Hall, **given: Any) -> Survey:
    survey = save_survey(session, ROOM, SurveyInput.model_validate(given), by=hall.olav, now=NOW)
    again(session)
    return survey


def test_what_is_half_done_is_kept_and_gone_on_with(session: Session, hall: Hall) -> None:
    first = saved(session, hall, grades={"acoustics": 2}, lacks=[{"what": "storage"}])
    second = saved(session, hall, **SEEN)
    room = first.room

    assert (first.id, first.done_at) == (second.id, None)
    assert (second.grades, [lack.what for lack in second.lacks]) == ({"acoustics": 2, "access": 1}, ["hearing-loop"])
    assert (half_done(session, room, by=hall.olav), half_done(session, room, by=hall.kari), done_of(session, room)) == (second, None, [])


def test_what_was_measured_becomes_a_fact_of_the_room_with_its_source(session: Session, hall: Hall) -> None:
    survey = saved(session, hall, **SEEN, finish=True)
    said = statements_about(session, [survey.room.venue_id])[survey.room.venue_id, survey.room_id]
    width = next(one for one in answers(said) if one.feature is Access.DOOR_WIDTH)

    assert [reading(said, f"measured.{name}").value for name in ("door_cm", "lux", "reverberation_s")] == [84, 180, 2.4]
    assert (width.answer, width.reading.detail, width.reading.sources) == (Answer.NO, "84 cm", ("Befaring 01.09.2026",))
    assert (half_done(session, survey.room, by=hall.olav), done_of(session, survey.room)) == (None, [survey])
    acts = session.execute(select(Audit.verb, Audit.subject).order_by(Audit.id.desc()).limit(2)).all()
    assert [tuple(act) for act in acts] == [("finish", "survey"), ("measure", "room")]


def test_a_finished_survey_is_never_changed_by_the_next(session: Session, hall: Hall) -> None:
    first = saved(session, hall, grades={"lighting": 3}, finish=True)
    second = saved(session, hall, grades={"lighting": 0}, measured={"door_cm": 90}, finish=True)

    assert (first.id != second.id, first.grades, second.grades) == (True, {"lighting": 3}, {"lighting": 0})


def test_all_that_is_missing_in_a_finished_survey_is_told_at_once(session: Session, hall: Hall) -> None:
    with pytest.raises(Invalid) as empty:
        saved(session, hall, finish=True)
    with pytest.raises(Invalid) as without:
        saved(session, hall, lacks=[{"what": "storage"}, {"what": "lift", "gravity": 1}, {"what": "stage"}], finish=True)

    assert [(fault.code, fault.field) for fault in empty.value.faults] == [("survey-empty", "grades")]
    assert [(fault.code, fault.field) for fault in without.value.faults] == [
        ("gravity-missing", "lacks[0].gravity"),
        ("gravity-missing", "lacks[2].gravity"),
    ]
    assert session.scalars(select(Survey)).all() == []


def test_only_those_who_look_after_the_house_survey_it(session: Session, hall: Hall) -> None:
    for hand in (hall.berit, hall.per):
        with pytest.raises(Forbidden):
            save_survey(session, ROOM, SurveyInput(), by=hand, now=NOW)


def test_a_caretaker_surveys_on_the_page_without_script(app: Flask, visitor: Visitor) -> None:
    page = f"/rooms/{ROOM}/survey"
    visitor.sign_in("olav")

    begun = visitor.post(page, **{"grades.acoustics": "2", "lacks[0].what": "storage", "lacks[0].whom": "sport"})
    wrong = visitor.post(page, **{"grades.acoustics": "2", "lacks[0].what": "storage", "measured.lux": "mye", "finish": "yes"})
    kept = visitor.get(page).text
    visitor.post(page, **{"grades.acoustics": "2", "lacks[0].what": "storage", "lacks[0].gravity": "2", "finish": "yes"})

    assert (begun.status_code, wrong.status_code) == (303, 422)
    assert ("Du har begynt på denne." in kept, 'value="storage" selected' in kept, 'value="sport" selected' in kept) == (True, True, True)
    with app.extensions["database"].reading() as session:
        survey = session.scalars(select(Survey)).one()
        assert (survey.done_at is None, [lack.gravity for lack in survey.lacks]) == (False, [2])
        assert survey.by_id == session.scalars(select(Person.id).where(Person.email == "olav@example.org")).one()
