"""Words for the rules about charges: price classes, surcharges, and what it costs to cancel or not to come."""

from collections.abc import Sequence

from policies import labels
from policies.rules.base import Consequence
from policies.rules.charges import Cancellation, LaterThan, Operation, Surcharge
from policies.rules.counts import NoShow
from policies.rules.tariff import Assignment, PriceRule
from policies.values import Names, reason, scope_words
from policies.verdict import Step
from policies.words.tellers import NEW_BOOKINGS, Sentences, becomes, follows, tells
from web import formats
from web.texts import gettext as _
from web.texts import ngettext

WHOLE = 100


def price_sentences(rule: PriceRule, names: Names) -> Sentences:
    """Who belongs to which price class, and what follows where there is no price."""
    for assigned in rule.assignments:
        who = payers(rule, assigned)
        yield _("%(who)s: prisklasse %(name)s.", who=who[:1].upper() + who[1:], name=labels.price_class(assigned.price_class, names))
    if rule.missing is not Consequence.ALLOW:
        yield becomes(_("Det som ikke har noen pris,"), rule.missing)


def payers(rule: PriceRule, assigned: Assignment) -> str:
    """Who comes into a price class by one of the assignments, with all that is asked of them."""
    return ", ".join(scope_words(assigned)) or (_("alle") if assigned is rule.assignments[0] else _("alle andre"))


def ladder_sentence(steps: Sequence[Step | LaterThan]) -> str:
    """What a cancellation costs, the longest time before first."""
    told = [_rung(step) for step in sorted(steps, key=lambda step: -step.days)]
    return _("Den som avlyser, betaler %(steps)s.", steps=labels.both(told)) if told else _("Å avlyse koster ingenting.")


def absence_sentences(percent: int, release_hours: int) -> Sentences:
    """What it costs that nobody comes, in per cent of the list price, and when a cancellation counts as that."""
    if percent:
        share = _("full pris") if percent == WHOLE else _("%(percent)d %% av full pris", percent=percent)
        yield _("Kommer ingen, koster det %(share)s.", share=share)
    if release_hours:
        time = formats.duration(release_hours * 60)
        yield _("Avlyses det senere enn %(time)s før det begynner, regnes det som om ingen kom.", time=time)


@tells(Cancellation)
def _cancellation(rule: Cancellation) -> Sentences:
    yield ladder_sentence(rule.steps)


@tells(NoShow)
def _no_show(rule: NoShow) -> Sentences:
    yield from absence_sentences(rule.charged_percent, rule.release_hours)
    times = ngettext("%(num)d gang", "%(num)d ganger", rule.times)
    months = ngettext("%(num)d måned", "%(num)d måneder", rule.months)
    yield _(
        "Har ingen kommet %(times)s i løpet av %(months)s, %(follows)s.",
        times=times,
        months=months,
        follows=follows(rule.effect, NEW_BOOKINGS),
    )
    if rule.hearing_days:
        yield ngettext(
            "Den det gjelder, har %(num)d dag på seg til å svare før det teller.",
            "Den det gjelder, har %(num)d dager på seg til å svare før det teller.",
            rule.hearing_days,
        )


@tells(Surcharge)
def _surcharge(rule: Surcharge) -> Sentences:
    yield _("%(title)s: %(amount)s.", title=reason(rule.title), amount=_amount(rule))


def _rung(step: Step | LaterThan) -> str:
    share = _("hele prisen") if step.percent == WHOLE else _("%(percent)d %% av prisen", percent=step.percent)
    return ngettext("%(share)s senere enn %(num)d dag før", "%(share)s senere enn %(num)d dager før", step.days, share=share)


def _amount(rule: Surcharge) -> str:
    per = labels.choice(rule.per)
    match rule.operation:
        case Operation.LEAST_MINUTES:
            return _("man betaler for minst %(time)s", time=formats.duration(rule.minutes or 0))
        case Operation.PERCENT if (rule.percent or 0) < 0:
            return _("%(percent)d %% lavere pris", percent=-(rule.percent or 0))
        case Operation.PERCENT:
            return _("%(percent)d %% i tillegg", percent=rule.percent or 0)
        case Operation.AMOUNT if (rule.ore or 0) < 0:
            return _("%(amount)s lavere pris %(per)s", amount=formats.kroner(-(rule.ore or 0)), per=per)
        case Operation.AMOUNT:
            return _("%(amount)s i tillegg %(per)s", amount=formats.kroner(rule.ore or 0), per=per)
        case Operation.LEAST_AMOUNT:
            return _("prisen er minst %(amount)s", amount=formats.kroner(rule.ore or 0))
        case Operation.INCOME:
            return _share_of_income(rule)


def _share_of_income(rule: Surcharge) -> str:
    if rule.ore:
        return _("%(percent)d %% av inntekten, minst %(amount)s", percent=rule.percent or 0, amount=formats.kroner(rule.ore))
    return _("%(percent)d %% av inntekten", percent=rule.percent or 0)
