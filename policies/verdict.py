"""Verdict: what the policy says of one request, with every objection, the price and who decides."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from accounts.identity import Role
from kernel.money import Ore
from kernel.wallclock import WallSpan
from policies.stored import Stored

Plain = str | int | bool | None


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    REVIEW = "review"
    REFUSED = "refused"


class Effect(StrEnum):
    """What follows when a rule is not met, the strictest first."""

    REFUSE = "refuse"
    REVIEW = "review"
    WARN = "warn"


class Layer(StrEnum):
    """Whose document a rule stands in, the widest first; the service's own baseline lies under all of them."""

    BASELINE = "baseline"
    MUNICIPALITY = "municipality"
    VENUE = "venue"
    ROOM = "room"


class Change(StrEnum):
    """What an alternative changes in the request."""

    TIME = "time"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Reason:
    """The same sentence in the three languages; an empty one is missing."""

    nb: str = ""
    nn: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """The sentence in that language, else in bokmål."""
        return {"nn": self.nn, "en": self.en}.get(language, self.nb) or self.nb


@dataclass(frozen=True, slots=True)
class Source:
    """Where in the adopted text a rule comes from: paragraph, and the address at which it can be read."""

    paragraph: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """The nearest request that the policy does not refuse: another time of the same length, or a shorter or longer one."""

    change: Change
    wall: WallSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One thing in the request that a rule does not allow.

    ``code`` is stable and says what is wrong (``after-closing``), ``field`` the input concerned, ``value`` what was
    asked, ``limit`` what would do: numbers in the rule's unit, times as ``HH:MM``, dates in ISO form.
    """

    rule: str
    kind: str
    layer: Layer
    code: str
    field: str
    value: Plain
    limit: Plain
    effect: Effect
    reason: Reason
    source: Source = Source()
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who answers a request that waits, by when, and whether its time is kept until then.

    ``title`` is what the regulation calls the role; ``hold_minutes`` None means that the request competes.
    """

    role: Role
    title: Reason = Reason()
    promised_by: datetime | None = None
    hold_minutes: int | None = None
    rule: str = ""

    @property
    def competes(self) -> bool:
        return self.hold_minutes is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """One line of a price by the tariff of its date: minutes (None for a day or occasion) at a rate in øre per ``unit``."""

    day: date
    tariff: str
    tariff_from: date
    unit: str
    minutes: int | None
    rate: Ore
    amount: Ore


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What the request costs in the applicant's price class, beside what the list says, in whole øre."""

    rule: str
    price_class: str
    lines: tuple[PriceLine, ...]
    list_lines: tuple[PriceLine, ...] = ()

    @property
    def charged(self) -> Ore:
        return sum(line.amount for line in self.lines)

    @property
    def listed(self) -> Ore | None:
        """The list price, None where the tariff states none; listed less charged is the value of the support given."""
        return sum(line.amount for line in self.list_lines) if self.list_lines else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Stored):
    """What the policy says of a request: all objections at once, and what follows if it is granted.

    ``objections`` hold what refuses or calls for review, ``warnings`` what does neither. ``price`` is None where
    no price is stated or none fits (an objection or warning then says so). ``reads`` names the facts that counted.
    """

    outcome: Outcome
    objections: tuple[Objection, ...] = ()
    warnings: tuple[Objection, ...] = ()
    decider: Decider | None = None
    price: Price | None = None
    buffer_before: int = 0
    buffer_after: int = 0
    reads: tuple[str, ...] = ()

    @property
    def refusals(self) -> tuple[Objection, ...]:
        return tuple(objection for objection in self.objections if objection.effect is Effect.REFUSE)
