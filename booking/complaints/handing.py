"""Pages of what is handed out: a case as a file for staff, and redacted for everybody, each of which the audit log keeps."""

from datetime import datetime
from typing import Annotated

from flask import Response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from accounts import edge
from accounts.identity import Actor
from booking.complaints.bundle import bundled
from booking.complaints.gathered import Gathered, gathered
from booking.complaints.pages import routes
from booking.complaints.redaction import redacted, texts_of
from database.audit import Act, record
from kernel.clock import now as clock_now
from web.forms import Input, parse

MOST_PASSED = 2000


class Handed(Input):
    """Whether the case is for everybody, and which free texts are let pass."""

    redacted: bool = False
    passed: Annotated[tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=MOST_PASSED)] = ()


@routes.get("/cases/<reference>")
def handing_page(reference: str) -> str:
    """What a case can be handed out as, with the free texts that somebody has to read first; officers only."""
    session, actor = edge.reading(), edge.actor()
    whole = gathered(session, reference, by=actor, now=clock_now())
    back = "complaints.complaint_page" if "complaint" in whole.case else "booking.case_page"
    reference = whole.case["reference"]
    return render_template(
        "complaints/handing.html", texts=texts_of(session, whole), reference=reference, back=url_for(back, reference=reference)
    )


@routes.post("/cases/<reference>/bundle")
def bundle_of_case(reference: str) -> ResponseReturnValue:
    """The case as one zip."""
    given = parse(Handed, request.form)
    whole = gathered(edge.reading(), reference, by=edge.actor(), now=clock_now())
    edge.transact(hand_out, whole, given)
    case = redacted(edge.reading(), whole, given.passed) if given.redacted else whole.case
    name = f"{case['reference']}{'-sladdet' if given.redacted else ''}.zip"
    answer: Response = send_file(bundled(case, whole), mimetype="application/zip", as_attachment=True, download_name=name)
    return answer


def hand_out(session: Session, whole: Gathered, given: Handed, *, by: Actor, now: datetime) -> None:
    """Keep who took a case out and what they let pass; officers only."""
    by.require(by.is_officer, "officer")
    facts = {"reference": whole.case["reference"], "redacted": given.redacted, "passed": sorted(given.passed) if given.redacted else []}
    if whole.complaint_id:
        record(session, Act("hand_out", "complaint", whole.complaint_id, facts), by=by, now=now)
    elif whole.booking:
        record(session, Act("hand_out", "case", whole.booking.id, facts, whole.booking.holder_id), by=by, now=now)
