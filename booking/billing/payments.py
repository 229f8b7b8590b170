"""Payments: the port through which private people pay what they were billed; a service outside knows how, this program does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from secrets import token_hex
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.identity import Actor
from booking.billing.models import Line, Payment, PaymentState
from database.audit import Act, record
from database.locks import Key, Subject, lock
from database.transact import Database
from kernel.errors import Busy, Conflict, refuse
from kernel.money import Ore

TILL = "till"


@dataclass(frozen=True, slots=True)
class Demand:
    """What is to be paid: by what name both sides know it, øre, and the address to come back to."""

    reference: str
    amount: Ore
    back: str


class TillClosedError(Exception):
    """The service could not be reached or did not understand; it may be asked again."""


class Till(Protocol):
    """A service that takes payments. Both verbs may be asked again for a reference, and then answer as they did."""

    def begin(self, demand: Demand) -> str:
        """Make ready to be paid; returns the web address at which that is done. Raises TillClosedError."""
        ...

    def outcome(self, reference: str) -> PaymentState:
        """What became of a payment. Raises TillClosedError."""
        ...


def till_named(name: str) -> Till | None:
    """The service of a setting, ``package.module:name``, which is called without arguments; none where nothing is set."""
    if not name:
        return None
    module, _colon, maker = name.partition(":")
    made: Till = getattr(import_module(module), maker)()
    return made


def owing(session: Session, person_id: int) -> Ore:
    """What a person was billed and has not paid, in øre; below nothing where more was paid than is owed by now."""
    billed = session.scalar(select(func.sum(Line.amount)).where(Line.person_id == person_id)) or 0
    paid = select(func.sum(Payment.amount)).where(Payment.person_id == person_id, Payment.state == PaymentState.PAID)
    return int(billed) - int(session.scalar(paid) or 0)


def payments_of(session: Session, person_id: int) -> Sequence[Payment]:
    """A person's payments that were paid or still can be, newest first."""
    found = select(Payment).where(Payment.person_id == person_id, Payment.state != PaymentState.ENDED)
    return session.scalars(found.order_by(Payment.id.desc())).all()


def begin_payment(session: Session, *, by: Actor, now: datetime) -> Payment:
    """Begin to pay all that one owes, or go on with what was begun, so that nobody pays twice.

    Raises Unidentified, Conflict (``nothing-to-pay``).
    """
    person = by.require_known()
    lock(session, Key(Subject.PERSON, person))
    begun = select(Payment).where(Payment.person_id == person, Payment.state == PaymentState.OPEN)
    if found := session.scalar(begun):
        return found
    amount = owing(session, person)
    if amount <= 0:
        raise refuse(Conflict, "nothing-to-pay")
    payment = Payment(person_id=person, amount=amount, reference=token_hex(16), state=PaymentState.OPEN, address="", begun_at=now)
    session.add(payment)
    session.flush()
    record(session, Act("begin", "payment", payment.id, {"amount": amount}, person), by=by, now=now)
    return payment


def settle_payment(session: Session, payment_id: int, state: PaymentState, address: str = "", *, by: Actor, now: datetime) -> Payment:
    """Write down what the service said of a payment; what is settled stays so. Raises Forbidden to others than the person."""
    payment = session.get_one(Payment, payment_id, with_for_update=True)
    by.require(by.is_service or by.person_id == payment.person_id, "holder")
    if payment.state is not PaymentState.OPEN:
        return payment
    payment.address = address or payment.address
    if state is not payment.state:
        payment.state, payment.settled_at = state, now
        record(session, Act("settle", "payment", payment.id, {"state": str(state)}, payment.person_id), by=by, now=now)
    return payment


def paid_through(till: Till, database: Database, *, back: str, by: Actor, now: datetime) -> Payment:
    """Begin to pay with a service, which is asked outside of any transaction; raises Busy (``till-closed``) when it cannot be reached."""
    payment = database.transact(begin_payment, by=by, now=now)
    try:
        address = till.begin(Demand(payment.reference, payment.amount, back))
    except TillClosedError:
        raise refuse(Busy, "till-closed") from None
    return database.transact(settle_payment, payment.id, PaymentState.OPEN, address, by=by, now=now)


def settled_through(till: Till, database: Database, payment: Payment, *, by: Actor, now: datetime) -> Payment:
    """Ask a service what became of a payment; raises Busy (``till-closed``)."""
    try:
        outcome = till.outcome(payment.reference)
    except TillClosedError:
        raise refuse(Busy, "till-closed") from None
    return database.transact(settle_payment, payment.id, outcome, by=by, now=now)


def open_payments(session: Session) -> Sequence[Payment]:
    """All that were begun and not settled, oldest first."""
    return session.scalars(select(Payment).where(Payment.state == PaymentState.OPEN).order_by(Payment.id)).all()
