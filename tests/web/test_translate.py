"""The catalogues are complete, and the command that says so notices what is missing."""

from babel.messages.catalog import Catalog

from web.translate import faults_of, main, updated


def test_nynorsk_and_english_are_complete() -> None:
    assert main([]) == 0


def test_what_is_missing_stale_or_has_other_placeholders_is_listed() -> None:
    said = Catalog()
    for text in ("Ledig", "Hei %(name)s", "Minst {least}"):
        said.add(text)
    catalogue = Catalog(locale="nn")
    catalogue.add("Hei %(name)s", "Hei %(namn)s")
    catalogue.add("Minst {least}", "Minst {least}")
    catalogue.add("Borte", "Borte")

    assert list(faults_of(catalogue, said)) == ["not translated: Ledig", "placeholders differ: Hei %(name)s", "no longer said: Borte"]


def test_an_update_keeps_translations_and_drops_what_is_no_longer_said() -> None:
    said = Catalog()
    said.add("Ledig")
    catalogue = Catalog(locale="nn")
    catalogue.add("Ledig", "Ledig no")
    catalogue.add("Borte", "Borte")

    fresh = updated(catalogue, said)

    assert [(message.id, message.string) for message in fresh if message.id] == [("Ledig", "Ledig no")]
