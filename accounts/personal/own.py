"""Own: what the tables of accounts hold of people, and of those below them, as data of the register."""

from datetime import datetime

from sqlalchemy import ColumnElement, Integer, and_, column, exists, false, func, or_, table

from accounts.models import ApiToken, Delegation, Invitation, Organisation, Person, ProofLink, RoleGrant, Standing, Team
from accounts.personal.held import Basis, Held, Period, Reader, Way
from accounts.personal.models import ContactLook
from accounts.register.models import Review, RoleHolder
from database.audit import Audit
from database.base import Instant
from database.idempotency import IdempotentAnswer
from database.outbox import Notice
from kernel.texts import marked as _

# What stands as the name of who was erased, as the rows keep it.
ERASED = "Slettet person"
ACCOUNT = Period("account", 1095, _("etter at kontoen sist ble brukt"))
CALLER = Period("caller", 730, _("etter siste dato for den som er registrert uten konto"))
LOOKS = Period("looks", 365, _("etter at opplysningene ble sett"))
ANSWERS = Period("answers", 30, _("etter at svaret ble gitt"))
NOTICES = Period("notices", 1095, _("etter at varselet ble laget"))
INVITATIONS = Period("invitations", 90, _("etter at invitasjonen gikk ut"))
WHILE_ACCOUNT = _("Så lenge kontoen finnes.")
# Dates that were asked for lie above this package.
BOOKING = table("booking", column("id", Integer), column("holder_id", Integer), column("created_at", Instant))
OCCURRENCE = table("occurrence", column("booking_id", Integer), column("ends_at", Instant))


def unused(before: datetime) -> ColumnElement[bool]:
    """Whether a person has not signed in, booked or had a date since then, and holds no role."""
    dated = exists().where(OCCURRENCE.c.booking_id == BOOKING.c.id, OCCURRENCE.c.ends_at >= before)
    booked = exists().where(BOOKING.c.holder_id == Person.id, or_(BOOKING.c.created_at >= before, dated))
    has_role = exists().where(RoleGrant.person_id == Person.id)
    answers = exists().where(Organisation.responsible_id == Person.id)
    seen = func.coalesce(Person.seen_at, Person.proved_at, Person.created_at)
    return and_(seen < before, Person.name != ERASED, ~booked, ~has_role, ~answers)


