"""Words for the rules about counts: how much each may use, and what an agreement gives."""

from policies import labels
from policies.rules.base import Comparator
from policies.rules.counts import AgreementHours, BadHours, Concurrency, Measure, Quota
from policies.values import times
from policies.words.tellers import Sentences, becomes, otherwise, tells
from web import formats
from web.texts import gettext as _
from web.texts import ngettext
from web.written import listed


@tells(Quota)
def _quota(rule: Quota) -> Sentences:
    less = rule.comparator is Comparator.UNDER
    said = _("Mindre enn %(time)s %(period)s for %(subject)s.") if less else _("Høyst %(time)s %(period)s for %(subject)s.")
    facts = {"time": _how_much(rule), "period": labels.choice(rule.period), "subject": labels.choice(rule.per)}
    yield said % facts
    yield from otherwise(rule.effect)


def _how_much(rule: Quota) -> str:
    time = [formats.duration(rule.minutes)] if rule.minutes is not None else []
    dates = [ngettext("%(num)d dato", "%(num)d datoer", rule.dates)] if rule.dates is not None else []
    return listed([*time, *dates])


@tells(Concurrency)
def _concurrency(rule: Concurrency) -> Sentences:
    subject = labels.choice(rule.per)
    if rule.measure is Measure.AT_ONCE:
        yield ngettext(
            "Høyst %(num)d rom på samme tid for %(subject)s.",
            "Høyst %(num)d rom på samme tid for %(subject)s.",
            rule.at_most,
            subject=subject,
        )
    else:
        yield ngettext(
            "Høyst %(num)d dato framover for %(subject)s.", "Høyst %(num)d datoer framover for %(subject)s.", rule.at_most, subject=subject
        )
    yield from otherwise(rule.effect)


@tells(BadHours)
def _bad_hours(rule: BadHours) -> Sentences:
    subject = labels.choice(rule.per)
    yield _(
        "%(subject)s med mer enn %(time)s %(period)s tar minst %(percent)d %% av den på tider få vil ha: %(times)s.",
        subject=subject[:1].upper() + subject[1:],
        time=formats.duration(rule.over),
        period=labels.choice(rule.period),
        percent=rule.percent,
        times=times(rule.hours),
    )
    yield from otherwise(rule.effect)


@tells(AgreementHours)
def _agreement(rule: AgreementHours) -> Sentences:
    yield becomes(_("Timer ut over avtalen"), rule.over)
    yield becomes(_("Andre rom enn avtalens"), rule.other_room)
    yield becomes(_("Datoer og tider utenfor avtalen"), rule.other_dates)
