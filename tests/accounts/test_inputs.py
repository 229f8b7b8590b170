"""What people state about themselves and organisations, and what is wrong with it."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.no import orgnr
from werkzeug.datastructures import MultiDict

from accounts.inputs import AccountInput, InvitationInput, LinkInput, NumberInput, is_of_age
from kernel.errors import Invalid
from web.forms import parse


def faults(model: type, **fields: str) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        parse(model, MultiDict(fields))
    return [(fault.field, fault.code) for fault in refusal.value.faults]


@pytest.mark.parametrize("typed", ["313000001", "313 000 001", " 313000001 "])
def test_a_number_is_kept_as_nine_digits(typed: str) -> None:
    assert parse(NumberInput, MultiDict({"number": typed})).number == "313000001"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("313000010", "wrong-check-digit"),
        ("31300000", "bad-organisation-number"),
        ("3130000011", "bad-organisation-number"),
        ("NO313000001", "bad-organisation-number"),
        ("²13000001", "bad-organisation-number"),
    ],
)
def test_a_number_that_is_none_is_refused_with_the_reason(typed: str, code: str) -> None:
    assert faults(NumberInput, number=typed) == [("number", code)]


@given(st.integers(min_value=0, max_value=999_999_999).map(lambda number: f"{number:09}"))
def test_exactly_the_numbers_with_a_right_check_digit_are_taken(number: str) -> None:
    if orgnr.is_valid(number):
        assert parse(NumberInput, MultiDict({"number": number})).number == number
    else:
        assert faults(NumberInput, number=number) == [("number", "wrong-check-digit")]


def test_all_that_is_wrong_with_an_account_is_told_at_once_and_the_password_never_repeated() -> None:
    with pytest.raises(Invalid) as refusal:
        parse(AccountInput, MultiDict({"phone": "12", "password": "kort", "born": "31.02.1990", "language": "xx"}))

    told = {fault.field: (fault.code, fault.value) for fault in refusal.value.faults}
    assert told == {
        "name": ("missing-field", None),
        "phone": ("bad-phone", "12"),
        "born": ("no-such-date", "31.02.1990"),
        "language": ("not-a-choice", "xx"),
        "password": ("too-short-text", None),
    }


@pytest.mark.parametrize("typed", ["ny", "ny@", "@example.org", "ny@example.org\nBcc: x@example.org", "a b@example.org"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert faults(LinkInput, email=typed) == [("email", "several-lines" if "\n" in typed else "bad-email")]


def test_an_address_is_the_same_in_capitals() -> None:
    assert parse(LinkInput, MultiDict({"email": " Ny@Example.ORG "})).email == "ny@example.org"


@pytest.mark.parametrize("offer", [{}, {"role": "officer", "organisation": "1"}])
def test_an_invitation_is_for_one_thing(offer: dict[str, str]) -> None:
    assert faults(InvitationInput, email="ny@example.org", **offer) == [("", "invitation-for-one-thing")]


@pytest.mark.parametrize(
    ("born", "on", "answer"),
    [
        (date(2008, 11, 24), date(2026, 11, 24), True),
        (date(2008, 11, 25), date(2026, 11, 24), False),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (date(1926, 12, 31), date(2026, 1, 1), True),
        (date(2027, 1, 1), date(2026, 1, 1), False),
    ],
)
def test_one_is_of_age_from_the_eighteenth_birthday(born: date, on: date, answer: bool) -> None:
    assert is_of_age(born, on) is answer
