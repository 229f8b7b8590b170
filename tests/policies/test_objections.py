"""Whatever a rule objects to is told in a sentence."""

import re
from pathlib import Path

from web.objections import POLICIES

RULES = Path(__file__).parents[2] / "policies"


def test_everything_that_a_rule_can_object_to_has_a_sentence() -> None:
    written = "".join(file.read_text(encoding="utf-8") for file in sorted(RULES.rglob("*.py")))
    codes = set(re.findall(r"Breach\(\s*\"([a-z-]+)\"", written)) | set(re.findall(r"_breach\(\"([a-z-]+)\"", written))

    assert len(codes) > 40
    assert {f"policy:{code}" for code in codes} - POLICIES.keys() == set()
