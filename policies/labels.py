"""Labels: the words on screen for activities, kinds of rules, and the choices that rules offer."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from accounts.identity import ApplicantClass, Role
from accounts.labels import CLASSES, ROLES
from kernel.texts import marked as _
from policies.kinds import KNOWN, by_heading
from policies.occasion import DayClass
from policies.office import Unit
from policies.rules.access import Means, Overdue
from policies.rules.base import Comparator, Consequence
from policies.rules.charges import Operation, Per
from policies.rules.counts import Measure, Period, Subject
from policies.rules.handling import Route
from policies.rules.tariff import LIST, PriceUnit
from policies.taxonomy import Activity
from policies.verdict import By, Effect, Layer, Task, Where, Whose
from venues.opening import Openness
from web.texts import gettext, ngettext
from web.written import SPECS, listed

ACTIVITIES: Mapping[Activity, str] = {
    Activity.SPORT: _("Idrett"),
    Activity.SPORT_TRAINING: _("Trening"),
    Activity.SPORT_MATCH: _("Kamp"),
    Activity.SPORT_CUP: _("Turnering"),
    Activity.CULTURE: _("Kultur"),
    Activity.CULTURE_MUSIC: _("Øving: kor, korps og band"),
    Activity.CULTURE_THEATRE: _("Teater"),
    Activity.CULTURE_DANCE: _("Dans"),
    Activity.CULTURE_CONCERT: _("Konsert"),
    Activity.MEETING: _("Møte"),
    Activity.MEETING_ANNUAL: _("Årsmøte"),
    Activity.COURSE: _("Kurs og leksehjelp"),
    Activity.SEMINAR: _("Seminar"),
    Activity.SOCIAL: _("Sosialt treff"),
    Activity.SOCIAL_CAFE: _("Kafé"),
    Activity.DUGNAD: _("Dugnad"),
    Activity.EVENT: _("Arrangement"),
    Activity.EVENT_MARKET: _("Marked og loppemarked"),
    Activity.FAITH: _("Tro og livssyn"),
    Activity.POLITICS: _("Politisk møte"),
    Activity.CELEBRATION: _("Fest og selskap"),
    Activity.CELEBRATION_CHILDREN: _("Barnebursdag"),
    Activity.OVERNIGHT: _("Overnatting"),
    Activity.SCHOOL: _("Skole"),
    Activity.OTHER: _("Annet"),
}
# What the members of an enumeration are called; a member without words of its own goes by its value.
CHOICES: Mapping[type[Any], Mapping[Any, str]] = {
    # Plain words in a document.
    str: {
        "free": _("fritt"),
        "reported": _("må meldes fra om"),
        "with-consent": _("med samtykke fra kommunen"),
        "forbidden": _("ikke tillatt"),
    },
    Activity: ACTIVITIES,
    ApplicantClass: CLASSES,
    By: {By.HOLDER: _("den som har bookingen"), By.STAFF: _("kommunen")},
    Comparator: {
        Comparator.AT_LEAST: _("minst"),
        Comparator.OVER: _("over"),
        Comparator.AT_MOST: _("høyst"),
        Comparator.UNDER: _("under"),
    },
    Consequence: {
        Consequence.ALLOW: _("er greit"),
        Consequence.WARN: _("godtas med en advarsel"),
        Consequence.REVIEW: _("må vurderes av en saksbehandler"),
        Consequence.REFUSE: _("avslås"),
    },
    DayClass: {
        DayClass.WORKING_DAY: _("virkedager"),
        DayClass.WEEKEND: _("helger"),
        DayClass.PUBLIC_HOLIDAY: _("helligdager"),
        DayClass.SCHOOL_BREAK: _("skoleferier"),
    },
    Effect: {
        Effect.REFUSE: _("avslås"),
        Effect.REVIEW: _("må vurderes av en saksbehandler"),
        Effect.WARN: _("godtas med en advarsel"),
    },
    Layer: {
        Layer.BASELINE: _("Grunnregel"),
        Layer.MUNICIPALITY: _("Hele kommunen"),
        Layer.VENUE: _("Bygg"),
        Layer.ROOM: _("Rom"),
    },
    Means: {
        Means.KEY: _("nøkkel"),
        Means.CARD: _("kort"),
        Means.CODE: _("kode"),
        Means.STAFF: _("noen låser opp"),
    },
    Measure: {
        Measure.USED: _("tid i perioden"),
        Measure.ABSENT: _("ganger ingen kom"),
        Measure.AT_ONCE: _("rom på samme tid"),
        Measure.AHEAD: _("bookinger framover"),
    },
    Openness: {
        Openness.OPEN: _("åpent"),
        Openness.BY_AGREEMENT: _("åpent etter avtale"),
        Openness.CLOSED: _("stengt"),
    },
    Operation: {
        Operation.LEAST_MINUTES: _("minste tid som betales"),
        Operation.PERCENT: _("prosent av prisen"),
        Operation.AMOUNT: _("fast beløp"),
        Operation.LEAST_AMOUNT: _("minste pris"),
        Operation.INCOME: _("prosent av inntekten"),
    },
    Overdue: {Overdue.WARN: _("gir en advarsel"), Overdue.WITHDRAW: _("kan føre til at tiden trekkes tilbake")},
    Per: {
        Per.OCCASION: _("per gang"),
        Per.HOUR: _("per time"),
        Per.DAY: _("per dag"),
        Per.PERSON: _("per person"),
    },
    Period: {
        Period.DAY: _("per dag"),
        Period.WEEK: _("per uke"),
        Period.MONTH: _("per måned"),
        Period.HALF_YEAR: _("per halvår"),
        Period.YEAR: _("per år"),
    },
    PriceUnit: {PriceUnit.HOUR: _("per time"), PriceUnit.DAY: _("per dag"), PriceUnit.OCCASION: _("per gang")},
    Role: ROLES,
    Route: {Route.AT_ONCE: _("Svar med én gang"), Route.BY_ROLE: _("Noen avgjør")},
    Subject: {
        Subject.ORGANISATION: _("hver organisasjon"),
        Subject.PERSON: _("hver person"),
        Subject.TEAM: _("hvert lag"),
        Subject.HOLDER: _("hver organisasjon eller person"),
    },
    Task: {
        Task.SIGN: _("underskrive en tekst"),
        Task.UPLOAD: _("laste opp et dokument"),
        Task.CONFIRM: _("bekrefte at det er slik"),
        Task.APPOINT: _("navngi personer"),
    },
    Unit: {
        Unit.HOURS: _("timer"),
        Unit.DAYS: _("dager"),
        Unit.WEEKS: _("uker"),
        Unit.MONTHS: _("måneder"),
        Unit.WORKING_HOURS: _("arbeidstimer"),
        Unit.WORKING_DAYS: _("virkedager"),
    },
    Where: {Where.ANYWHERE: _("alle rom"), Where.VENUE: _("bygget"), Where.ROOM: _("rommet")},
    Whose: {
        Whose.PERSON: _("personen"),
        Whose.ORGANISATION: _("organisasjonen"),
        Whose.BOOKING: _("denne bookingen"),
    },
}
WEEKDAYS = (_("mandag"), _("tirsdag"), _("onsdag"), _("torsdag"), _("fredag"), _("lørdag"), _("søndag"))


def paragraph_of(paragraph: str, layer: Layer | str) -> str:
    """A paragraph with whose it is; a room's own stands alone."""
    if not paragraph:
        return ""
    match layer:
        case Layer.MUNICIPALITY | Layer.BASELINE:
            return gettext("%(paragraph)s i kommunens retningslinjer", paragraph=paragraph)
        case Layer.VENUE:
            return gettext("%(paragraph)s i reglene for bygget", paragraph=paragraph)
        case _:
            return paragraph


