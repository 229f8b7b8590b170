"""Rules in plain words: what each rule says, for whom and when, in the language of the request."""

from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeVar

from accounts.labels import applicant_class, role
from policies import labels
from policies.kinds import FRAME
from policies.occasion import clock
from policies.rules.applicants import Eligibility
from policies.rules.base import Comparator, Consequence, Rule, Span
from policies.rules.counts import AgreementHours, Quota
from policies.rules.handling import Buffers, DecisionRoute, Route
from policies.rules.opening import Opening
from policies.rules.tariff import PriceRule
from policies.rules.timing import Grid, Horizon, LeadTime, Length
from policies.rules.use import Capacity, Purpose
from policies.values import NAMELESS, Names, band, scope_words, told_fields, when_words
from policies.verdict import Effect
from venues.labels import facility_label
from venues.opening import Openness
from web import formats
from web.texts import current_locale, ngettext
from web.texts import gettext as _
from web.written import listed

R = TypeVar("R", bound=Rule)
Sentences = Iterator[str]
# What any rule may say beside what its kind does: who grants exceptions, who looks at it.
LATER = Rule.model_fields.keys() - FRAME
TELLERS: dict[type[Rule], Callable[[Any], Sentences]] = {}


def sentences(rule: Rule, names: Names = NAMELESS) -> tuple[str, ...]:
    """What a rule says, a sentence each; what it leaves open is not mentioned. ``names`` are those of price classes."""
    if isinstance(rule, PriceRule):
        said = price_sentences(rule, names)
    else:
        said = TELLERS[type(rule)](rule) if type(rule) in TELLERS else field_sentences(rule, names)
    return (*said, *_told(rule, LATER))


def tells(kind: type[R]) -> Callable[[Callable[[R], Sentences]], Callable[[R], Sentences]]:
    """Marks the function that puts a kind of rule into words; a kind without one is told field by field."""

    def register(teller: Callable[[R], Sentences]) -> Callable[[R], Sentences]:
        TELLERS[kind] = teller
        return teller

    return register


@tells(Eligibility)
def _eligibility(rule: Eligibility) -> Sentences:
    if rule.allowed:
        yield _("Kan bookes av %(classes)s.", classes=listed([applicant_class(one).lower() for one in rule.allowed]))
    if rule.registered is not None:
        yes, no = _("Organisasjonen må stå i Frivillighetsregisteret."), _("Bare for dem som ikke står i Frivillighetsregisteret.")
        yield yes if rule.registered else no
    if rule.local is not None:
        yes, no = _("Organisasjonen må høre til i kommunen."), _("Bare for dem som ikke hører til i kommunen.")
        yield yes if rule.local else no
    if rule.any_status:
        yield _("Søkeren må ha status %(statuses)s.", statuses=listed(list(rule.any_status)))
    if rule.any_role:
        yield _("Den som booker må ha rollen %(roles)s.", roles=listed(list(rule.any_role)))
    if rule.age:
        yield _age(rule.age.comparator, rule.age.years)
    yield from _told(rule, {"no_status", "figures"})
    if rule.effect is not Effect.REFUSE:
        yield _("Andre ønsker %(effect)s.", effect=_(labels.EFFECTS[rule.effect]))


@tells(Purpose)
def _purpose(rule: Purpose) -> Sentences:
    if rule.allowed:
        yield _("Bare til %(uses)s.", uses=listed([labels.activity(one).lower() for one in rule.allowed]))
    if rule.forbidden:
        yield _("Ikke til %(uses)s.", uses=listed([labels.activity(one).lower() for one in rule.forbidden]))
    if rule.any_tag:
        yield _("Bare i rom med %(tags)s.", tags=listed([facility_label(one) for one in rule.any_tag]))
    if rule.effect is not Effect.REFUSE and (rule.allowed or rule.forbidden):
        yield _("Annen bruk %(effect)s.", effect=_(labels.EFFECTS[rule.effect]))
    if rule.commercial is not Consequence.ALLOW:
        yield _("Kommersiell bruk %(effect)s.", effect=_(labels.CONSEQUENCES[rule.commercial]))
    if rule.alcohol is not Consequence.ALLOW:
        yield _("Alkohol %(effect)s.", effect=_(labels.CONSEQUENCES[rule.alcohol]))
    if rule.closed_to_others is not Consequence.ALLOW:
        yield _("Det som ikke er åpent for alle, %(effect)s.", effect=_(labels.CONSEQUENCES[rule.closed_to_others]))


