"""Tables as files: what a spreadsheet program would take for a formula."""

import pytest

from web.writing import defused


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1", "\nx", "\u00a0@A", "\uff1d1+1", " \uff0b1", "\uff0d1", "\uff20A"]
)
def test_what_reads_as_a_formula_is_marked_as_text(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["Skiold turn", " Skiold", "1=1", "", -1, None])
def test_other_cells_stay_as_they_are(cell: str | int | None) -> None:
    assert defused(cell) == cell
