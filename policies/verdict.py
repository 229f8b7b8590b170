"""Verdict: what the policy says of one request, with every objection, the price and who decides."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from accounts.identity import Role
from kernel.money import Ore
from kernel.wallclock import WallSpan
from policies.request import Waiver
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
    asked, ``limit`` what would do: numbers in the rule's unit, times as ``HH:MM``, dates in ISO form. ``waivable_by``
    is the role that may except from the rule, ``is_asked`` that the applicant asks for that, ``waiver`` that it was done.
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
    waivable_by: Role | None = None
    is_asked: bool = False
    waiver: Waiver | None = None


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
    """One line of a price by the tariff of its date: minutes (None for a day or occasion) at a rate in øre per ``unit``.

    A surcharge has its ``rule`` and ``title``, and where it is a share its ``percent``; what is only known later
    (a share of the income) ``is_deferred`` and amounts to nothing yet.
    """

    day: date
    tariff: str
    tariff_from: date
    unit: str
    minutes: int | None
    rate: Ore
    amount: Ore
    rule: str = ""
    title: Reason = Reason()
    percent: int | None = None
    is_deferred: bool = False


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


class Task(StrEnum):
    """What has to be done to meet a condition: sign a text, upload a document, confirm that something is so, name people."""

    SIGN = "sign"
    UPLOAD = "upload"
    CONFIRM = "confirm"
    APPOINT = "appoint"


class Whose(StrEnum):
    """For whom a condition that was met stays met."""

    PERSON = "person"
    ORGANISATION = "organisation"
    BOOKING = "booking"


class Where(StrEnum):
    """In which rooms a condition that was met stays met: in all, in those of the venue, in this one."""

    ANYWHERE = "anywhere"
    VENUE = "venue"
    ROOM = "room"


class By(StrEnum):
    """Who does it: whoever has the booking, or staff."""

    HOLDER = "holder"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What has to be done before anybody enters; the booking itself stands without it.

    ``what`` names the thing across rules and rooms (``fire-instruction``), ``text`` is what is signed and
    ``text_version`` its version; ``number`` people of at least ``least_age`` are named. Met, it stays so for
    ``valid_days`` (None: always) for those that ``whose`` and ``where`` say. ``due`` is the local date after which
    ``overdue`` follows (``warn``, or ``withdraw``: the time may be taken back, after notice and hearing).
    """

    rule: str
    what: str
    task: Task
    title: Reason
    text: Reason = Reason()
    text_version: str = ""
    whose: Whose = Whose.BOOKING
    where: Where = Where.ANYWHERE
    by: By = By.HOLDER
    number: int = 0
    least_age: int | None = None
    valid_days: int | None = None
    due: date | None = None
    overdue: str = "warn"
    reason: Reason = Reason()
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How one gets in: by which means, from and until when, where it is fetched, and the deposit in øre."""

    rule: str
    means: str
    begins: datetime
    ends: datetime
    fetched: Reason = Reason()
    deposit: Ore = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """Where a request stands among others for the same time: place 1 comes first, of equal places the more points."""

    place: int
    of: int
    name: Reason = Reason()
    points: int = 0
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Displacement:
    """What the booking may take from others and others from it: the greater strength goes first, with so many days' notice."""

    strength: int
    notice_days: int
    compensation: Reason = Reason()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a cancellation ladder: cancelled fewer than ``days`` days before the date of use, ``percent`` is charged."""

    days: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """What a cancellation costs, by the days that are left."""

    rule: str
    steps: tuple[Step, ...]
    reason: Reason = Reason()
    source: Source = Source()

    def percent(self, days_before: int) -> int:
        """The share of the price that is charged when so many days are left; the steepest step that is reached counts."""
        return max((step.percent for step in self.steps if days_before < step.days), default=0)

    def fee(self, charged: Ore, days_before: int) -> Ore:
        """The fee in øre, half an øre up."""
        return (charged * self.percent(days_before) + 50) // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What follows when nobody comes: ``percent`` of the list price, and more after so many ``times``.

    A date that is given back later than ``release_hours`` before it begins counts as one that nobody came to. Its holder
    has ``hearing_days`` to answer before it counts against new requests.
    """

    rule: str
    times: int
    percent: int
    release_hours: int
    hearing_days: int
    reason: Reason = Reason()
    source: Source = Source()

    def too_late_after(self, starts_at: datetime) -> datetime:
        """The last moment at which a date can be given back without counting as one that nobody came to."""
        return starts_at - timedelta(hours=self.release_hours)

    def answer_by(self, noted: date) -> date:
        """The last local day on which the holder can say what happened, when it was noted on a local day."""
        return noted + timedelta(days=self.hearing_days)


@dataclass(frozen=True, slots=True)
class Undrawn:
    """An agreement that a request does not draw on, by its id and title, and the first thing that keeps it from there."""

    agreement: str
    title: str
    code: str
    field: str
    value: str | int
    limit: str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """How a decision can be contested: within so many days of it, to whom."""

    rule: str
    days: int
    body: Reason = Reason()
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Stored):
    """What the policy says of a request: all objections at once, and what follows if it is granted.

    ``objections`` hold what refuses or calls for review (with what is waived among them), ``warnings`` what does neither.
    ``conditions`` have to be met before anybody enters; the booking stands without. ``price`` is None where
    no price is stated or none fits (an objection or warning then says so). ``reads`` names the facts that counted.
    ``agreement`` is the one that the request draws on by rule, where it names none; ``undrawn`` says why it draws on no other.
    """

    outcome: Outcome
    objections: tuple[Objection, ...] = ()
    warnings: tuple[Objection, ...] = ()
    decider: Decider | None = None
    price: Price | None = None
    buffer_before: int = 0
    buffer_after: int = 0
    reads: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    access: tuple[Access, ...] = ()
    rank: Rank | None = None
    displacement: Displacement | None = None
    cancellation: Ladder | None = None
    absence: Absence | None = None
    complaint: Complaint | None = None
    checklist: tuple[Reason, ...] = ()
    shown_publicly: bool = True
    agreement: str | None = None
    undrawn: tuple[Undrawn, ...] = ()

    @property
    def refusals(self) -> tuple[Objection, ...]:
        """What keeps the request from being granted; not what was waived, or what an exception is asked from."""
        return tuple(one for one in self.objections if one.effect is Effect.REFUSE and not one.is_asked and one.waiver is None)
