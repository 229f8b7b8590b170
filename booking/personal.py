"""Personal: what bookings, cases and bills hold of people, as data of the register."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from accounts.personal.held import NOW, Basis, Held, Period, Reader, Way
from booking.billing.models import Dispute, Line, Payment, Terms
from booking.billing.models import Period as BillingPeriod
from booking.casework.models import Message
from booking.complaints.models import Complaint, ComplaintStep, StepKind
from booking.conditions.models import Met
from booking.conditions.upkeep import USES
from booking.models import Booking, Judgement, Occurrence, Offer, Task, Undo, Usage, WhatIf
from booking.rounds.models import RoundSetting
from booking.states import BookingKind, OccurrenceState, Visibility
from booking.statistics.models import YearPage
from booking.support.grants.models import Hearing, Part, Report
from booking.support.models import Agreement, Duty, Grant
from kernel.texts import marked as _
from policies.models import PolicyDraft, PolicyVersion

BOOKINGS = Period("bookings", 1095, _("etter bookingens siste dato"))
OF_CASE = (Reader.SELF, Reader.ORGANISATION, Reader.CARETAKER, Reader.OFFICER, Reader.ADMINISTRATOR)
OF_OFFICE = (Reader.SELF, Reader.OFFICER, Reader.ADMINISTRATOR)
AS_BOOKED = _("For å svare på ønsket, gjennomføre bookingen og nå den som har rommet.")
IN_THE_BOOKS = _("5 år etter regnskapsårets slutt (bokføringsloven § 13).")
OF_ORGANISATION = _("Teksten er organisasjonens og følger saken.")
WITHIN_A_DAY = _("Et døgn etter at det ikke kan angres lenger.")


def _over(before: datetime) -> ColumnElement[bool]:
    """Bookings whose last date has been that long ago."""
    goes_on = exists().where(Occurrence.booking_id == Booking.id, Occurrence.ends_at >= before)
    return and_(Booking.created_at < before, ~goes_on)


def _of_past(column: ColumnElement[int], before: datetime) -> ColumnElement[bool]:
    return exists().where(Booking.id == column, _over(before))


def _private(person_id: int, column: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a row is about a booking that the person has for himself or herself."""
    return exists().where(Booking.id == column, Booking.holder_id == person_id, Booking.organisation_id.is_(None))


OF_DATE = select(Occurrence.booking_id).where(Occurrence.id == Usage.occurrence_id).scalar_subquery()
OF_OFFER = select(Occurrence.booking_id).where(Occurrence.id == Offer.occurrence_id).scalar_subquery()
OF_PRICE = select(Occurrence.booking_id).where(Occurrence.id == Dispute.occurrence_id).scalar_subquery()

