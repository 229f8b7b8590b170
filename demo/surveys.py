"""The demo's surveys of rooms, what was sought in vain near them, and who looked at whose telephone number; all of it is invented."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from accounts.identity import Actor
from accounts.personal.looks import note_looks
from booking.models import Sought
from venues.statements import Origin
from venues.survey.verbs import SurveyInput, save_survey

# Room, grades of acoustics, storage, access and lighting, and what is missing: for whom, how grave, what it costs.
SEEN = (
    ("fjell-aktivitetshus/bankettsal", (2, 1, 1, 0), (("acoustics", "music", 3, "medium"), ("hearing-loop", "hearing", 3, "small"))),
    ("oren-flerbrukshall/gymsal-1", (1, 3, 0, 1), (("storage", "sport", 2, "medium"), ("sound-system", "events", 1, "small"))),
    ("union-scene/klubbscene", (0, 1, 2, 0), (("wheelchair-toilet", "wheelchair", 3, "large"), ("hearing-loop", "hearing", 2, "small"))),
    ("knutepunkt-stromso/gymsal", (1, 1, 3, 2), (("lift", "wheelchair", 3, "large"), ("lighting", "sight", 2, "small"))),
)
# What was needed, in which room or district, how often.
SOUGHT = (
    (["access.hearing-loop"], "", "fjell-danvik", 4),
    (["access.hearing-loop"], "union-scene/klubbscene", "", 3),
    (["access.lift"], "", "stromso-tangen", 5),
    (["sound-system"], "", "bragernes-oren", 2),
    (["access.wheelchair-toilet"], "", "", 3),
    (["Lagerplass til turnutstyr"], "oren-flerbrukshall/gymsal-1", "", 2),
)


def survey(session: Session, *, by: Actor, now: datetime) -> None:
    """Survey some rooms, and remember what was looked for in vain in the weeks before."""
    for room, grades, lacks in SEEN:
        names = ("acoustics", "storage", "access", "lighting")
        rows = [{"what": what, "whom": whom, "gravity": gravity, "cost": cost} for what, whom, gravity, cost in lacks]
        given = SurveyInput.model_validate({"grades": dict(zip(names, grades, strict=True)), "lacks": rows, "finish": True})
        save_survey(session, room, given, by=by, now=now - timedelta(days=9)).origin = Origin.DEMO
    for needs, room, district, times in SOUGHT:
        for nth in range(times):
            day = now.date() - timedelta(days=4 * nth + 2)
            session.add(Sought(on_day=day, room=room, district=district, needs=needs, reasons=["none-found"]))
    session.flush()


def look(session: Session, people: list[int], *, by: Actor, now: datetime) -> None:
    """Somebody looked up how to reach people."""
    note_looks(session, by.require_known(), people, "accounts.people_page", day=now.date())
