"""Words for the rules about precedence: who comes first, by what points, and who may take another's time."""

from policies import labels
from policies.rules.ranking import DisplacementRule, Formula, Preference, Priority, RankedClass
from policies.values import reason, scope_words
from policies.words.tellers import Sentences, tells
from web import formats
from web.texts import gettext as _
from web.texts import ngettext
from web.written import listed, named

THOUSAND = 1000


@tells(Priority)
def _priority(rule: Priority) -> Sentences:
    order = "; ".join(f"{place}. {_ranked(one)}" for place, one in enumerate(rule.order, start=1))
    yield _("Slik er rekkefølgen: %(order)s. Andre kommer etter.", order=order)


@tells(Preference)
def _preference(rule: Preference) -> Sentences:
    uses = listed([labels.activity(one).lower() for one in rule.preferred])
    points = ngettext("%(num)d poeng", "%(num)d poeng", rule.points)
    if rule.points < 0:
        yield _("Helst ikke til %(uses)s: %(points)s.", uses=uses, points=points)
    else:
        yield _("Helst til %(uses)s: %(points)s.", uses=uses, points=points)


@tells(Formula)
def _formula(rule: Formula) -> Sentences:
    parts = [f"{named(unit.figure)} × {formats.number(unit.weight / THOUSAND)}" for unit in rule.units]
    yield _("Poengene er %(sum)s.", sum=" + ".join(parts))
    if rule.guarantee:
        yield _("Hver er sikret %(time)s i uka.", time=formats.duration(rule.guarantee))
    if rule.reserve:
        yield _("%(percent)d %% av tiden holdes tilbake.", percent=rule.reserve)


@tells(DisplacementRule)
def _displacement(rule: DisplacementRule) -> Sentences:
    yield ngettext(
        "Går foran bruk med mindre styrke enn %(strength)d, med %(num)d dags varsel.",
        "Går foran bruk med mindre styrke enn %(strength)d, med %(num)d dagers varsel.",
        rule.notice_days,
        strength=rule.strength,
    )
    if reason(rule.compensation):
        yield _("Den som må vike, får %(what)s.", what=reason(rule.compensation))


def _ranked(one: RankedClass) -> str:
    """A class by its name, with what it is limited to."""
    name, limits = reason(one.name), ", ".join(scope_words(one))
    return f"{name} ({limits})" if name and limits else name or limits or _("alle andre")
