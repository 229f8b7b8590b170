"""Copies from ``node_modules`` to ``web/static/vendor`` the files that ``web/assets.json`` names."""

import json
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "web" / "static" / "vendor"


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    wanted = json.loads((ROOT / "web" / "assets.json").read_text(encoding="utf-8"))
    for source, place in wanted.items():
        (VENDOR / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "node_modules" / source, VENDOR / place)


if __name__ == "__main__":
    main()
