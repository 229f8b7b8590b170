"""The hall of the cast under rules that put conditions on access, for meetings only."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.booking.conftest import POLICY, REASON, Hall, furnish

TITLE = {"nb": "Branninstruks", "nn": "Branninstruks", "en": "Fire instruction"}
TEXT = {"nb": "Hold rømningsveiene åpne.", "nn": "Hald rømmingsvegane opne.", "en": "Keep the escape routes clear."}
MEETINGS = {"scope": {"activities": ["meeting"]}, "reason": REASON}
FIRE = {
    **MEETINGS,
    "kind": "condition",
    "id": "fire",
    "what": "fire-instruction",
    "task": "sign",
    "title": TITLE,
    "text": TEXT,
    "text_version": "2026",
    "whose": "person",
    "valid_days": 365,
    "due_before": {"amount": 3},
}
INSURANCE = {
    **MEETINGS,
    "kind": "condition",
    "id": "insurance",
    "what": "insurance",
    "task": "upload",
    "title": {"nb": "Forsikringsbevis", "nn": "Forsikringsbevis", "en": "Proof of insurance"},
    "whose": "organisation",
    "where": "anywhere",
}
ADULTS = {**MEETINGS, "kind": "responsible", "id": "adults", "number": 2, "least_age": 18}
ATTENDANT = {**MEETINGS, "kind": "attendant", "id": "attendant", "until_found": "allow"}
DISTRIBUTION = {**MEETINGS, "kind": "distribution", "id": "distribution", "due": "09-10", "overdue": "withdraw"}
KEY = {
    **MEETINGS,
    "kind": "access",
    "id": "key",
    "means": "key",
    "before": 30,
    "fetched": {"nb": "Servicetorget", "nn": "Servicetorget", "en": "The service desk"},
    "deposit": 50000,
}
CONDITIONS = (FIRE, INSURANCE, ADULTS, ATTENDANT, DISTRIBUTION, KEY)
MEETING = {"activity": "meeting"}


def conditional(*rules: dict[str, Any]) -> dict[str, Any]:
    """The policy of the hall with these rules beside its own."""
    return {**POLICY, "rules": [*POLICY["rules"], *(rules or CONDITIONS)]}


@pytest.fixture
def hall(session: Session) -> Hall:
    return furnish(session, conditional())
