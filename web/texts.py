"""Texts: gettext with types; msgids are bokmål, placeholders ``%(name)s``."""

from typing import Any

import flask_babel
from babel import Locale

NORWEGIAN = Locale("nb")


def gettext(msgid: str, **values: Any) -> str:
    """The text in the language of the request."""
    return str(flask_babel.gettext(msgid, **values))


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The text for so many (``%(num)d``), in the language of the request."""
    return str(flask_babel.ngettext(one, many, num, **values))


def current_locale() -> Locale:
    """The locale of the request, bokmål outside of one."""
    found = flask_babel.get_locale()
    return found if isinstance(found, Locale) else NORWEGIAN
