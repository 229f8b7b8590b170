"""Who publishes a policy over another is told beforehand what is booked and what waits there."""

import re
from collections.abc import Callable

import pytest

from policies.pages import drafts, shelves
from tests.accounts.conftest import Visitor
from tests.clock import Clock


@pytest.fixture(autouse=True)
def policies_clock(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    for module in (drafts, shelves):
        monkeypatch.setattr(module, "now", clock)


def test_what_lies_ahead_is_told_before_the_button(visit: Callable[..., Visitor], booked: Callable[..., str]) -> None:
    booked(recurrence={"rrule": "FREQ=WEEKLY;COUNT=3"})
    booked("per", organisation=None, start="2026-09-16T18:00", end="2026-09-16T20:00")
    kari = visit("kari")
    kari.post("/policies/municipality/draft", form_on="/policies/municipality")

    page = kari.get("/policies/municipality/draft").text

    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "3 datoer framover er booket her. De står som de er avgjort." in text
    assert "1 forespørsel venter på svar." in text
    assert text.index("1 forespørsel") < text.index("Publiser retningslinjen")
