"""Tables on a phone: each cell names its column."""

from markupsafe import Markup

from web.tables import labelled


def test_cells_name_their_columns_but_for_the_first_and_those_that_have_a_name() -> None:
    rows = Markup(
        '<tr><th scope="row">Skiold</th><td class="figure">10</td><td data-label="Ja"></td></tr>\n<tr id="b"><td>A</td><td>2</td></tr>'
    )

    named = labelled(rows, ["Lag", 'Timer "à"', "Ok", "Nei"])

    assert named == (
        '<tr><th scope="row">Skiold</th><td class="figure" data-label="Timer &#34;à&#34;">10</td><td data-label="Ja"></td></tr>\n'
        '<tr id="b"><td>A</td><td data-label="Timer &#34;à&#34;">2</td></tr>'
    )