@tells(Opening)
def _opening(rule: Opening) -> Sentences:
    if rule.only_between:
        yield _("Bare kl. %(band)s.", band=band(rule.only_between))
    for hours in rule.hours:
        when = ", ".join(when_words(hours)) or _("hele døgnet")
        yield _("Åpent %(when)s.", when=when) if hours.state is Openness.OPEN else _("Åpent etter avtale %(when)s.", when=when)
    if rule.outside is Consequence.REFUSE:
        yield _("Bare når rommet er åpent.")
    else:
        yield _("Tid utenfor åpningstiden %(effect)s.", effect=_(labels.CONSEQUENCES[rule.outside]))
    yield from _told(rule, {"open_breaks"})
    told = (
        (rule.by_agreement, _("Tid som er åpen etter avtale")),
        (rule.public_holiday, _("Bruk på helligdager")),
        (rule.school_break, _("Bruk i skoleferier")),
        (rule.unknown, _("Bruk når vi ikke kjenner åpningstiden")),
    )
    for consequence, subject in told:
        if consequence is not Consequence.ALLOW:
            yield _("%(subject)s %(effect)s.", subject=subject, effect=_(labels.CONSEQUENCES[consequence]))


@tells(LeadTime)
def _lead_time(rule: LeadTime) -> Sentences:
    if rule.notice.amount == 0 and rule.comparator is Comparator.AT_LEAST:
        yield _("Man kan booke helt til det begynner.")
        return
    more = rule.comparator is Comparator.OVER
    said = _("Man må be om det mer enn %(time)s før.") if more else _("Man må be om det minst %(time)s før.")
    yield said % {"time": _span(rule.notice)}
    yield from _otherwise(rule.effect)


@tells(Horizon)
def _horizon(rule: Horizon) -> Sentences:
    if rule.ahead:
        less = rule.comparator is Comparator.UNDER
        said = _("Man kan booke mindre enn %(time)s fram.") if less else _("Man kan booke høyst %(time)s fram.")
        yield said % {"time": _span(rule.ahead)}
    if rule.last_date:
        yield _("Man kan booke til og med %(day)s.", day=formats.long_date(rule.last_date))
    yield from _otherwise(rule.effect)


@tells(Length)
def _length(rule: Length) -> Sentences:
    if rule.at_least is not None:
        yield _("Minst %(time)s.", time=formats.duration(rule.at_least))
    if rule.at_most is not None:
        yield _("Høyst %(time)s.", time=formats.duration(rule.at_most))
    yield from _otherwise(rule.effect)


@tells(Grid)
def _grid(rule: Grid) -> Sentences:
    if rule.minutes == 60 and not rule.offset:
        yield _("Begynner og slutter på hele timer.")
    elif rule.offset:
        yield _("Begynner og slutter hvert %(minutes)d. minutt, regnet fra kl. %(clock)s.", minutes=rule.minutes, clock=clock(rule.offset))
    else:
        yield _("Begynner og slutter hvert %(minutes)d. minutt.", minutes=rule.minutes)
    yield from _otherwise(rule.effect)


@tells(Capacity)
def _capacity(rule: Capacity) -> Sentences:
    if rule.at_most is not None:
        yield _("Høyst %(heads)d personer.", heads=rule.at_most)
    if rule.at_least is not None:
        yield _("Minst %(heads)d personer.", heads=rule.at_least)
    yield _("Flere enn rommet tar %(effect)s.", effect=_(labels.CONSEQUENCES[rule.over]))
    if rule.unknown_capacity is not Consequence.ALLOW:
        yield _("Når vi ikke vet hvor mange rommet tar: bookingen %(effect)s.", effect=_(labels.CONSEQUENCES[rule.unknown_capacity]))


@tells(Quota)
def _quota(rule: Quota) -> Sentences:
    less = rule.comparator is Comparator.UNDER
    said = _("Mindre enn %(time)s %(period)s for %(subject)s.") if less else _("Høyst %(time)s %(period)s for %(subject)s.")
    facts = {"time": _how_much(rule), "period": _(labels.PERIODS[rule.period]), "subject": _(labels.SUBJECTS[rule.per])}
    yield said % facts
    yield from _otherwise(rule.effect)


