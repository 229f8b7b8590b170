"""What happens to a survey: it is saved as far as it came, and finished, from when on the room's facts say what was measured."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from database.audit import Act, record
from kernel.errors import Fault, Invalid
from kernel.wallclock import to_wall
from venues.editing import note_measured
from venues.queries import room_at
from venues.statements import ACCESS
from venues.survey.models import Lack, Survey
from venues.survey.words import LACKS, MEASURED, WIDE_DOOR_CM, Aspect, Cost, For, Grade, Measure
from venues.vocabulary import Access, Answer
from web.fields import Day
from web.forms import Input

MOST_LACKS = 20
GREATEST = {Measure.REVERBERATION: 20.0, Measure.DOOR: 1000.0, Measure.LUX: 100_000.0}


def read_lack(word: str) -> str:
    if word not in LACKS:
        raise PydanticCustomError("not-a-choice", "not-a-choice", {"choices": sorted(LACKS)})
    return word


class LackInput(Input):
    """What is missing for whom; how grave and what it costs may come later."""

    what: Annotated[str, AfterValidator(read_lack)]
    whom: For = For.EVERYBODY
    gravity: Annotated[int, Field(ge=1, le=3)] | None = None
    cost: Cost | None = None
    note: Annotated[str, Field(max_length=300)] = ""


class SurveyInput(Input):
    """A survey as far as it came; ``finish`` says that it is done."""

    day: Day | None = None
    grades: dict[Aspect, Grade] = Field(default_factory=dict)
    measured: dict[Measure, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    lacks: Annotated[tuple[LackInput, ...], Field(max_length=MOST_LACKS)] = ()
    finish: bool = False

    @model_validator(mode="after")
    def _can_be_measured(self) -> "SurveyInput":
        for measure, value in self.measured.items():
            if value > GREATEST[measure]:
                raise PydanticCustomError("too-large", "too-large", {"most": GREATEST[measure]})
        return self


def save_survey(session: Session, path: str, given: SurveyInput, *, by: Actor, now: datetime) -> Survey:
    """Keep one's survey of a room as far as it came, or finish it; for officers and the venue's caretakers.

    Raises Missing, Forbidden, and Invalid, when it is finished: ``survey-empty``, ``not-in-the-past`` and ``gravity-missing`` for each
    lack without.
    """
    room = room_at(session, path)
    by.require(by.is_officer or by.is_caretaker_of(room.venue_id), "caretaker")
    today = to_wall(now, room.venue.zone).date()
    if given.finish and (faults := list(_faults(given))):
        raise Invalid(*faults)
    if given.day and given.day > today:
        raise Invalid(Fault("not-in-the-past", "day", given.day))
    mine = select(Survey).where(Survey.room_id == room.id, Survey.by_id == by.person_id, Survey.done_at.is_(None))
    survey = session.scalar(mine.with_for_update()) or Survey(room_id=room.id, by_id=by.person_id, begun_at=now)
    survey.surveyed_on = given.day or today
    survey.grades = {str(aspect): int(grade) for aspect, grade in given.grades.items()}
    survey.measured = {str(measure): value for measure, value in given.measured.items()}
    survey.lacks = [Lack(**one.model_dump()) for one in given.lacks]
    session.add(survey)
    session.flush()
    if given.finish:
        survey.done_at = now
        note_measured(session, room, facts_of(survey), source=f"Befaring {survey.surveyed_on:%d.%m.%Y}", by=by, now=now)
        record(session, Act("finish", "survey", survey.id, {"room": room.id, "lacks": len(survey.lacks)}), by=by, now=now)
    else:
        record(session, Act("save", "survey", survey.id, {"room": room.id}), by=by, now=now)
    session.flush()
    return survey


def facts_of(survey: Survey) -> Mapping[str, object]:
    """What a survey makes known of its room, by the keys of facts; a pair is an answer with its detail."""
    found: dict[str, object] = {f"{MEASURED}{name}": _number(value) for name, value in survey.measured.items()}
    if (width := survey.measured.get(Measure.DOOR)) is not None:
        answer = Answer.YES if width >= WIDE_DOOR_CM else Answer.NO
        found[f"{ACCESS}{Access.DOOR_WIDTH}"] = (answer.value, f"{_number(width)} cm")
    return found


def _faults(given: SurveyInput) -> Iterator[Fault]:
    if not (given.grades or given.measured or given.lacks):
        yield Fault("survey-empty", "grades")
    for at, lack in enumerate(given.lacks):
        if lack.gravity is None:
            yield Fault("gravity-missing", f"lacks[{at}].gravity")


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value
