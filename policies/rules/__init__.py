"""The catalogue of rule kinds: a rule of a document is one of these, told apart by its ``kind``."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from policies.rules.access import AccessRule, Attendant, ConditionRule, Distribution, Responsible
from policies.rules.applicants import Eligibility
from policies.rules.base import Rule
from policies.rules.charges import Cancellation, Surcharge
from policies.rules.counts import AgreementHours, BadHours, Concurrency, NoShow, Quota
from policies.rules.handling import Buffers, ComplaintRule, DecisionRoute, Publicity
from policies.rules.opening import Opening
from policies.rules.people import AgeMix, PrimeTime
from policies.rules.periods import ApplicationWindow, DropIn, SeasonRule
from policies.rules.ranking import DisplacementRule, Formula, Preference, Priority
from policies.rules.tariff import PriceRule
from policies.rules.timing import Grid, Horizon, LeadTime, Length
from policies.rules.use import Capacity, Purpose

KINDS: tuple[type[Rule], ...] = (
    Eligibility,
    Purpose,
    Publicity,
    Opening,
    SeasonRule,
    ApplicationWindow,
    DropIn,
    PrimeTime,
    LeadTime,
    Horizon,
    Length,
    Grid,
    Capacity,
    AgeMix,
    Quota,
    Concurrency,
    BadHours,
    NoShow,
    AgreementHours,
    Priority,
    Preference,
    Formula,
    DisplacementRule,
    DecisionRoute,
    ComplaintRule,
    Buffers,
    ConditionRule,
    Responsible,
    Attendant,
    Distribution,
    AccessRule,
    PriceRule,
    Surcharge,
    Cancellation,
)
if TYPE_CHECKING:
    AnyRule = Rule
else:
    AnyRule = Annotated[reduce(or_, KINDS), Field(discriminator="kind")]