HELD = (
    Held(
        table=Person,
        columns=("name", "email", "phone", "born", "password_hash", "proved_at"),
        plain=("language",),
        what=_("Navn, e-postadresse, telefon, eventuell fødselsdato og et kryptert passord"),
        why=_("For å vite hvem som booker, svare dem og nå dem når noe skjer. Fødselsdato bare der en regel spør om alder."),
        basis=Basis.AGREEMENT,
        readers=(Reader.SELF, Reader.ORGANISATION, Reader.CARETAKER, Reader.OFFICER, Reader.ADMINISTRATOR),
        period=ACCOUNT,
        of=lambda whose: Person.id == whose.id,
        way=Way.EMPTIED,
        emptied={"name": ERASED, "email": None, "phone": "", "born": None, "password_hash": None, "proved_at": None},
    ),
    Held(
        table=Person,
        columns=("name", "email", "phone"),
        what=_("Det samme om den som ringer og blir registrert av en saksbehandler, uten konto"),
        why=_("For å booke for den som ringer, og ringe tilbake."),
        basis=Basis.AGREEMENT,
        readers=(Reader.CARETAKER, Reader.OFFICER, Reader.ADMINISTRATOR),
        period=CALLER,
        way=Way.EMPTIED,
        emptied={"name": ERASED, "email": None, "phone": ""},
    ),
    Held(
        table=ApiToken,
        columns=("name",),
        plain=("token_hash",),
        what=_("Navn på tokener for programmer, og når de sist ble brukt"),
        why=_("For at programmer skal kunne handle for den som laget dem."),
        basis=Basis.AGREEMENT,
        readers=(Reader.SELF,),
        kept=WHILE_ACCOUNT,
        of=lambda whose: ApiToken.person_id == whose.id,
        way=Way.EMPTIED,
        emptied={"name": ""},
    ),
    Held(
        table=Delegation,
        columns=("person_id", "organisation_id", "state", "is_leader", "created_at", "kept_at"),
        plain=("role_code",),
        what=_("Hvilke organisasjoner noen handler for"),
        why=_("For å vite hvem som kan booke i organisasjonens navn, og hvem som kunne det da."),
        basis=Basis.TASK,
        readers=(Reader.SELF, Reader.ORGANISATION, Reader.OFFICER, Reader.ADMINISTRATOR),
        kept=_("Raden blir stående uten navn: den sier hvem som kunne handle da noe ble gjort."),
        of=lambda whose: Delegation.person_id == whose.id,
    ),
    Held(
        table=RoleGrant,
        columns=("role", "venue_id", "granted_at", "starts_at", "ends_at"),
        what=_("Hvilken rolle en ansatt har"),
        why=_("For at bare de som skal, kan se og avgjøre saker."),
        basis=Basis.TASK,
        readers=(Reader.SELF, Reader.OFFICER, Reader.ADMINISTRATOR),
        kept=_("Til rollen blir trukket tilbake."),
        of=lambda whose: RoleGrant.person_id == whose.id,
    ),
    Held(
        table=Invitation,
        columns=("email",),
        what=_("E-postadressen en invitasjon ble sendt til"),
        why=_("For å kunne sende invitasjonen og se at den ble brukt av den rette."),
        basis=Basis.TASK,
        readers=(Reader.ORGANISATION, Reader.ADMINISTRATOR),
        period=INVITATIONS,
        of=lambda whose: Invitation.email == whose.email if whose.email else false(),
        over=lambda before: Invitation.expires_at < before,
        way=Way.EMPTIED,
        emptied={"email": ""},
    ),
    Held(
        table=ProofLink,
        columns=("email",),
        plain=("language", "next_page"),
        what=_("E-postadressen en lenke ble sendt til"),
        why=_("For å vise at adressen tilhører den som åpner kontoen eller bytter adresse."),
        basis=Basis.AGREEMENT,
        readers=(Reader.NOBODY,),
        kept=_("7 dager etter at lenken gikk ut."),
        of=lambda whose: (
            or_(ProofLink.person_id == whose.id, ProofLink.email == whose.email) if whose.email else ProofLink.person_id == whose.id
        ),
        way=Way.DELETED,
    ),
    Held(
        table=ContactLook,
        columns=("viewer_id", "on_day", "place"),
        what=_("Hvem som har sett telefonnummer eller e-postadresse, og hvilken dag"),
        why=_("For at den det gjelder og kommunen skal kunne se hvem som har slått opp."),
        basis=Basis.LAW,
        readers=(Reader.SELF, Reader.ADMINISTRATOR),
        period=LOOKS,
        of=lambda whose: ContactLook.person_id == whose.id,
        over=lambda before: ContactLook.on_day < before.date(),
        way=Way.DELETED,
    ),
    Held(
        table=IdempotentAnswer,
        columns=("answer",),
        plain=("key", "body_hash"),
        what=_("Svaret et program fikk sist det sendte det samme"),
        why=_("For at det samme sendt to ganger ikke skal bli to bookinger."),
        basis=Basis.AGREEMENT,
        readers=(Reader.SELF,),
        period=ANSWERS,
        of=lambda whose: IdempotentAnswer.person_id == whose.id,
        over=lambda before: IdempotentAnswer.created_at < before,
        way=Way.DELETED,
    ),
    Held(
        table=Notice,
        columns=("kind", "created_at", "sent_at", "state", "acknowledged_at"),
        plain=("facts",),
        what=_("Hvilke varsler som ble sendt til hvem, og når. Teksten blir ikke lagret her."),
        why=_("For å kunne vise at noen fikk beskjed."),
        basis=Basis.TASK,
        readers=(Reader.OFFICER, Reader.ADMINISTRATOR),
        period=NOTICES,
        of=lambda whose: Notice.person_id == whose.id,
        over=lambda before: Notice.created_at < before,
        booking=Notice.booking_id,  # type: ignore[arg-type]
        way=Way.DELETED,
    ),
    Held(
        table=Audit,
        columns=("at", "verb", "subject", "subject_id", "via"),
        plain=("facts",),
        what=_("Hva som er gjort, når og av hvem, med nøkler og uten navn"),
        why=_("For å kunne svare for avgjørelser siden."),
        basis=Basis.TASK,
        readers=(Reader.OFFICER, Reader.ADMINISTRATOR),
        kept=_("Blir stående. Når en person er slettet, er nøkkelen alt som er igjen."),
        of=lambda whose: or_(Audit.hand_id == whose.id, Audit.holder_id == whose.id),
    ),
    Held(
        table=Organisation,
        columns=("contact_email",),
        plain=("number", "name", "public_contact"),
        what=_("Organisasjonens e-postadresse. Opplysninger om organisasjoner er offentlige."),
        why=_("For å nå organisasjonen."),
        basis=Basis.TASK,
        readers=(Reader.ORGANISATION, Reader.OFFICER, Reader.ADMINISTRATOR),
        kept=_("Så lenge organisasjonen er registrert. Organisasjonen endrer den selv."),
    ),
    Held(
        table=RoleHolder,
        columns=("name", "born"),
        plain=("number", "code"),
        what=_("Navn og fødselsdato på dem som har roller i organisasjoner, slik Brønnøysundregistrene oppgir dem"),
        why=_("For å vise den som skal bekrefte en representant, om vedkommende står i registeret."),
        basis=Basis.TASK,
        readers=(Reader.ORGANISATION, Reader.OFFICER, Reader.ADMINISTRATOR),
        kept=_("Til registeret sier noe annet."),
    ),
)
# Texts of tables that lead to people and say nothing of them.
PLAIN = {Standing: ("name", "source"), Team: ("name",), Review: ("changes",)}
