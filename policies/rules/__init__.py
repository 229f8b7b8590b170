"""The catalogue of rule kinds: a rule of a document is one of these, told apart by its ``kind``."""

from typing import Annotated

from pydantic import Field

from policies.rules.applicants import Eligibility
from policies.rules.base import Rule
from policies.rules.counts import AgreementHours, Quota
from policies.rules.handling import Buffers, DecisionRoute
from policies.rules.opening import Opening
from policies.rules.tariff import PriceRule
from policies.rules.timing import Grid, Horizon, LeadTime, Length
from policies.rules.use import Capacity, Purpose

KINDS: tuple[type[Rule], ...] = (
    Eligibility,
    Purpose,
    Opening,
    LeadTime,
    Horizon,
    Length,
    Grid,
    Capacity,
    Quota,
    AgreementHours,
    DecisionRoute,
    Buffers,
    PriceRule,
)
AnyRule = Annotated[
    Eligibility
    | Purpose
    | Opening
    | LeadTime
    | Horizon
    | Length
    | Grid
    | Capacity
    | Quota
    | AgreementHours
    | DecisionRoute
    | Buffers
    | PriceRule,
    Field(discriminator="kind"),
]
