"""Every reason for which a wish is refused has its own few words."""

from booking.support.labels import REASONS
from web.objections import POLICIES


def test_every_objection_of_a_policy_has_few_words() -> None:
    assert {code for code in POLICIES if code.startswith("policy:")} - REASONS.keys() == set()
