"""Applicants: in what capacity a wish is made, by whom, and whether somebody must confirm that first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, literal, outerjoin, select
from sqlalchemy.orm import Session

from accounts.identity import NOBODY, Actor, ApplicantClass
from accounts.models import Delegation, DelegationState, Organisation, Person, Standing
from accounts.personal.models import Erasure
from accounts.standings import LATEST_FIRST, held_on
from booking.models import Booking
from booking.states import BookingKind
from booking.support.models import Agreement, Grant, SchemeKind, is_shown
from booking.wish import Wish
from database.base import table_of
from database.prepared import send
from database.writing import objects
from kernel.errors import Conflict, Forbidden, Invalid, Missing, Unidentified, refuse
from policies.request import ApplicantFacts, Figure
from venues.models import Room

LONGEST_NUMBER = 9
GROUP = "group:"


PARTIES = (Person, Organisation, Standing)


def _parties_by(named: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """A holder and an organisation beside each other, either of whom may be nobody, with what was noted of the organisation."""
    anybody = select(literal(1).label("one")).subquery()
    both = outerjoin(outerjoin(anybody, Person, Person.id == bindparam("holder")), Organisation, named)
    noted = outerjoin(both, Standing, Standing.organisation_id == Organisation.id)
    columns = (column.label(f"{party.__tablename__}_{column.key}") for party in PARTIES for column in table_of(party).c)
    return select(*columns).select_from(noted).order_by(*LATEST_FIRST)


# Put together once: every booking sends one of them.
BY_ID = _parties_by(Organisation.id == bindparam("organisation"))
BY_NUMBER = _parties_by(Organisation.number == bindparam("organisation"))


def _is_erased(person: str) -> ColumnElement[bool]:
    """Whether a person is erased, or is to be, and has not come back."""
    gone = exists(Erasure.id).where(Erasure.person_id == Person.id)
    return exists(Person.id).where(Person.id == bindparam(person), Person.password_hash.is_(None), gone)


def _acts_for(person: str, organisation: str) -> ColumnElement[bool]:
    named = (Delegation.person_id == bindparam(person), Delegation.organisation_id == bindparam(organisation))
    return exists(Delegation.id).where(*named, Delegation.state == DelegationState.CONFIRMED)


RIGHTS = select(
    _is_erased("hand").label("hand_erased"), _is_erased("holder").label("holder_erased"), _acts_for("hand", "organisation").label("acts")
)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks: the holder, the organisation they ask for, the agreement and grant named; without an agreement it ``draws`` by
    rule, or not at all. ``must_confirm`` is true for somebody who is not a delegate of the organisation and not staff;
    ``standings`` are all that were noted of the organisation, whatever the day.
    """

    holder: Person
    organisation: Organisation | None
    applicant_class: ApplicantClass
    agreement: Agreement | None
    grant: Grant | None
    must_confirm: bool
    by_staff: bool
    standings: tuple[Standing, ...] = ()
    draws: bool = True

    @property
    def agreed_with(self) -> int | None:
        """The organisation, by id, whose agreements count: where one is named, or its dates draw by rule.

        What somebody wishes in another's name draws on nothing before that is confirmed.
        """
        organisation = self.organisation
        if organisation is None or not organisation.has_agreements or self.applicant_class is ApplicantClass.MUNICIPALITY:
            return None
        return organisation.id if self.agreement or (self.draws and not self.must_confirm) else None

    def facts_on(self, day: date) -> ApplicantFacts:
        """As the policy reads the applicant for use on a day."""
        organisation = self.organisation
        if organisation is None:
            return ApplicantFacts()
        held = held_on(self.standings, day)
        return ApplicantFacts(
            registered=organisation.in_voluntary_register,
            local=organisation.is_local,
            statuses=tuple(one.name for one in held if one.value is None),
            roles=() if self.must_confirm else ("delegate",),
            figures=tuple(Figure(one.name, one.value) for one in held if one.value is not None),
        )

    def age_on(self, day: date) -> int | None:
        """The holder's age in completed years, None when the birth date is not known."""
        born = self.holder.born
        return None if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def applicant_of(session: Session, wish: Wish, room: Room, *, by: Actor) -> Applicant:
    """The applicant of a wish.

    Raises Unidentified when nobody is signed in, Forbidden for another's name or a kind of booking that only staff
    make, Missing and Invalid for an organisation, agreement or grant that is not there for them, Conflict
    (``organisation-dissolved``) to all but staff for one that was deleted from the register.
    """
    if not by.is_known:
        raise refuse(Unidentified, "sign-in-first")
    if wish.on_behalf_of not in (None, by.person_id):
        by.require(by.is_officer, "officer")
    require_kind(wish.kind, room, by)
    parties = _parties_of(session, wish.on_behalf_of or by.require_known(), wish.organisation)
    if parties.holder is None:
        raise refuse(Missing, "unknown-person", "on_behalf_of", wish.on_behalf_of)
    organisation = _organisation(parties, wish.organisation, by)
    by_staff = by.is_officer or wish.kind is not BookingKind.ORDINARY
    if organisation is not None and organisation.dissolved_on and not by_staff:
        raise refuse(Conflict, "organisation-dissolved", "organisation", wish.organisation, name=organisation.name)
    return Applicant(
        parties.holder,
        organisation,
        _class_of(wish, organisation),
        _agreement(session, wish, organisation, by),
        _grant(session, wish, organisation, by),
        must_confirm=organisation is not None and not by_staff and not by.acts_for(organisation.id),
        by_staff=by_staff,
        standings=parties.standings,
        draws=wish.draws,
    )


