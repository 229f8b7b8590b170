"""What anybody may read of a booking: no way to reach a person, and for whom it is where nobody says so."""

import pytest
from pydantic import ValidationError

from booking.public import GROUPS, Public, ages_of, told_ages

REACHING = ("ring 41234567", "412 34 567", "41 23 45 67", "412.34.567.", "+47 41 23 45 67", "+46 (70) 123 45 67", "skriv til a@b.no")
HARMLESS = ("kl. 20.00-21.30", "20.00–21.30", "24.12.2026", "2026-2027", "2026-11-24", "uke 40-48", "6-12 år", "200 000 kr", "3015 Drammen")


def test_no_text_for_all_tells_how_to_reach_a_person() -> None:
    for name in ("title", "text", "join"):
        assert [getattr(Public(**{name: text}), name) for text in HARMLESS] == list(HARMLESS)
        for text in REACHING:
            with pytest.raises(ValidationError) as refused:
                Public(**{name: text})
            assert [(one["loc"], one["type"]) for one in refused.value.errors()] == [((name,), "contact-in-public-text")]


@pytest.mark.parametrize(
    ("participants", "ages"),
    [
        ({"6-9": 22}, ["6-12"]),
        ({"10-16": 14, "0-5": 0}, ["6-12", "13-19"]),
        ({"18+": 9}, ["13-19", "20-66", "67+"]),
        ({"0-99": 60}, []),
        ({}, []),
    ],
)
def test_it_is_for_the_ages_of_the_participants(participants: dict[str, int], ages: list[str]) -> None:
    assert ages_of(participants) == ages
    assert told_ages({"ages": [*GROUPS.values()]}) == ()
    assert Public(title="Åpen hall", free=False, ages=("67+", "0-5", "67+")).said(participants) == {
        "title": "Åpen hall",
        "ages": ["0-5", "67+"],
        "free": False,
    }
