"""Forms of rules as a browser sends them: a page's form just as it stands, and inputs filled in with what each takes."""

import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape

from werkzeug.datastructures import MultiDict

from policies.drawing import Drawn, Look

TAKES = {
    Look.FIELD: "noe",
    Look.FIGURE: "2",
    Look.KRONER: "150",
    Look.CLOCK: "18:00",
    Look.DATE: "2026-10-01",
    Look.WORDS: "noe",
    Look.LINES: "noe",
    Look.TICK: "yes",
}


def standing_in(page: str) -> MultiDict[str, str]:
    """What a browser would send of a page's forms as they stand, in the order of inputs, texts and selects."""
    body = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    pairs: list[tuple[str, str]] = []
    for tag in re.findall(r"<input[^>]*>", body):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        unticked = attributes.get("type") in ("checkbox", "radio") and " checked" not in tag
        if "name" in attributes and not unticked:
            pairs.append((attributes["name"], unescape(attributes.get("value", ""))))
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', body, re.DOTALL):
        pairs.append((name, unescape(inside)))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', options) or re.findall(r'<option value="([^"]*)"', options)[:1]
        pairs.append((name, unescape(chosen[0])))
    return MultiDict(pairs)


def filled(inputs: Iterable[Drawn]) -> dict[str, str]:
    """Something that each input takes, where one must fill it in."""
    found: dict[str, str] = {}
    for one in inputs:
        if one.look is Look.ROWS and one.is_required:
            found |= filled(one.parts[0].parts)
        elif one.parts and (one.is_required or one.is_needed):
            # What may all be left out needs something all the same.
            found |= filled(one.parts) or filled([replace(one.parts[0], is_required=True)])
        elif one.is_required or one.is_needed:
            found[one.name] = one.choices[0][0] if one.choices else TAKES[one.look]
    return found