def require_rights(session: Session, applicant: Applicant, *, by: Actor) -> None:
    """Behind the locks of both: that neither was erased, and that the right to act was not ended, since the hand was let in.

    Raises Unidentified, Missing and Forbidden. What erases a person and what ends a right holds the same locks until it is told.
    """
    acting = applicant.organisation if not (applicant.by_staff or applicant.must_confirm) else None
    named = {"hand": by.person_id, "holder": applicant.holder.id, "organisation": acting.id if acting else None}
    (found,) = send(session, RIGHTS, named)
    if found.hand_erased:
        raise refuse(Unidentified, "sign-in-first")
    if found.holder_erased:
        raise refuse(Missing, "unknown-person", "on_behalf_of", applicant.holder.id)
    if acting and not found.acts and acting.number is None:
        raise refuse(Missing, "unknown-organisation", "organisation", f"{GROUP}{acting.id}")
    if acting and not found.acts:
        raise refuse(Forbidden, "acts-no-more", "organisation", acting.number, name=acting.name)


def applicant_in(booking: Booking, standings: tuple[Standing, ...], *, by_staff: bool, must_confirm: bool = False) -> Applicant:
    """The applicant of a booking that is there already, with what is noted of the organisation."""
    named = booking.named_agreement
    return Applicant(
        holder=booking.holder,
        organisation=booking.organisation,
        applicant_class=ApplicantClass(booking.applicant_class),
        # One that has ended is named by nobody any more: the dates draw by rule.
        agreement=named if named and named.ended_at is None else None,
        grant=booking.grant,
        must_confirm=must_confirm,
        by_staff=by_staff,
        standings=standings,
        draws=booking.draws,
    )


def visitor_of(session: Session, wish: Wish) -> Applicant:
    """Somebody who has not signed in, as a dry run takes them: a private person, or one who may act for the organisation.

    Raises Unidentified for what depends on who one is; Missing and Invalid as ``applicant_of``.
    """
    if wish.kind is not BookingKind.ORDINARY or wish.on_behalf_of or wish.agreement or wish.grant:
        raise refuse(Unidentified, "sign-in-first")
    parties = _parties_of(session, None, wish.organisation)
    organisation = _organisation(parties, wish.organisation, NOBODY)
    nobody, known = Person(id=0, name="", phone="", email=""), parties.standings
    # What an organisation has an agreement on is for those who act for it.
    return Applicant(
        nobody, organisation, _class_of(wish, organisation), None, None, must_confirm=False, by_staff=False, standings=known, draws=False
    )


