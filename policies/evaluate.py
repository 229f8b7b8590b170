"""Evaluation: a policy applied to a request, purely; the same three values always give the same verdict."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from policies.alternatives import nearest
from policies.finding import Finding, found_by, is_refusing
from policies.layers import Effective, Placed, Policy
from policies.occasion import Occasion
from policies.request import Entitlement, Facts, Request, Usage
from policies.rules.handling import DecisionRoute, Margins, Route
from policies.rules.tariff import Priced, PriceRule
from policies.verdict import Alternative, Decider, Effect, Objection, Outcome, Verdict