def activity(value: str) -> str:
    """What a room is used for."""
    return choice(Activity(value))


def uses(text: str) -> str:
    """Activities as a fault carries them, with commas between."""
    return listed([activity(one).lower() for one in text.split(", ")])


def kind(value: str) -> str:
    """What a kind of rule is about: what its class says that it is ``called``, else its own name."""
    called = str(getattr(KNOWN.get(value), "called", ""))
    return gettext(called) if called else readable(value)


def kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """All kinds under their headings, as a form offers them."""
    return [(gettext(heading), [(word, kind(word)) for word in words]) for heading, words in by_heading()]


def choice(value: Any) -> str:
    """What one of the choices that a rule offers is called."""
    words = CHOICES.get(type(value), {})
    return gettext(words[value]) if value in words else readable(written(value))


def choices(members: Iterable[Any]) -> list[tuple[str, str]]:
    """The members of an enumeration as a form offers them."""
    return [(written(member), choice(member)) for member in members]


def written(value: Any) -> str:
    """A choice as a document writes it."""
    return str(value.value if isinstance(value, Enum) else value)


def readable(name: str) -> str:
    """A name of the code as words: ``at_least``, ``by-role``."""
    return name.replace("_", " ").replace("-", " ").replace(".", ": ").strip().capitalize()


def layer(value: str) -> str:
    """Whose document it is."""
    return choice(Layer(value))


def weekday(number: int) -> str:
    """An ISO weekday; 1 is Monday."""
    return gettext(WEEKDAYS[number - 1])


def weekdays(numbers: Iterable[int]) -> str:
    """``mandag–fredag``, ``lørdag og søndag``."""
    days = sorted(set(numbers))
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{weekday(days[0])}–{weekday(days[-1])}"
    return both([weekday(day) for day in days])


def amount(number: int, unit: Unit) -> str:
    """``2 virkedager``."""
    match unit:
        case Unit.HOURS:
            return ngettext("%(num)d time", "%(num)d timer", number)
        case Unit.DAYS:
            return ngettext("%(num)d dag", "%(num)d dager", number)
        case Unit.WEEKS:
            return ngettext("%(num)d uke", "%(num)d uker", number)
        case Unit.MONTHS:
            return ngettext("%(num)d måned", "%(num)d måneder", number)
        case Unit.WORKING_HOURS:
            return ngettext("%(num)d arbeidstime", "%(num)d arbeidstimer", number)
        case Unit.WORKING_DAYS:
            return ngettext("%(num)d virkedag", "%(num)d virkedager", number)


def price_class(slug: str, names: Mapping[str, str]) -> str:
    """A price class by the name its document gives it; the list price has one of its own."""
    return names.get(slug) or (gettext("Full pris") if slug == LIST else slug)


def both(words: list[str]) -> str:
    """``a``, ``a og b``, ``a, b og c``."""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s og %(last)s", first=", ".join(words[:-1]), last=words[-1])


SPECS["uses"] = uses