def may_make(kind: BookingKind, room: Room, by: Actor) -> bool:
    """Whether somebody may have a booking of a kind in a room: some only staff have, or those who look after the room."""
    looks_after = kind is BookingKind.BLOCK and by.is_caretaker_of(room.venue_id)
    return kind not in (BookingKind.MUNICIPAL, BookingKind.BLOCK) or by.is_officer or looks_after


def require_kind(kind: BookingKind, room: Room, by: Actor) -> None:
    """Raises Forbidden for a kind of booking that somebody may not have in a room: not when it is made, nor when it gets time there."""
    by.require(may_make(kind, room, by), "caretaker" if kind is BookingKind.BLOCK else "officer")


def _class_of(wish: Wish, organisation: Organisation | None) -> ApplicantClass:
    if wish.kind is not BookingKind.ORDINARY:
        return ApplicantClass.MUNICIPALITY
    if organisation is not None:
        return organisation.applicant_class
    return ApplicantClass.BUSINESS if wish.commercial else ApplicantClass.PERSON


@dataclass(frozen=True, slots=True)
class _Parties:
    """Who asks and for which organisation, as far as they are there, with all that was ever noted of it."""

    holder: Person | None
    organisation: Organisation | None
    standings: tuple[Standing, ...]


def _parties_of(session: Session, holder: int | None, name: str | None) -> _Parties:
    """A person and the organisation of a number or a group, in one statement; raises Invalid (``bad-organisation``)."""
    by_id, value = (name or "").startswith(GROUP), (name or "").removeprefix(GROUP)
    if name and (not (value.isascii() and value.isdecimal()) or len(value) > LONGEST_NUMBER):
        raise refuse(Invalid, "bad-organisation", "organisation", name)
    asked = {"holder": holder, "organisation": int(value) if by_id else value or None}
    rows = [objects(session, row, *PARTIES) for row in send(session, BY_ID if by_id else BY_NUMBER, asked)]
    return _Parties(rows[0][0], rows[0][1], tuple(row[2] for row in rows if row[2] is not None))


def _organisation(parties: _Parties, name: str | None, by: Actor) -> Organisation | None:
    """The organisation that was found by a name; a group, which no register names, is there only for those who act for it."""
    found = parties.organisation
    if name and (found is None or (found.number is None and not (by.is_officer or by.acts_for(found.id)))):
        raise refuse(Missing, "unknown-organisation", "organisation", name)
    return found


def _agreement(session: Session, wish: Wish, organisation: Organisation | None, by: Actor) -> Agreement | None:
    if wish.agreement is None:
        return None
    found = session.get(Agreement, wish.agreement)
    if found is None or found.ended_at is not None or not is_shown(found, by):
        raise refuse(Missing, "unknown-agreement", "agreement", wish.agreement)
    if organisation is None or found.organisation_id != organisation.id:
        raise refuse(Forbidden, "not-their-agreement", "agreement", wish.agreement)
    return found


def _grant(session: Session, wish: Wish, organisation: Organisation | None, by: Actor) -> Grant | None:
    if wish.grant is None:
        return None
    found = session.get(Grant, wish.grant)
    if found is None or found.ended_at is not None or found.scheme.kind is SchemeKind.OPERATING or not is_shown(found, by):
        raise refuse(Missing, "unknown-grant", "grant", wish.grant)
    if organisation is None or found.organisation_id != organisation.id:
        raise refuse(Forbidden, "not-their-grant", "grant", wish.grant)
    return found
