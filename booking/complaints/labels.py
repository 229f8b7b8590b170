"""Labels: decisions, steps and states of complaints in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from booking.complaints.contested import Decision
from booking.complaints.models import Complaint, ComplaintState, StepKind
from booking.subjects import subject_of
from kernel.texts import marked as _
from web.formats import kroner, long_date
from web.texts import gettext

DECISIONS: Mapping[str, str] = {
    "booking.reserve": _("Svar på forespørselen, etter reglene"),
    "booking.import": _("Tildeling i en sesongplan"),
    "booking.approve": _("Innvilget, med vilkår og pris"),
    "booking.refuse": _("Avslag"),
    "booking.displace": _("Måtte vike"),
    "booking.cancel": _("Avlyst, med gebyr om det koster noe"),
    "booking.note_absence": _("Notert at ingen kom"),
    "booking.price": _("Prisen rettet"),
    "billing_dispute.answer": _("Svar om prisen"),
    "grant.make": _("Tildeling av tilskudd"),
    "grant.end": _("Tilskuddet avsluttet"),
    "report.return": _("Rapporten sendt tilbake"),
    "hearing.decide": _("Vedtak etter varsel om tap av rett"),
    "standing.note_standing": _("Status eller tall notert"),
    "standing.end_standing": _("Status eller tall avsluttet"),
    "agreement.make": _("Avtalen inngått"),
    "agreement.end": _("Avtalen avsluttet"),
}
# What the page of a case tells of a row that was decided on, in this order.
MATTERS: Mapping[str, str] = {
    "name": _("Navn"),
    "title": _("Navn"),
    "purpose": _("Formål"),
    "rules": _("Regler"),
    "duties": _("Rapportering"),
    "first_day": _("Fra"),
    "last_day": _("Til"),
    "amount": _("Beløp"),
    "ceiling": _("Tak"),
    "own_share": _("Egenandel i prosent"),
    "value": _("Antall"),
    "conditions": _("Vilkår"),
    "decision": _("Vedtak"),
    "cause": _("Hva det gjelder"),
    "answer_by": _("Svarfrist"),
    "text": _("Tekst"),
    "answer": _("Svar"),
    "reason": _("Begrunnelse"),
    "source": _("Kilde"),
    "lost_until": _("Tapt til"),
}
MONEY = {"amount", "ceiling"}
DAYS = {"first_day", "last_day", "answer_by", "lost_until"}
STEPS: Mapping[StepKind, str] = {
    StepKind.RECEIVED: _("Klagen kom inn"),
    StepKind.ADMITTED: _("Kom etter fristen, men behandles"),
    StepKind.DISMISSED: _("Avvist: kom etter fristen"),
    StepKind.UPHELD: _("Kommunen står på vedtaket. Sendt til klageinstansen"),
    StepKind.CHANGED: _("Kommunen endret vedtaket"),
    StepKind.BOARD_UPHELD: _("Klageinstansen: vedtaket står"),
    StepKind.BOARD_CHANGED: _("Klageinstansen: vedtaket er endret"),
    StepKind.BOARD_RETURNED: _("Klageinstansen: opphevet, kommunen må avgjøre på nytt"),
    StepKind.CARRIED_OUT: _("Utfallet er gjennomført"),
    StepKind.WITHDRAWN: _("Klagen er trukket"),
    StepKind.WROTE: _("Melding"),
    StepKind.ASKED: _("Spørsmål som må besvares"),
    StepKind.NOTED: _("Internt notat"),
    StepKind.OVERDUE: _("Fristen gikk ut uten at neste steg kom"),
}
STATES: Mapping[ComplaintState, str] = {
    ComplaintState.RECEIVED: _("Kommunen ser på vedtaket på nytt"),
    ComplaintState.AT_BOARD: _("Hos klageinstansen"),
    ComplaintState.TO_CARRY_OUT: _("Skal gjennomføres"),
    ComplaintState.CLOSED: _("Avsluttet"),
}
TONES: Mapping[ComplaintState, str] = {ComplaintState.TO_CARRY_OUT: "success", ComplaintState.CLOSED: "neutral"}


def decision_label(decision: Decision) -> str:
    """What kind of decision it is."""
    return gettext(DECISIONS[f"{decision.act.subject}.{decision.act.verb}"])


def decision_about(decision: Decision) -> str:
    """What it is about: the booking with its room, the scheme, the agreement."""
    if decision.booking is not None:
        return f"{decision.booking.reference}, {decision.booking.room.whole_name}"
    row = decision.row
    match decision.act.subject:
        case "grant":
            return f"{row.scheme.name}, {long_date(row.first_day)}–{long_date(row.last_day)}"
        case "report":
            return str(row.grant.scheme.name)
        case "agreement":
            return str(row.title)
        case "standing":
            return str(row.name)
        case _:
            return gettext("Retten til nye tilskudd")


def decision_href(decision: Decision) -> str:
    """The page on which it is told."""
    if decision.booking is not None:
        return url_for("booking.case_page", reference=decision.booking.reference)
    match decision.act.subject:
        case "grant":
            return url_for("grants.grant_page", grant_id=decision.row.id)
        case "report":
            return url_for("grants.report_page", grant_id=decision.row.grant_id)
        case "hearing":
            return url_for("hearings.hearing_page", hearing_id=decision.row.id)
        case _:
            return url_for("support.organisation_page", organisation_id=decision.organisation.id if decision.organisation else 0)


def matter_rows(matter: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What is told of a row, label by label: money in kroner, days in words, the rest as it stands."""
    told = ((key, matter[key]) for key in MATTERS if matter.get(key) not in (None, ""))
    return [(gettext(MATTERS[key]), _value(key, value)) for key, value in told if not isinstance(value, dict | list)]


