"""Paying through a service outside: nothing where none is set, once what is owed, and never twice."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from flask import Flask
from sqlalchemy import select

from booking.billing.models import PaymentState
from booking.billing.payments import Demand, TillClosedError
from database.audit import Audit
from notices.cli import _settle_payments
from settings import Settings
from tests.accounts.conftest import Visitor
from tests.booking.billing.conftest import Given

Visit = Callable[[str], Visitor]


@dataclass
class Drawer:
    """A stand-in for a service: it remembers what it was asked, and says what the test wants of it."""

    demands: dict[str, Demand] = field(default_factory=dict)
    outcomes: dict[str, PaymentState] = field(default_factory=dict)
    is_closed: bool = False

    def begin(self, demand: Demand) -> str:
        if self.is_closed:
            raise TillClosedError
        self.demands[demand.reference] = demand
        return f"https://till.example.org/{demand.reference}"

    def outcome(self, reference: str) -> PaymentState:
        return self.outcomes.get(reference, PaymentState.OPEN)


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setitem(sys.modules, "a_till", sys.modules[__name__])
    return replace(settings, payments="a_till:Drawer")


def test_what_was_billed_is_paid_once(app: Flask, visit: Visit, given: Given) -> None:
    per, drawer = visit("per"), app.extensions["till"]

    drawer.is_closed = True
    closed = per.post("/account/payments", form_on="/account")
    drawer.is_closed = False
    for _press in range(3):
        per.post("/account/payments", form_on="/account")
    ((reference, demand),) = drawer.demands.items()
    waiting = per.get("/account").text
    drawer.outcomes[reference] = PaymentState.PAID
    with app.app_context():
        _settle_payments()
    paid = per.get("/account").text

    assert closed.status_code == 503
    assert (demand.amount, demand.back.endswith("/account")) == (20000, True)
    assert f'href="https://till.example.org/{reference}"' in waiting
    assert "Alt som er fakturert, er betalt." in paid
    assert 'action="/account/payments"' not in paid
    with app.extensions["database"].reading() as session:
        acts = session.execute(select(Audit.verb, Audit.facts).where(Audit.subject == "payment").order_by(Audit.id)).all()
    assert [tuple(act) for act in acts] == [("begin", {"amount": 20000}), ("settle", {"state": "paid"})]
    assert "Betaling" not in visit("berit").get(f"/organisations/{given.skiold}/account").text
