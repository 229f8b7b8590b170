"""Words for the rules about time: when a room is open, when and how long one books, seasons, deadlines and hours of ages."""

from policies import labels
from policies.occasion import clock
from policies.rules.base import Comparator, Consequence
from policies.rules.opening import Opening
from policies.rules.people import PrimeTime
from policies.rules.periods import ApplicationWindow, DropIn, SeasonRule
from policies.rules.timing import Grid, Horizon, LeadTime, Length
from policies.values import anchored, band, period_names, season, when_text, whom_of_ages
from policies.verdict import Effect
from policies.words.tellers import Sentences, becomes, becomes_each, otherwise, span, tells
from venues.opening import Openness
from web import formats
from web.texts import gettext as _


@tells(Opening)
def _opening(rule: Opening) -> Sentences:
    if rule.only_between:
        yield _("Bare kl. %(band)s.", band=band(rule.only_between))
    for hours in rule.hours:
        when = when_text(hours) or _("hele døgnet")
        yield _("Åpent %(when)s.", when=when) if hours.state is Openness.OPEN else _("Åpent etter avtale %(when)s.", when=when)
    if rule.outside is Consequence.REFUSE:
        yield _("Bare når rommet er åpent.")
    else:
        yield becomes(_("Tid utenfor åpningstiden"), rule.outside)
    if rule.open_breaks:
        yield _("Åpent som ellers i %(breaks)s.", breaks=labels.both([one.lower() for one in rule.open_breaks]))
    yield from becomes_each(
        (rule.by_agreement, _("Tid som er åpen etter avtale")),
        (rule.public_holiday, _("Bruk på helligdager")),
        (rule.school_break, _("Bruk i skoleferier")),
        (rule.unknown, _("Bruk når vi ikke kjenner åpningstiden")),
    )


@tells(LeadTime)
def _lead_time(rule: LeadTime) -> Sentences:
    if rule.notice.amount == 0 and rule.comparator is Comparator.AT_LEAST:
        yield _("Man kan booke helt til det begynner.")
        return
    more = rule.comparator is Comparator.OVER
    said = _("Man må be om det mer enn %(time)s før.") if more else _("Man må be om det minst %(time)s før.")
    yield said % {"time": span(rule.notice)}
    yield from otherwise(rule.effect)


@tells(Horizon)
def _horizon(rule: Horizon) -> Sentences:
    if rule.ahead:
        less = rule.comparator is Comparator.UNDER
        said = _("Man kan booke mindre enn %(time)s fram.") if less else _("Man kan booke høyst %(time)s fram.")
        yield said % {"time": span(rule.ahead)}
    if rule.last_date:
        yield _("Man kan booke til og med %(day)s.", day=formats.long_date(rule.last_date))
    yield from otherwise(rule.effect)


@tells(Length)
def _length(rule: Length) -> Sentences:
    if rule.at_least is not None:
        yield _("Minst %(time)s.", time=formats.duration(rule.at_least))
    if rule.at_most is not None:
        yield _("Høyst %(time)s.", time=formats.duration(rule.at_most))
    yield from otherwise(rule.effect)


@tells(Grid)
def _grid(rule: Grid) -> Sentences:
    if rule.minutes == 60 and not rule.offset:
        yield _("Begynner og slutter på hele timer.")
    elif rule.offset:
        yield _("Begynner og slutter hvert %(minutes)d. minutt, regnet fra kl. %(clock)s.", minutes=rule.minutes, clock=clock(rule.offset))
    else:
        yield _("Begynner og slutter hvert %(minutes)d. minutt.", minutes=rule.minutes)
    yield from otherwise(rule.effect)


@tells(SeasonRule)
def _season(rule: SeasonRule) -> Sentences:
    parts = [*(season(one) for one in rule.during), *([period_names(rule.named)] if rule.named else [])]
    yield _("Kan brukes %(parts)s.", parts=labels.both(parts))
    if rule.effect is not Effect.REFUSE:
        yield becomes(_("Bruk utenom"), rule.effect)


@tells(ApplicationWindow)
def _application_window(rule: ApplicationWindow) -> Sentences:
    use, closes = season(rule.season), anchored(rule.closes)
    if rule.opens:
        yield _("Bruk %(season)s søker man om fra %(opens)s til %(closes)s.", season=use, opens=anchored(rule.opens), closes=closes)
        yield from becomes_each((rule.early, _("Søknader før det")))
    else:
        yield _("Søknadsfristen for bruk %(season)s er %(closes)s.", season=use, closes=closes)
    yield from becomes_each((rule.inside, _("Andre bookinger i søknadstiden")), (rule.late, _("Søknader etter fristen")))


@tells(DropIn)
def _drop_in(rule: DropIn) -> Sentences:
    yield _("Ledig tid kan bookes fra %(time)s før, én gang om gangen.", time=span(rule.released))
    if rule.effect is not Effect.REFUSE:
        yield becomes(_("Bookinger før det, og faste tider,"), rule.effect)


@tells(PrimeTime)
def _prime_time(rule: PrimeTime) -> Sentences:
    for hours in rule.hours:
        when = when_text(hours) or _("hele døgnet")
        yield _("Tiden %(when)s er for %(whom)s.", when=when, whom=whom_of_ages(hours.ages))
    yield from becomes_each((rule.others, _("Ønsker fra andre om denne tiden")), (rule.elsewhere, _("Ønsker fra de samme om andre tider")))
