"""Translate: compares what the code says with the catalogues; ``python -m web.translate`` lists what is missing, ``--update`` writes."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from web.language import CATALOGUES, DEFAULT, LANGUAGES

ROOT = Path(__file__).parents[1]
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("web/templates/**.txt", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
SKIPPED = {"tests", "bench", "node_modules", "instance", "vendor"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+(?::\w+)?\}")
HEADER = r"""msgid ""
msgstr ""
"Language: {language}\n"
"Plural-Forms: {plurals}\n"
"Content-Type: text/plain; charset=utf-8\n"

"""


def main(arguments: list[str]) -> int:
    """List faults of all catalogues, after writing them anew with ``--update``; 1 when there are any."""
    said = extracted(ROOT)
    faults: list[str] = []
    for language in LANGUAGES:
        if language == DEFAULT:
            continue
        file = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
        catalogue = read(file, language)
        if "--update" in arguments:
            write(updated(catalogue, said), file)
            catalogue = read(file, language)
        faults += [f"{language}: {fault}" for fault in faults_of(catalogue, said)]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


def extracted(root: Path) -> Catalog:
    """All msgids of the code and the templates."""
    said = Catalog()
    found = extract_from_dir(root, METHODS, keywords=KEYWORDS, directory_filter=_is_ours)
    for _file, _line, msgid, _comments, context in found:
        said.add(msgid, context=context)
    return said


def faults_of(catalogue: Catalog, said: Catalog) -> Iterator[str]:
    """What is not translated, no longer said, or translated with other placeholders than it has."""
    for message in _messages(said):
        translated = catalogue.get(message.id)
        if translated is None or not all(_forms(translated.string)):
            yield f"not translated: {_forms(message.id)[0]}"
        elif not _agrees(message, translated):
            yield f"placeholders differ: {_forms(message.id)[0]}"
    for message in _messages(catalogue):
        if said.get(message.id) is None:
            yield f"no longer said: {_forms(message.id)[0]}"


def updated(catalogue: Catalog, said: Catalog) -> Catalog:
    """The catalogue with exactly the msgids that are said, keeping the translations that there are."""
    fresh = Catalog(locale=catalogue.locale, project="Arena", fuzzy=False)
    for message in _messages(said):
        known = catalogue.get(message.id)
        fresh.add(message.id, known.string if known else None, flags=message.flags)
    return fresh


def read(file: Path, language: str) -> Catalog:
    """A catalogue as written, an empty one when there is none."""
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as opened:
        return read_po(opened, locale=language)


def write(catalogue: Catalog, file: Path) -> None:
    """Write sorted and without dates and places, so that two branches rarely touch the same lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as opened:
        opened.write(HEADER.format(language=file.parent.parent.name, plurals=catalogue.plural_forms).encode())
        write_po(opened, catalogue, width=0, no_location=True, sort_output=True, omit_header=True)


def _is_ours(folder: str | Path) -> bool:
    name = Path(folder).name
    return name not in SKIPPED and not name.startswith(".")


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _forms(words: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, list | tuple) else (words or "",)


def _agrees(message: Message, translated: Message) -> bool:
    """In a plural the first form may leave the number out."""
    wanted, given = (sorted(PLACEHOLDER.findall(_forms(words)[-1])) for words in (message.id, translated.string))
    return wanted == given


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
