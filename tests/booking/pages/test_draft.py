"""The age bands of the booking form: as fine as the room's rules tell ages apart."""

from booking.pages.draft import bands_shown


def test_the_usual_bands_are_split_where_a_rule_tells_ages_apart() -> None:
    assert bands_shown({}, {15}) == ["0-5", "6-12", "13-14", "15-19", "20-66", "67+"]


def test_what_is_filled_in_stands_in_the_place_of_the_usual_bands() -> None:
    assert bands_shown({"participants.0-12": "8", "participants.x": "1"}) == ["0-12", "13-19", "20-66", "67+"]


def test_a_band_that_a_rule_cuts_stands_beside_those_it_has_to_be_split_into() -> None:
    assert bands_shown({"participants.6-12": "8"}, {11}) == ["0-5", "6-10", "6-12", "11-12", "13-19", "20-66", "67+"]


def test_what_is_beside_the_bands_that_are_filled_in_can_be_filled_in_too() -> None:
    assert bands_shown({"participants.10-13": "8"}) == ["0-5", "6-9", "10-13", "14-19", "20-66", "67+"]
