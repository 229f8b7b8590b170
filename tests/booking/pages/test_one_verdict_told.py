"""Page and API tell the verdict that the engine gives, for whatever rules and wishes there are."""

import html
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import given, settings
from sqlalchemy.orm import Session

from accounts.tokens import make_token
from booking.outcome import faults_of
from booking.reservations import preview
from booking.wish import Wish
from database.transact import Database
from policies.document import checked
from policies.models import PolicyVersion
from policies.places import last_number, place_at
from policies.queries import forget
from policies.verdict import Effect
from tests.accounts.conftest import Visitor
from tests.booking.conftest import NOW, Hall
from tests.booking.test_one_verdict import FIXTURES, ROOM, wishes
from tests.policies import generated
from web.wording import sentence


def put_in_force(session: Session, data: dict[str, Any], **_hand: object) -> None:
    number = last_number(session, place_at(session, "")) + 1
    session.add(PolicyVersion(number=number, valid_from=NOW.date(), document=checked(data).data(), published_at=NOW))
    session.flush()
    forget(session)


def asked_in_the_form(asked: Wish) -> dict[str, str]:
    return {
        "date": f"{asked.start:%Y-%m-%d}",
        "from": f"{asked.start:%H:%M}",
        "to": f"{asked.end:%H:%M}",
        "applicant": asked.organisation or "me",
        "purpose": asked.purpose,
        "activity": str(asked.activity),
        "alcohol": "yes" if asked.alcohol else "",
        **{f"participants.{band}": str(heads) for band, heads in asked.participants.items()},
    }


@pytest.fixture
def asking(app: Flask, hall: Hall, visit: Callable[..., Visitor]) -> Callable[[Wish], tuple[Any, str]]:
    """Berit's wish tried over the API and on the page: the verdict as JSON, and the text of the page."""
    database: Database = app.extensions["database"]
    token = database.transact(make_token, hall.berit.require_known(), "test", by=hall.berit, now=NOW).text
    visitor = visit("berit")

    def ask(asked: Wish) -> tuple[Any, str]:
        answer = app.test_client().post(
            "/api/v1/verdicts", json=asked.model_dump(mode="json"), headers={"Authorization": f"Bearer {token}"}
        )
        page = visitor.get(f"/rooms/{ROOM}/book/preview?{urlencode(asked_in_the_form(asked))}")
        return answer.json["dates"][0]["verdict"], " ".join(html.unescape(page.text).split())

    return ask


@settings(max_examples=12, suppress_health_check=FIXTURES)
@given(data=generated.documents(), asked=wishes())
def test_page_and_api_tell_what_the_dry_run_found(
    app: Flask, hall: Hall, asking: Callable[[Wish], tuple[Any, str]], data: dict[str, Any], asked: Wish
) -> None:
    database: Database = app.extensions["database"]
    database.transact(put_in_force, data, by=hall.kari, now=NOW)
    with database.reading() as session:
        tried = preview(session, asked, by=hall.berit, now=NOW)
    told = tried.dates[0].judged.verdict
    assert told is not None
    with app.test_request_context("/?lang=nb"):
        against = [sentence(fault) for fault in faults_of(tried.dates[0]) if fault.facts["effect"] == Effect.REFUSE]

    verdict, page = asking(asked)

    assert verdict == told.to_json()
    assert [one for one in against if " ".join(one.split()) not in page] == []