def _how_much(rule: Quota) -> str:
    time = [formats.duration(rule.minutes)] if rule.minutes is not None else []
    dates = [ngettext("%(num)d dato", "%(num)d datoer", rule.dates)] if rule.dates is not None else []
    return listed([*time, *dates])


@tells(AgreementHours)
def _agreement(rule: AgreementHours) -> Sentences:
    told = (
        (rule.over, _("Timer ut over avtalen")),
        (rule.other_room, _("Andre rom enn avtalens")),
        (rule.other_dates, _("Datoer utenfor avtalen")),
    )
    for consequence, subject in told:
        yield _("%(subject)s %(effect)s.", subject=subject, effect=_(labels.CONSEQUENCES[consequence]))


@tells(DecisionRoute)
def _decision(rule: DecisionRoute) -> Sentences:
    by = rule.title.in_language(current_locale().language) or role(rule.role).lower()
    waits = rule.route is Route.BY_ROLE
    yield _("Det er %(by)s som svarer.", by=by) if waits else _("Man får svar med én gang.")
    if rule.promise:
        within = labels.amount(rule.promise.amount, rule.promise.unit)
        yield _("Svaret kommer innen %(time)s.", time=within) if waits else _("Det som må vurderes, får svar innen %(time)s.", time=within)
    if rule.hold:
        yield _("Tiden holdes av i %(time)s mens man venter.", time=labels.amount(rule.hold.amount, rule.hold.unit))
    elif waits:
        yield _("Tiden holdes ikke av mens man venter.")
    if rule.promise and rule.late is not Consequence.ALLOW and waits:
        yield _("Det som begynner før svaret kan komme, %(effect)s.", effect=_(labels.CONSEQUENCES[rule.late]))


@tells(Buffers)
def _buffers(rule: Buffers) -> Sentences:
    if rule.before:
        yield _("%(time)s før er satt av til klargjøring.", time=formats.duration(rule.before))
    if rule.after:
        yield _("%(time)s etter er satt av til rydding.", time=formats.duration(rule.after))
    if not rule.before and not rule.after:
        yield _("Ingen tid er satt av før eller etter.")
    yield from _told(rule, {"checklist"})


def price_sentences(rule: PriceRule, names: Names) -> Sentences:
    """Who belongs to which price class, and what follows where there is no price."""
    for assigned in rule.assignments:
        who = ", ".join(scope_words(assigned)) or _("alle andre")
        yield _("%(who)s: prisklasse %(name)s.", who=who[:1].upper() + who[1:], name=labels.price_class(assigned.price_class, names))
    if rule.missing is not Consequence.ALLOW:
        yield _("Det som ikke har noen pris, %(effect)s.", effect=_(labels.CONSEQUENCES[rule.missing]))


def field_sentences(rule: Rule, names: Names) -> Sentences:
    """What the fields of any kind say, a sentence each."""
    yield from (told.sentence for told in told_fields(rule, names, but={*Rule.model_fields, "effect"}))
    effect = getattr(rule, "effect", None)
    if isinstance(effect, Effect):
        yield from _otherwise(effect)


def _told(rule: Rule, wanted: Collection[str]) -> Sentences:
    """Fields that have no words of their own."""
    yield from (told.sentence for told in told_fields(rule) if told.name in wanted)


def _otherwise(effect: Effect) -> Sentences:
    if effect is not Effect.REFUSE:
        yield _("Ellers: bookingen %(effect)s.", effect=_(labels.EFFECTS[effect]))


def _age(comparator: Comparator, years: int) -> str:
    match comparator:
        case Comparator.AT_LEAST:
            return _("Den som booker må ha fylt %(years)d år.", years=years)
        case Comparator.OVER:
            return _("Den som booker må ha fylt %(years)d år.", years=years + 1)
        case Comparator.AT_MOST:
            return _("Den som booker kan være høyst %(years)d år.", years=years)
        case Comparator.UNDER:
            return _("Den som booker må være under %(years)d år.", years=years)


def _span(span: Span) -> str:
    return labels.amount(span.amount, span.unit)
