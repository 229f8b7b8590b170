"""Every reason for which a wish is refused has its own few words; price lists and numbers are told as people write them."""

from flask import Flask

from booking.support.grants.labels import rules_in_words, tariff_label
from booking.support.grants.rules import Rules
from booking.support.labels import REASONS
from booking.support.models import SchemeKind
from kernel.errors import Fault
from web.objections import POLICIES
from web.wording import sentence


def test_every_objection_of_a_policy_has_few_words() -> None:
    assert {code for code in POLICIES if code.startswith("policy:")} - REASONS.keys() == set()


def test_price_lists_and_steps_are_told_as_people_write_them(app: Flask) -> None:
    stored = ("2025 2025-01-01", "Sommer, ny 2026-06-01, 2026 2026-01-01", "2026-01-01", "uten dag")
    step = Fault("not-a-step", "hours", "0.1", {"step": 0.25})
    with app.test_request_context():
        told = [tariff_label(one) for one in stored]
        said = sentence(step)

    assert told == ["2025 (fra 01.01.2025)", "Sommer, ny (fra 01.06.2026), 2026 (fra 01.01.2026)", "Sats fra 01.01.2026", "uten dag"]
    assert said == "Tallet må gå opp i 0,25."


def test_the_rules_of_a_scheme_name_the_buildings_that_it_is_for(app: Flask) -> None:
    rules = Rules(venues=("union-scene", "oren-flerbrukshall", "borte"))
    names = {"union-scene": "Union Scene", "oren-flerbrukshall": "Øren flerbrukshall"}
    with app.test_request_context():
        told = rules_in_words(rules, SchemeKind.ROOMS, venues=names)

    assert told == ["Gjelder i Union Scene, Øren flerbrukshall eller borte."]
