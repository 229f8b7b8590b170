"""Inputs: what people state about themselves and their organisations, checked in one place for pages and commands."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.no import orgnr

from accounts.identity import ApplicantClass, Role
from kernel.addresses import is_web_address
from web.fields import Count, Day, Email, Line, Phone, RowId, read_email
from web.forms import Input

SHORTEST_PASSWORD = 10
# As the policies write statuses and figures.
STANDING_NAME = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def read_number(text: str) -> str:
    """Nine digits with the check digit of Brønnøysund's register (modulus 11)."""
    try:
        return str(orgnr.validate(text))
    except InvalidChecksum:
        raise PydanticCustomError("wrong-check-digit", "wrong-check-digit") from None
    except ValidationError:
        raise PydanticCustomError("bad-organisation-number", "bad-organisation-number") from None


def read_standing_name(text: str) -> str:
    if not STANDING_NAME.match(text):
        raise PydanticCustomError("bad-name", "bad-name")
    return text


def read_public_contact(text: str) -> str:
    """No telephone: what a leader has at hand is somebody's own."""
    if not text or is_web_address(text):
        return text
    return read_email(text).lower()


Address = Annotated[Email, AfterValidator(str.lower)]
PublicContact = Annotated[str, Field(max_length=300), AfterValidator(read_public_contact)]
Number = Annotated[str, AfterValidator(read_number)]
StandingName = Annotated[str, Field(max_length=80), AfterValidator(read_standing_name)]
Password = Annotated[str, Field(min_length=SHORTEST_PASSWORD, max_length=200)]
GivenPassword = Annotated[str, Field(min_length=1, max_length=200)]
Age = Annotated[int, Field(ge=0, le=120)]
Language = Literal["nb", "nn", "en"]
OrganisationKind = Literal[ApplicantClass.ORGANISATION, ApplicantClass.BUSINESS, ApplicantClass.PUBLIC_BODY, ApplicantClass.MUNICIPALITY]


class SignInInput(Input):
    """An address and a password as they were typed."""

    email: Address
    password: GivenPassword
    next: str = ""


class LinkInput(Input):
    """Where to send a link, and the page to go on to when it is opened."""

    email: Address
    next: str = ""


class ProfileInput(Input):
    """What a person says about himself or herself."""

    name: Line
    phone: Phone
    born: Day | None = None
    language: Language = "nb"
    without_calendar: bool = False


class AccountInput(ProfileInput):
    """A profile and the password to sign in with."""

    password: Password


class NewPasswordInput(Input):
    """A password to sign in with from now on."""

    password: Password


class ChangedPasswordInput(NewPasswordInput):
    """The new password, and the old one as a proof."""

    current_password: GivenPassword


class ChangedEmailInput(Input):
    """The new address, and the password as a proof."""

    email: Address
    current_password: GivenPassword


class CallerInput(Input):
    """Somebody on the telephone, entered by staff."""

    name: Line
    phone: Phone
    email: Address | None = None
    language: Language = "nb"


class NumberInput(Input):
    """The number of an organisation that one looks for."""

    number: Number


class SearchInput(Input):
    """A part of a name, number, telephone or address."""

    q: Annotated[str, Field(max_length=200)] = ""


class OrganisationInput(Input):
    """An organisation with a number; the facts from registers are for officers to state."""

    number: Number
    name: Line
    applicant_class: OrganisationKind = ApplicantClass.ORGANISATION
    contact_email: Address | None = None
    in_voluntary_register: bool | None = None
    is_local: bool | None = None


class OrganisationChange(Input):
    """What may be changed of an organisation that stands in the list."""

    name: Line
    applicant_class: OrganisationKind | Literal[ApplicantClass.GROUP]
    contact_email: Address | None = None
    in_voluntary_register: bool | None = None
    is_local: bool | None = None


class PublicContactInput(Input):
    """The address on the web, or the mail address, that an organisation shows to everybody; empty for none."""

    public_contact: PublicContact = ""


class GroupInput(Input):
    """A group without a number; ``born`` is asked of a responsible person whose birth date is not known yet."""

    name: Line
    born: Day | None = None


class HandoverInput(Input):
    """Who leads an organisation next, and whether one acts for it still."""

    successor: Address
    stays: bool = False


class TeamInput(Input):
    """A team or group of an organisation: what it is called, from which age to which, how many they are."""

    team: Annotated[str, Field(min_length=1, max_length=120)]
    youngest: Age | None = None
    oldest: Age | None = None
    members: Annotated[int, Field(ge=1, le=10_000)] | None = None

    @model_validator(mode="after")
    def is_in_order(self) -> "TeamInput":
        if self.youngest is not None and self.oldest is not None and self.oldest < self.youngest:
            raise PydanticCustomError("ages-backwards", "ages-backwards")
        return self


class StandingInput(Input):
    """A status of an organisation, or a figure where there is a value: from when to when, and by which source."""

    name: StandingName
    value: Count | None = None
    first_day: Day
    last_day: Day | None = None
    source: Annotated[str, Field(min_length=1, max_length=500)]


class StandingEnd(Input):
    """The last day on which it holds."""

    last_day: Day


class InvitationInput(Input):
    """An invitation to a role, or to act for an organisation."""

    email: Address
    role: Role | None = None
    venue: RowId | None = None
    organisation: RowId | None = None
    is_leader: bool = False

    @model_validator(mode="after")
    def is_for_one_thing(self) -> "InvitationInput":
        if (self.role is None) == (self.organisation is None):
            raise PydanticCustomError("invitation-for-one-thing", "invitation-for-one-thing")
        return self


class RoleInput(Input):
    """A role, with the venue that a caretaker's needs."""

    role: Role
    venue: RowId | None = None


class DeputyInput(Input):
    """Who stands in for a caretaker, by the address of their account, on which days."""

    email: Address
    first_day: Day
    last_day: Day


class TokenInput(Input):
    """The name by which a person knows a token again."""

    name: Annotated[str, Field(min_length=1, max_length=100)]


def is_of_age(born: date, on: date) -> bool:
    """Whether somebody has turned 18 by that day; born on 29 February, one does on 1 March."""
    return (on.year - born.year, (on.month, on.day) >= (born.month, born.day)) >= (18, True)
