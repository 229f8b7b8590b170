"""Documents with one thing wrong: the command names file, line, rule and remedy; of what is sound it says nothing."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskCliRunner

from app import create_app
from policies import cli
from policies.lint import ADVICE
from settings import Settings
from web.findings import CONTRADICTIONS, DATES, REFERENCES, TABLES, TIME

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "contradictions"
SOUND = [file for folder in ("demo/policies", "policies/library") for file in sorted((ROOT / folder).glob("*.json"))]
Lint = Callable[[Path], tuple[int, str, str]]
TODAY = datetime(2026, 11, 26, 12, tzinfo=UTC)
# Each file: the place of the fault, its line, the rule, the remedy; the code where the file is not named after it.
PLANTED = {
    # found in published regulations
    "no-such-date": ("rules[0].closes", 17, "deadline", "Sjekk dag og måned."),
    "week-without-event": ("rules[0].during[0].first", 20, "hall-season", "Skriv W34=school-start, eller rett datoen"),
    "two-deadlines": ("rules[1].closes", 39, "from-the-page", "Behold den ene."),
    "sum-differs": ("rules[0].tariffs[0].rows[1].ore", 23, "prices", "150 % av 550 kr er 825 kr. Rett prisen"),
    "never-bookable": ("rules[0].only_between", 12, "evenings", "La regelen evenings si 17:00-21:00"),
    # dates
    "bad-anchor": ("rules[0].closes", 16, "deadline", "Skriv for eksempel 08-15, W33"),
    "no-such-week": ("rules[0].during[0].last", 15, "hall-season", "(W1 til W52)."),
    "week-53": ("rules[0].during[0].last", 15, "hall-season", "Skriv uke 52 (W52), eller en dato."),
    "event-twice": ("events.school-start", 9, "", "Fjern en av dem."),
    "event-without-date": ("rules[0].during[0].first", 14, "hall-season", "Legg datoene under «Dager med navn» (events)"),
    "event-from-elsewhere": ("rules[0].during[0].first", 15, "hall-season", "legg datoene under «Dager med navn» (events)"),
    "event-year-missing": ("rules[0].during[0].first", 19, "hall-season", "Legg den til under «Dager med navn» (events)"),
    "never-valid": ("rules[0].valid_until", 14, "half-hours", "Rett en av datoene."),
    # time
    "no-length-fits": ("rules[0].at_most", 13, "length", "Bytt om på dem"),
    "no-length-on-grid": ("rules[0].at_most", 13, "length", "La regelen length tillate 1 time"),
    "nothing-fits": ("rules[0].only_between", 12, "lunch", "Utvid tiden"),
    "hours-outside-opening": ("rules[1].hours[0].between", 30, "children", "Rett tiden, eller utvid evenings."),
    "lead-beyond-horizon": ("rules[0].notice", 12, "notice", "Gjør fristen kortere"),
    "released-beyond-horizon": ("rules[0].released", 12, "drop-in", "Slipp dem senere"),
    "season-of-nothing": ("rules[0]", 9, "hall-season", "Fyll ut delene av året (during) eller periodene (named)"),
    "closes-before-it-opens": ("rules[0].closes", 17, "deadline", "Bytt om på dem"),
    "scope-of-nobody": ("rules[0].scope", 12, "shops", "Fjern en av dem."),
    "kroner-for-ore": ("rules[0].tariffs[0].rows[0].ore", 19, "prices", "150 kr er 15000."),
    "hours-for-minutes": ("rules[0].at_most", 12, "six-hours", "6 timer er 360."),
    # contradictions
    "status-asked-and-barred": ("rules[0].any_status", 12, "own-hall", "Fjern statusen det ene stedet."),
    "activity-allowed-and-forbidden": ("rules[0].allowed", 12, "purpose", "Fjern det fra den ene."),
    "no-activity-fits": ("rules[1].allowed", 29, "stages", "La dem ha noe felles."),
    "limits-nothing": ("rules[0]", 9, "length", "Fyll den ut eller fjern den."),
    "limits-differ": ("rules[1].at_most", 22, "three-hours", "gi dem hver sitt virkeområde"),
    "rule-unnecessary": ("rules[1]", 19, "matches", "Fjern den, eller begrens two-hours"),
    "condition-differs": ("rules[1].text_version", 46, "fire-in-halls", "Gjør dem like"),
    # tables
    "never-reached": ("rules[1]", 19, "school", "gjør adviser smalere"),
    "rules-overlap": ("rules[1].scope", 27, "weekends", "Gjør den ene smalere"),
    "line-never-reached": ("rules[0].assignments[1]", 43, "prices", "flytt den"),
    "row-never-reached": ("rules[0].tariffs[0].rows[0]", 17, "prices", "gjør den andre smalere", "line-never-reached"),
    "class-never-reached": ("rules[0].order[2]", 23, "order", "Fjern den", "line-never-reached"),
    "step-never-reached": ("rules[0].steps[1]", 17, "ladder", "Fjern den", "line-never-reached"),
    "price-rows-overlap": ("rules[0].tariffs[0].rows[2]", 29, "prices", "Gjør den ene smalere"),
    "price-class-unnamed": ("rules[0].tariffs", 12, "prices", "Legg det til under «Prisklasser» (price_classes)."),
    "price-class-without-price": ("rules[0].tariffs[0].rows", 16, "prices", "Legg til en rad."),
    "price-gap": ("rules[0].tariffs[0].rows", 23, "prices", "lørdag eller søndag kl. 18:00-24:00"),
    "price-gap-likely": ("rules[0].tariffs[0].rows", 16, "prices", "lørdag kl. 18:00-22:00"),
    "holiday-without-price": ("rules[0].tariffs[0].rows", 16, "prices", "mangler pris på helligdager", "price-gap-likely"),
    "tariffs-overlap": ("rules[0].tariffs[1]", 23, "prices", "Sett en siste dag på den første."),
    "tariffs-apart": ("rules[0].tariffs[1].first", 26, "prices", "1. januar 2027 – 31. januar 2027"),
    # references and languages
    "unknown-period": ("rules[0].named[0]", 13, "hall-season", "Legg den til under «Perioder» (periods)"),
    "period-from-elsewhere": ("rules[0].scope.periods[0]", 15, "length", "legg den til under «Perioder» (periods)"),
    "home-of-persons": ("rules[0].scope.local", 13, "others", "Begrens regelen til organisasjoner og grupper."),
    "almost-alike": ("rules[1].units[1].figure", 33, "points", "Skriv dem likt"),
    "paragraph-not-found": ("rules[0].source.paragraph", 17, "length", "Rett henvisningen"),
    "waiver-by-another": ("rules[1].waiver.by", 25, "length", "La den som avgjør gi unntak."),
    "title-missing": ("title.nb", 2, "", "Skriv den"),
    "title-untranslated": ("title.en", 2, "", "mangler på engelsk. Skriv den"),
    "class-name-missing": ("price_classes.free.en", 9, "", "Skriv det under «Prisklasser» (price_classes)."),
    "text-missing": ("rules[0].title.nb", 12, "weekend", "mangler navn på bokmål. Skriv teksten"),
    "language-missing": ("rules[0].reason.nn", 13, "half-hours", "mangler begrunnelse på nynorsk. Skriv teksten"),
    # what is refused as it is read
    "number-missing": ("rules[0].percent", 9, "weekend", "Fyll ut percent."),
    "day-before-month": ("rules[0].closes", 12, "deadline", "Måneden skrives først: 04-30."),
    "limit-missing": ("rules[0].minutes", 5, "two-saturdays", "Fyll ut hvor mye (minutes) eller"),
    "degression-without-days": ("rules[0].tariffs[0].rows[0].degression", 20, "prices", "Velg enheten per dag (day)"),
    "safety-not-waived": ("rules[0].waiver", 13, "places", "Fjern unntaket (waiver)."),
    "end-before-start": ("rules[0].only_between", 12, "evenings", "Slutten må være etter starten."),
    "unknown-rule-kind": ("rules[0].kind", 10, "length", "Det som likner mest: length."),
    "wrong-place": ("place", 8, "", "bygg/rom for et rom"),
    "layer-twice": ("policies[1].layer", 29, "", "Behold én for hvert nivå."),
}


@pytest.fixture(scope="module")
def runner(copies: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskCliRunner]:
    """The commands of one app: nothing of this asks the database."""
    folder = tmp_path_factory.mktemp("lint")
    with copies.of("sqlite").copy() as url:
        settings = Settings(url, "only-for-the-tests-nowhere-else!", "http://127.0.0.1", folder, f"file://{folder}")
        yield create_app(settings).test_cli_runner()


@pytest.fixture
def lint(runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch) -> Lint:
    """The command on a file, on one day."""
    monkeypatch.setattr(cli, "now", lambda: TODAY)

    def run(file: Path) -> tuple[int, str, str]:
        result = runner.invoke(args=["policies", "lint", str(file)])
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.mark.parametrize("name", PLANTED)
def test_the_command_names_line_rule_and_remedy(lint: Lint, name: str) -> None:
    field, line, rule, remedy, code = (*PLANTED[name], name)[:5]

    exit_code, said, told = lint(FOLDER / f"{name}.json")

    where = f"{name}.json:{line}: {field}{f' [{rule}]' if rule else ''}: "
    assert (exit_code, said, told.count("\n")) == (1, "", 1)
    assert where in told and remedy in told and told.endswith(f" ({code}{', råd' if code in ADVICE else ''})\n")


def test_every_file_is_tried_and_everything_that_the_linter_finds_has_a_file() -> None:
    tried = {(*row, name)[4] for name, row in PLANTED.items()}

    assert {file.stem for file in FOLDER.glob("*.json")} == PLANTED.keys()
    assert {*DATES, *TIME, *CONTRADICTIONS, *TABLES, *REFERENCES} - tried == {"rule-fails", "table-too-long"}
    assert ADVICE - tried == set()


@pytest.mark.parametrize("file", SOUND, ids=lambda file: file.stem)
def test_of_what_is_sound_it_says_nothing(lint: Lint, file: Path) -> None:
    assert lint(file) == (0, "Ingen feil.\n", "")
