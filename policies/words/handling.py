"""Words for the rules about handling: who answers and when, how that is contested, and the time around a booking."""

from accounts.labels import role
from policies import labels
from policies.rules.base import Consequence
from policies.rules.handling import Buffers, ComplaintRule, DecisionRoute, Publicity, Route
from policies.values import reason
from policies.words.tellers import Sentences, becomes, tells
from web import formats
from web.texts import gettext as _
from web.texts import ngettext


@tells(DecisionRoute)
def _decision(rule: DecisionRoute) -> Sentences:
    by = reason(rule.title) or role(rule.role).lower()
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
        yield becomes(_("Det som begynner før svaret kan komme,"), rule.late)


@tells(Buffers)
def _buffers(rule: Buffers) -> Sentences:
    if rule.before:
        yield _("%(time)s før er satt av til klargjøring.", time=formats.duration(rule.before))
    if rule.after:
        yield _("%(time)s etter er satt av til rydding.", time=formats.duration(rule.after))
    if not rule.before and not rule.after:
        yield _("Ingen tid er satt av før eller etter.")
    if rule.checklist:
        yield _("Husk før dere går: %(lines)s.", lines="; ".join(reason(one).rstrip(".") for one in rule.checklist))


@tells(Publicity)
def _publicity(rule: Publicity) -> Sentences:
    by_default = _("Alle kan lese hvilken organisasjon som har booket, hvis ikke den som booker, sier noe annet.")
    yield by_default if rule.shown else _("Ingen andre ser hvem som har booket, hvis ikke den som booker, sier noe annet.")


@tells(ComplaintRule)
def _complaint(rule: ComplaintRule) -> Sentences:
    yield ngettext("Et avslag kan påklages innen %(num)d dag.", "Et avslag kan påklages innen %(num)d dager.", rule.days)
    if reason(rule.body):
        yield _("Klagen sendes til %(body)s.", body=reason(rule.body))
