"""Answers: what became of the rows of a season plan, and what is wrong with its file, in words."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from booking.importing import Answered, Fate
from booking.plan import Row
from kernel.errors import Fault
from policies.labels import weekday
from web.fields import clock_text
from web.texts import gettext as _
from web.texts import ngettext
from web.wording import sentence
from web.written import WORDS

SHOWN = 3


def fault_line(fault: Fault) -> str:
    """What is wrong with the file: row, column and what stands there, and what to do."""
    row, told = f"{_row(int(str(fault.facts['row'])))}, " if "row" in fault.facts else "", sentence(fault)
    if fault.field == "file":
        return told
    value = "" if fault.value is None or str(fault.value) in told else f" «{fault.value}»"
    return f"{row}{fault.field}{value}: {told}".removeprefix(": ")


class Telling:
    """Tells answers one after the other, and remembers what it told for the sums.

    A booking of the same file is told by its row as well, and in a dry run, where no reference stays, by that alone.
    """

    def __init__(self, *, dry_run: bool) -> None:
        self._dry_run = dry_run
        self._rows: dict[str, str] = {}
        self._fates: Counter[Fate] = Counter()
        self.is_whole = True

    def lines(self, answer: Answered) -> Iterator[str]:
        """What became of a row, then what keeps dates out, those with one reason together; all of them where others are booked."""
        self._fates[answer.fate] += 1
        self.is_whole &= answer.is_whole
        row = _row(answer.meant.row.number)
        yield f"{row}: {self._fate(answer)} ({_use(answer)})"
        for told, days in self._reasons(answer).items():
            listed = ", ".join(days) if answer.reference else _some(days)
            yield f"       {listed}: {told}" if listed else f"       {told}"
        if answer.fate in (Fate.BOOKED, Fate.WAITS):
            self._rows[answer.reference] = row.lower() if self._dry_run else f"{answer.reference} ({row.lower()})"

    def sums(self) -> str:
        """How many rows came to what."""
        passed = self._fates[Fate.PASSED]
        over = [_("Passert: %(count)d.", count=passed)] if passed else []
        told = _(
            "Rader: %(count)d. Booket: %(booked)d, venter på svar: %(waits)d, var der alt: %(already)d,"
            " opptatt: %(taken)d, ikke godtatt: %(refused)d.",
            count=self._fates.total(),
            **{str(fate): self._fates[fate] for fate in Fate},
        )
        return " ".join([told, *over])

    def _fate(self, answer: Answered) -> str:
        reference = self._rows.get(answer.reference, "" if self._dry_run else answer.reference)
        counted, passed = ngettext("%(num)d dato", "%(num)d datoer", answer.dates), answer.meant.passed
        over = [_("%(count)d er passert", count=passed)] if passed else []
        match answer.fate:
            case Fate.BOOKED:
                said = _("booket")
            case Fate.WAITS:
                said = _("venter på svar fra %(role)s", role=_(WORDS[answer.decider]))
            case Fate.ALREADY:
                said, reference = _("er der alt"), reference or answer.reference
            case Fate.TAKEN:
                return _("opptatt")
            case Fate.REFUSED:
                return _("ikke godtatt")
            case Fate.PASSED:
                return ngettext("%(num)d dato er passert", "%(num)d datoer er passert", passed)
        return ", ".join([f"{said} {reference}".rstrip(), counted, *over])

    def _reasons(self, answer: Answered) -> dict[str, list[str]]:
        """The days by what keeps them out."""
        found: dict[str, list[str]] = {}
        for fault in answer.left_out:
            days = found.setdefault(sentence(self._by_row(fault)), [])
            if "date" in fault.facts:
                days.append(str(fault.facts["date"])[:10])
        return found

    def _by_row(self, fault: Fault) -> Fault:
        reference = str(fault.facts.get("reference"))
        if reference not in self._rows:
            return fault
        return replace(fault, facts={**fault.facts, "by": str(fault.facts["by"]).replace(reference, self._rows[reference])})


def _row(number: int) -> str:
    return _("Rad %(number)d", number=number)


def _use(answer: Answered) -> str:
    row: Row = answer.meant.row
    when = f"{weekday(row.weekday + 1)} {clock_text(row.start)}–{clock_text(row.end)}"
    return ", ".join(filter(None, (answer.meant.room, when, answer.meant.club.name, row.team)))


def _some(days: Sequence[str]) -> str:
    rest = len(days) - SHOWN
    return ", ".join(days[:SHOWN]) + (" " + _("og %(count)s til", count=rest) if rest > 0 else "")
