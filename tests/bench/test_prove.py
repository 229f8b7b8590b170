"""The long proofs say what they can be asked for."""

import pytest

from bench.prove import main
from tests.storms.test_all_at_once import MOST_SERIES


@pytest.mark.parametrize("written", ["0", "-1", str(MOST_SERIES + 1), "mange"])
def test_a_plan_of_another_length_than_there_is_room_for_is_refused_in_one_line(
    written: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["prove", f"--series={written}"])

    with pytest.raises(SystemExit):
        main()

    said = capsys.readouterr().err.splitlines()[-1]
    assert said == f"python -m bench.prove: error: argument --series: {written} is no whole number from 1 to {MOST_SERIES}"
