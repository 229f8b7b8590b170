"""Words for the rules about access: what has to be done before anybody enters, who is on site, and how one gets in."""

from collections.abc import Mapping

from kernel.texts import marked as _
from policies import labels
from policies.rules.access import AccessRule, Attendant, Conditional, ConditionRule, Distribution, Means, Overdue, Responsible
from policies.rules.base import Consequence
from policies.values import anchored, reason
from policies.verdict import By, Task, Where, Whose
from policies.words.tellers import Sentences, follows, tells
from web import formats
from web.texts import gettext, ngettext

TASKS: Mapping[Task, str] = {
    Task.SIGN: _("Før noen slippes inn, må dette være lest og signert: %(title)s."),
    Task.UPLOAD: _("Før noen slippes inn, må dette være sendt inn: %(title)s."),
    Task.CONFIRM: _("Før noen slippes inn, må dette være bekreftet: %(title)s."),
}
MEANS: Mapping[Means, str] = {
    Means.KEY: _("Man kommer inn med nøkkel."),
    Means.CARD: _("Man kommer inn med kort."),
    Means.CODE: _("Man kommer inn med kode."),
    Means.STAFF: _("En ansatt låser opp."),
}
SWAPS: Mapping[str, str] = {
    "free": _("Klubbene kan fritt bytte tid med hverandre."),
    "reported": _("Klubbene kan bytte tid med hverandre når de sier fra."),
    "with-consent": _("Klubbene kan bytte tid med hverandre når kommunen sier ja."),
    "forbidden": _("Klubbene kan ikke bytte tid med hverandre."),
}


@tells(ConditionRule)
def _condition(rule: ConditionRule) -> Sentences:
    yield gettext(TASKS[rule.task], title=reason(rule.title))
    if rule.by is By.STAFF:
        yield gettext("Det er kommunen som gjør det.")
    yield from _due(rule)
    if rule.whose is not Whose.BOOKING:
        yield gettext(
            "Gjort én gang gjelder det for %(whose)s i %(where)s.", whose=labels.choice(rule.whose), where=labels.choice(rule.where)
        )
    elif rule.where is Where.ROOM:
        yield gettext("Det gjelder bare for dette rommet.")
    if rule.valid_days:
        yield ngettext("Det gjelder i %(num)d dag.", "Det gjelder i %(num)d dager.", rule.valid_days)


@tells(Responsible)
def _responsible(rule: Responsible) -> Sentences:
    yield ngettext(
        "Minst %(num)d voksen som har fylt %(age)d år, skal være til stede og navngis før noen slippes inn.",
        "Minst %(num)d voksne som har fylt %(age)d år, skal være til stede og navngis før noen slippes inn.",
        rule.number,
        age=rule.least_age,
    )
    if rule.per_heads:
        yield ngettext("Én for hver deltaker.", "Én for hver %(num)d. deltaker.", rule.per_heads)
    yield from _due(rule)


@tells(Attendant)
def _attendant(rule: Attendant) -> Sentences:
    yield gettext("Noen fra kommunen skal være til stede.")
    if rule.until_found is not Consequence.ALLOW:
        yield gettext("Til noen er funnet, %(follows)s.", follows=follows(rule.until_found))
    yield from _due(rule)


@tells(Distribution)
def _distribution(rule: Distribution) -> Sentences:
    yield gettext("Klubben sier fra om hvilket lag som har hvilken tid.")
    yield gettext(SWAPS[rule.swaps])
    if rule.joint:
        yield gettext("Hovedlaget søker samlet om faste tider.")
    yield from _due(rule)


@tells(AccessRule)
def _access(rule: AccessRule) -> Sentences:
    yield gettext(MEANS[rule.means])
    if rule.before:
        yield gettext("Man slippes inn %(time)s før.", time=formats.duration(rule.before))
    if rule.after:
        yield gettext("Man må være ute %(time)s etter.", time=formats.duration(rule.after))
    if reason(rule.fetched):
        yield gettext("Hentes her: %(place)s.", place=reason(rule.fetched).rstrip("."))
    if rule.deposit:
        yield gettext("Depositum: %(amount)s.", amount=formats.kroner(rule.deposit))


def _due(rule: Conditional) -> Sentences:
    """By when it has to be done, and what follows when it is not."""
    if rule.due:
        yield gettext("Det må være gjort innen %(day)s hvert år.", day=anchored(rule.due))
    if rule.due_before:
        yield gettext("Det må være gjort senest %(time)s før.", time=labels.amount(rule.due_before.amount, rule.due_before.unit))
    if (rule.due or rule.due_before) and rule.overdue is Overdue.WITHDRAW:
        yield gettext("Ellers kan tiden tas tilbake, etter varsel.")
