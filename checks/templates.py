"""Compiles every template of the app: a typing error in a page that no test opens is found here."""

import sys
import tempfile
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError

from app import create_app
from settings import Settings


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        templates = create_app(Settings(f"sqlite:///{folder}/none.sqlite", secret_key="x" * 32, instance=Path(folder))).jinja_env
        faults = [fault for name in templates.list_templates(extensions=["html", "txt", "xml"]) if (fault := fault_of(templates, name))]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def fault_of(templates: Environment, name: str) -> str:
    try:
        templates.get_template(name)
    except TemplateSyntaxError as error:
        return f"{error.filename}:{error.lineno}: {error.message}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
