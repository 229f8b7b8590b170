"""Language: bokmål, nynorsk or English for each request, and the links to change it."""

from pathlib import Path

from flask import Flask, Response, has_request_context, request
from flask_babel import Babel

from web.catalogues import compile_missing
from web.guards import FRAMED
from web.hooks import hooks

LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
DEFAULT = "nb"
COOKIE = "language"
YEAR = 365 * 24 * 3600
CATALOGUES = Path(__file__).parent / "translations"


def install(app: Flask) -> None:
    """Choose the language of each request and remember a choice made by ``?lang=``."""
    compile_missing(CATALOGUES)
    app.config.update(BABEL_DEFAULT_LOCALE=DEFAULT, BABEL_TRANSLATION_DIRECTORIES=str(CATALOGUES))
    Babel(app, locale_selector=choose)
    app.after_request(_remember)
    app.jinja_env.globals.update(languages=LANGUAGES, language=choose)


def choose() -> str:
    """The language of this request: ``?lang=``, cookie, the person's own choice, Accept-Language, bokmål.

    The API looks at Accept-Language alone, so that a cookie never changes an answer there; what pages of others frame speaks the
    language that they ask for, or bokmål.
    """
    if not has_request_context():
        return DEFAULT
    if request.path.startswith("/api/"):
        return _accepted()
    if request.path.startswith(FRAMED):
        return _asked() or DEFAULT
    chosen = _asked() or _known(request.cookies.get(COOKIE)) or _known(hooks().language())
    return chosen or _accepted()


def _asked() -> str | None:
    return _known(request.args.get("lang"))


def _known(language: str | None) -> str | None:
    return language if language in LANGUAGES else None


def _accepted() -> str:
    # "no" is what older browsers send for Norwegian.
    best = request.accept_languages.best_match([*LANGUAGES, "no"], default=DEFAULT)
    return DEFAULT if best == "no" else best


def _remember(response: Response) -> Response:
    # Pages only: what programs fetch is kept by others on its way, and one person's choice with it.
    if response.mimetype == "text/html" and (asked := _asked()) and not request.path.startswith(FRAMED):
        response.set_cookie(COOKIE, asked, max_age=YEAR, samesite="Lax", secure=request.is_secure, httponly=True)
    return response
