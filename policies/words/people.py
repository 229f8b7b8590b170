"""Words for the rules about people and use: who may book, for what, how many come, and how old they are."""

from accounts.labels import applicant_class
from policies import labels
from policies.rules.applicants import Eligibility
from policies.rules.base import Comparator, Consequence
from policies.rules.people import AgeMix
from policies.rules.use import Capacity, Purpose
from policies.values import ages, figure_limit
from policies.verdict import Effect
from policies.words.tellers import Sentences, becomes, becomes_each, otherwise, tells
from venues.labels import facility_label
from web.texts import gettext as _
from web.texts import ngettext
from web.written import listed, named


@tells(Eligibility)
def _eligibility(rule: Eligibility) -> Sentences:
    if rule.allowed:
        yield _("Kan bookes av %(classes)s.", classes=listed([applicant_class(one).lower() for one in rule.allowed]))
    if rule.registered is not None:
        yes, no = _("Organisasjonen må stå i Frivillighetsregisteret."), _("Bare for dem som ikke står i Frivillighetsregisteret.")
        yield yes if rule.registered else no
    if rule.local is not None:
        yes, no = _("Bare for dem som hører til i kommunen."), _("Bare for dem som ikke hører til i kommunen.")
        yield yes if rule.local else no
    if rule.any_status:
        yield _("Bare for dem kommunen har registrert som %(statuses)s.", statuses=listed([named(one) for one in rule.any_status]))
    if rule.no_status:
        yield _("Ikke for dem kommunen har registrert som %(statuses)s.", statuses=listed([named(one) for one in rule.no_status]))
    if rule.any_role:
        yield _("Den som booker må ha rollen %(roles)s.", roles=listed([named(one) for one in rule.any_role]))
    for limit in rule.figures:
        yield _("Dette kreves av søkeren: %(figure)s.", figure=figure_limit(limit))
    if rule.age:
        yield _age(rule.age.comparator, rule.age.years)
    if rule.effect is not Effect.REFUSE:
        yield becomes(_("Andre ønsker"), rule.effect)


@tells(Purpose)
def _purpose(rule: Purpose) -> Sentences:
    if rule.allowed:
        yield _("Bare til %(uses)s.", uses=listed([labels.activity(one).lower() for one in rule.allowed]))
    if rule.forbidden:
        yield _("Ikke til %(uses)s.", uses=listed([labels.activity(one).lower() for one in rule.forbidden]))
    if rule.any_tag:
        yield _("Bare i rom med %(tags)s.", tags=listed([facility_label(one) for one in rule.any_tag]))
    if rule.effect is not Effect.REFUSE and (rule.allowed or rule.forbidden):
        yield becomes(_("Annen bruk"), rule.effect)
    yield from becomes_each(
        (rule.commercial, _("Kommersiell bruk")),
        (rule.alcohol, _("Alkohol")),
        (rule.closed_to_others, _("Det som ikke er åpent for alle,")),
    )


@tells(Capacity)
def _capacity(rule: Capacity) -> Sentences:
    if rule.at_most is not None:
        yield ngettext("Høyst %(num)d person.", "Høyst %(num)d personer.", rule.at_most)
    if rule.at_least is not None:
        yield ngettext("Minst %(num)d person.", "Minst %(num)d personer.", rule.at_least)
    yield becomes(_("Flere enn rommet tar"), rule.over)
    if rule.unknown_capacity is not Consequence.ALLOW:
        yield _("Når vi ikke vet hvor mange rommet tar: bookingen %(effect)s.", effect=labels.choice(rule.unknown_capacity))


@tells(AgeMix)
def _age_mix(rule: AgeMix) -> Sentences:
    told = ages(rule.ages)
    if rule.at_least is not None:
        yield _("Minst %(heads)d av dem som kommer, er %(ages)s.", heads=rule.at_least, ages=told)
    if rule.others_percent:
        yield _("Hver av de andre regnes som %(percent)d %% av én.", percent=rule.others_percent)
    if rule.at_most == 0:
        yield _("Ingen av dem som kommer, er %(ages)s.", ages=told)
    elif rule.at_most:
        yield _("Høyst %(heads)d av dem som kommer, er %(ages)s.", heads=rule.at_most, ages=told)
    if rule.at_least_percent is not None:
        yield _("Minst %(percent)d %% av dem som kommer, er %(ages)s.", percent=rule.at_least_percent, ages=told)
    if rule.at_most_percent is not None:
        yield _("Høyst %(percent)d %% av dem som kommer, er %(ages)s.", percent=rule.at_most_percent, ages=told)
    yield from otherwise(rule.otherwise)


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
