"""Rules in plain words: what each rule says, for whom and when, in the language of the request."""

from accounts.labels import role
from policies.rules.base import Rule
from policies.rules.tariff import PriceRule
from policies.values import NAMELESS, Names
from policies.words import access, charges, counts, handling, order, people, times
from policies.words.tellers import TELLERS, Sentences, field_sentences
from web.texts import gettext as _

# Each of these holds the tellers of some kinds.
TOLD_IN = (people, times, counts, order, handling, access, charges)


def sentences(rule: Rule, names: Names = NAMELESS) -> tuple[str, ...]:
    """What a rule says, a sentence each; what it leaves open is not mentioned. ``names`` are those of price classes."""
    if isinstance(rule, PriceRule):
        said = charges.price_sentences(rule, names)
    else:
        said = TELLERS[type(rule)](rule) if type(rule) in TELLERS else field_sentences(rule, names)
    return (*said, *_of_any(rule))


def _of_any(rule: Rule) -> Sentences:
    """What a rule of any kind may say beside: who looks at it, who grants exceptions."""
    if rule.review_by:
        yield _("Det er %(role)s som vurderer det.", role=role(rule.review_by).lower())
    if rule.waiver:
        yield _("%(role)s kan gjøre unntak.", role=role(rule.waiver.by))
