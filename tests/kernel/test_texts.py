"""Texts in the order of a Norwegian dictionary."""

from kernel.texts import order_of


def test_the_three_last_letters_come_last() -> None:
    words = ["årbok", "Øving", "ærfugl", "zoo", "Yoga", "aula", "kafé", "kafeteria"]

    assert sorted(words, key=order_of) == ["aula", "kafé", "kafeteria", "Yoga", "zoo", "ærfugl", "Øving", "årbok"]