def _value(key: str, value: Any) -> Any:
    if key in MONEY:
        return kroner(value)
    return long_date(date.fromisoformat(value)) if key in DAYS else value


def notice_subject(case: Mapping[str, Any], kind: str) -> str:
    """What a notice of a case was called, in words that hold in a redacted case too."""
    booking, rooms = case.get("booking", {}), case.get("rooms", {})
    about = case if kind.startswith("complaint-") else booking
    return subject_of(kind, room=next(iter(rooms.values()), ""), reference=about.get("reference", ""))


def step_label(kind: str) -> str:
    return gettext(STEPS[StepKind(kind)])


def complaint_state(complaint: Complaint) -> str:
    if complaint.waits_for_admission:
        return gettext("Kom etter fristen")
    return gettext(STATES[complaint.state])


def complaint_tone(complaint: Complaint) -> str:
    return "warning" if complaint.waits_for_admission or complaint.raised_at else TONES.get(complaint.state, "info")


def next_step(complaint: Complaint) -> str:
    """What comes next and by when, for those who complain."""
    day = long_date(complaint.answer_by)
    if complaint.state is ComplaintState.CLOSED:
        outcome = step_label(complaint.outcome) if complaint.outcome else "–"
        return gettext("Klagesaken er avsluttet. %(outcome)s.", outcome=outcome)
    if complaint.paused_on is not None:
        return gettext("Kommunen har spurt om noe og venter på svar. Fristen står stille så lenge.")
    if complaint.waits_for_admission:
        return gettext("Klagen kom etter fristen. Kommunen avgjør innen %(day)s om den likevel behandles.", day=day)
    match complaint.state:
        case ComplaintState.RECEIVED:
            return gettext("Kommunen ser på vedtaket på nytt og svarer innen %(day)s. Blir det ikke endret, går klagen videre.", day=day)
        case ComplaintState.AT_BOARD:
            return gettext("Kommunen endret ikke vedtaket. Nå avgjør klageinstansen. Vi regner med svar innen %(day)s.", day=day)
        case _:
            return gettext("Vedtaket er endret. Kommunen gjennomfører endringen innen %(day)s.", day=day)