HELD = (
    Held(
        table=Booking,
        columns=("contact_name", "contact_phone", "message", "needs", "reference", "created_at"),
        plain=("applicant_class", "activity", "participants", "resources", "public", "recurrence", "decider", "team"),
        what=_("Kontaktperson og telefon på bookingen, meldingen til kommunen, og hva som må virke eller gjøres klart"),
        why=AS_BOOKED,
        basis=Basis.AGREEMENT,
        readers=OF_CASE,
        period=BOOKINGS,
        of=lambda whose: and_(Booking.holder_id == whose.id, Booking.kind != BookingKind.INCOMING),
        over=lambda before: and_(Booking.kind != BookingKind.INCOMING, _over(before)),
        booking=Booking.id,  # type: ignore[arg-type]
        way=Way.EMPTIED,
        emptied={"contact_name": "", "contact_phone": "", "message": "", "needs": []},
    ),
    Held(
        table=Booking,
        columns=("purpose", "decision_reason", "exceptions", "reference"),
        what=_("Hva en privatperson skal bruke rommet til, og grunnen til svaret"),
        why=AS_BOOKED,
        basis=Basis.AGREEMENT,
        readers=(Reader.SELF, Reader.CARETAKER, Reader.OFFICER, Reader.ADMINISTRATOR),
        period=BOOKINGS,
        of=lambda whose: and_(Booking.holder_id == whose.id, Booking.organisation_id.is_(None), Booking.kind == BookingKind.ORDINARY),
        over=lambda before: and_(Booking.organisation_id.is_(None), Booking.kind == BookingKind.ORDINARY, _over(before)),
        booking=Booking.id,  # type: ignore[arg-type]
        way=Way.EMPTIED,
        emptied={"purpose": "", "decision_reason": "", "exceptions": None},
    ),
    Held(
        table=Occurrence,
        columns=("reason",),
        plain=("first_reference", "lost_to", "had", "zone", "tariff", "conditions"),
        what=_("Hvorfor en privatpersons dato ble avlyst"),
        why=_("For å kunne svare for hva som skjedde."),
        basis=Basis.AGREEMENT,
        readers=(Reader.SELF, Reader.CARETAKER, Reader.OFFICER, Reader.ADMINISTRATOR),
        period=BOOKINGS,
        of=lambda whose: and_(Occurrence.state == OccurrenceState.CANCELLED, _private(whose.id, Occurrence.booking_id)),  # type: ignore[arg-type]
        over=lambda before: and_(
            Occurrence.state == OccurrenceState.CANCELLED,
            Occurrence.ends_at < before,
            exists().where(Booking.id == Occurrence.booking_id, Booking.organisation_id.is_(None), _over(before)),
        ),
        booking=Occurrence.booking_id,  # type: ignore[arg-type]
        way=Way.EMPTIED,
        emptied={"reason": ""},
    ),
    Held(
        table=Offer,
        columns=("reason",),
        plain=("zone",),
        what=_("Hvorfor en privatpersons dato måtte vike"),
        why=_("For å kunne svare for hva som skjedde."),
        basis=Basis.TASK,
        readers=(Reader.SELF, Reader.CARETAKER, Reader.OFFICER, Reader.ADMINISTRATOR),
        period=BOOKINGS,
        of=lambda whose: _private(whose.id, OF_OFFER),
        over=lambda before: _of_past(OF_OFFER, before),
        booking=OF_OFFER,
        way=Way.EMPTIED,
        emptied={"reason": ""},
    ),
    Held(
        table=Message,
        columns=("text", "at", "visibility"),
        what=_("Meldinger om en booking, og notater inne på kontoret"),
        why=_("For å avgjøre saken og kunne vise hva som ble sagt."),
        basis=Basis.TASK,
        readers=OF_CASE,
        period=BOOKINGS,
        of=lambda whose: or_(Message.by_id == whose.id, _private(whose.id, Message.booking_id)),  # type: ignore[arg-type]
        handed=lambda whose: or_(Message.by_id == whose.id, Message.visibility == Visibility.SHARED),
        over=lambda before: _of_past(Message.booking_id, before),  # type: ignore[arg-type]
        booking=Message.booking_id,  # type: ignore[arg-type]
        way=Way.EMPTIED,
        emptied={"text": ""},
    ),
    Held(
        table=Met,
        columns=("signed_as", "note", "people", "file", "withdrawn_why", "met_at"),
        plain=("condition_digest", "what", "text_version"),
        what=_("Underskrift, dokumenter og navn på dem som er til stede, der et vilkår ber om det"),
        why=_("For å slippe inn dem som skal, og vite hvem som svarer på stedet."),
        basis=Basis.AGREEMENT,
        readers=OF_CASE,
        period=USES,
        of=lambda whose: Met.person_id == whose.id,
        booking=Met.booking_id,  # type: ignore[arg-type]
        way=Way.EMPTIED,
        emptied={"signed_as": "", "note": "", "people": [], "file": "", "withdrawn_why": "", "forgotten_at": NOW},
        file="file",
    ),
    Held(
        table=Usage,
        columns=("kind", "heads", "note", "file", "at"),
        plain=("participants",),
        what=_("Hva noen sa om bruken av rommet, og bilder av skade"),
        why=_("For å rette det som er ødelagt, og avgjøre hvem som svarer for det."),
        basis=Basis.TASK,
        readers=OF_CASE,
        period=USES,
        of=lambda whose: Usage.by_id == whose.id,
        booking=OF_DATE,
        way=Way.EMPTIED,
        emptied={"note": "", "file": "", "forgotten_at": NOW},
        file="file",
    ),
    Held(
        table=Judgement,
        columns=("at", "act"),
        plain=("policy_versions", "judged"),
        what=_("Hva reglene sa om bookingen, og opplysningene de ble prøvd på, uten navn"),
        why=_("For at svaret skal kunne prøves på nytt ved klage."),
        basis=Basis.TASK,
        readers=OF_OFFICE,
        kept=_("Blir stående uten navn, slik databasen krever av vurderinger."),
        of=lambda whose: exists().where(Booking.id == Judgement.booking_id, Booking.holder_id == whose.id),
    ),
    Held(
        table=Dispute,
        columns=("reason", "answer", "raised_at"),
        what=_("Hvorfor noen ikke er enig i en pris, og svaret"),
        why=_("For å avgjøre hva som skal betales."),
        basis=Basis.TASK,
        readers=OF_OFFICE,
        period=BOOKINGS,
        of=lambda whose: Dispute.raised_by == whose.id,
        over=lambda before: and_(Dispute.answered_at.is_not(None), _of_past(OF_PRICE, before)),
        booking=OF_PRICE,
        way=Way.EMPTIED,
        emptied={"reason": "", "answer": ""},
    ),
    Held(
        table=Line,
        columns=("booking", "room", "local_start", "amount"),
        plain=("reference", "team", "tariff"),
        what=_("Hva en privatperson er fakturert, dato for dato"),
        why=_("For regnskapet."),
        basis=Basis.LAW,
        readers=OF_OFFICE,
        kept=IN_THE_BOOKS,
        of=lambda whose: Line.person_id == whose.id,
    ),
    Held(
        table=Payment,
        columns=("amount", "state", "begun_at", "reference"),
        plain=("address",),
        what=_("Betalinger på nett: beløp og referanse, aldri kortnummer"),
        why=_("For regnskapet."),
        basis=Basis.LAW,
        readers=OF_OFFICE,
        kept=IN_THE_BOOKS,
        of=lambda whose: Payment.person_id == whose.id,
    ),
    Held(
        table=Report,
        columns=("text", "sent_at"),
        plain=("figures", "measured", "reason"),
        what=_("Rapporter om tilskudd, og hvem som sendte dem"),
        why=_("For å se hva støtten ble brukt til."),
        basis=Basis.TASK,
        readers=(Reader.ORGANISATION, Reader.OFFICER, Reader.ADMINISTRATOR),
        kept=OF_ORGANISATION,
        of=lambda whose: Report.sent_by == whose.id,
    ),
    Held(
        table=Hearing,
        columns=("answer", "answered_at"),
        plain=("cause", "reason"),
        what=_("Svar på varsel om at støtte kan falle bort"),
        why=_("For at den det gjelder skal bli hørt."),
        basis=Basis.TASK,
        readers=(Reader.ORGANISATION, Reader.OFFICER, Reader.ADMINISTRATOR),
        kept=OF_ORGANISATION,
        of=lambda whose: Hearing.answered_by == whose.id,
    ),
    Held(
        table=ComplaintStep,
        columns=("text", "kind", "at"),
        what=_("Klager på vedtak, og hva som ble sagt og avgjort om dem"),
        why=_("For å avgjøre klagen og kunne vise hvordan det ble gjort."),
        basis=Basis.TASK,
        readers=(Reader.SELF, Reader.ORGANISATION, Reader.OFFICER, Reader.ADMINISTRATOR),
        kept=_("Klagesaker skal arkiveres (arkivlova)."),
        of=lambda whose: or_(
            ComplaintStep.by_id == whose.id,
            exists().where(Complaint.id == ComplaintStep.complaint_id, Complaint.person_id == whose.id),
        ),
        handed=lambda whose: or_(ComplaintStep.by_id == whose.id, ComplaintStep.kind != StepKind.NOTED),
    ),
    Held(
        table=Agreement,
        columns=("contact",),
        plain=("title", "price_class", "duties", "parties", "documents", "times", "remind_days"),
        what=_("Hvem i kommunen man spør om en avtale"),
        why=_("For at partene skal nå hverandre."),
        basis=Basis.TASK,
        readers=(Reader.ORGANISATION, Reader.OFFICER, Reader.ADMINISTRATOR),
        kept=OF_ORGANISATION,
    ),
    Held(
        table=RoundSetting,
        columns=("sheet", "at_minute", "changes"),
        plain=("told",),
        what=_("Hva en vaktmester vil ha på e-post"),
        why=_("For å sende det."),
        basis=Basis.AGREEMENT,
        readers=(Reader.SELF,),
        kept=_("Så lenge kontoen finnes."),
        of=lambda whose: RoundSetting.person_id == whose.id,
        way=Way.DELETED,
    ),
    Held(
        table=Undo,
        columns=("verb", "at"),
        plain=("subject", "before"),
        what=_("Hvordan noe var før det ble endret, så det kan angres"),
        why=_("For å kunne angre."),
        basis=Basis.AGREEMENT,
        readers=(Reader.NOBODY,),
        kept=WITHIN_A_DAY,
        of=lambda whose: Undo.hand_id == whose.id,
        way=Way.DELETED,
    ),
)
# Texts of tables that lead to people and say nothing of them.
PLAIN = {
    Complaint: ("reference",),
    Duty: ("text",),
    Grant: ("conditions", "decision"),
    Part: ("reason",),
    Terms: ("reference",),
    BillingPeriod: ("payers",),
    Task: ("kind",),
    PolicyVersion: ("document",),
    PolicyDraft: ("scope", "document"),
    WhatIf: ("scope", "document", "result", "fault"),
    YearPage: ("content",),
}
