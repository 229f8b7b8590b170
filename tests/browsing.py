"""What a browser finds wrong with a page: axe's verdict by the WCAG rules of level A and AA."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

ROOT = Path(__file__).parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
QUIET = [
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
]
FLAGS = [f"--{flag}" for flag in QUIET]
# Nothing slides: without script nobody can wait for a button to stand still, and a click goes where it was.
USUAL: dict[str, Any] = {"locale": "nb-NO", "timezone_id": "Europe/Oslo", "reduced_motion": "reduce"}
HOW = "install it (Debian: apt-get install chromium)"
WIDE, NARROW = 1280, 360
Axe = Callable[..., list[str]]


def chromium() -> str | None:
    """The browser's program, None when this machine has none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def violations(page: Page, *, within: str = "html") -> list[str]:
    """One line per element that breaks a rule, nothing when the page is fine; ``within`` is a CSS selector."""
    # Evaluated, not added as a script: our content security policy would rightly stop that.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    # What passes is not gathered: that took most of the time.
    found = page.evaluate("([within, tags]) => axe.run(within, {runOnly: tags, resultTypes: ['violations']})", [within, TAGS])
    return [
        f"{broken['id']} at {', '.join(map(str, node['target']))}: {node['failureSummary']}"
        for broken in found["violations"]
        for node in broken["nodes"]
    ]


def barriers(page: Page, axe: Axe, address: str = "", *, status: int = 200) -> list[str]:
    """What keeps somebody from using a page, on a wide window and on a telephone: axe's verdict, and being wider than either.

    An address is opened first; another status or another page in its place is a fault too.
    """
    page.set_viewport_size({"width": WIDE, "height": 900})
    answer = page.goto(address) if address else None
    faults = []
    if answer and (answer.status != status or urlsplit(page.url).path != urlsplit(address).path):
        faults.append(f"{answer.status} {page.url} for {address}")
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{page.url} at {width}: {fault}" for fault in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{page.url} at {width}: wider than the window")
    return faults
