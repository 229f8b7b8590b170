"""Shell: what every page and answer of the app stands in, installed in one go."""

from collections.abc import Iterator, Mapping, Sequence

from flask import Blueprint, Flask, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter, Map

from kernel.addresses import is_web_address
from settings import Settings
from web import formats, guards, language, logs, openapi, pages, problems, tables, versioned, vitals, wording, written
from web.hooks import Group, Hooks, Link, Menu, hooks
from web.texts import gettext as _

routes = Blueprint("shell", __name__)


def install(app: Flask, settings: Settings) -> None:
    """Give the app hooks, logs, guards, language, formats, problems, vitals, the API's description and the page frame."""
    app.extensions["web"] = Hooks()
    app.url_map.converters["int"] = RowId
    app.extensions["settings"] = settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    # Nothing here is asynchronous; Flask would look at every view and hook again in every request.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    logs.install(app, trust_given_id=settings.trusted_proxies > 0)
    guards.install(app, settings)
    language.install(app)
    formats.install(app)
    problems.install(app)
    versioned.install(app)
    vitals.install(app)
    openapi.install(app)
    app.register_blueprint(routes)
    app.jinja_env.filters.update(sentence=wording.sentence, told=wording.told, gathered=wording.gathered)
    app.jinja_env.filters.update(written=written.written, named=written.named, labelled=tables.labelled)
    app.jinja_env.tests.update(web_address=is_web_address, wide=tables.is_wide)
    app.jinja_env.globals.update(navigation=navigation, problem_title=wording.title, in_language=in_language, demo=settings.demo)
    app.jinja_env.globals.update(ways_back=pages.ways_back)


class RowId(IntegerConverter):
    """Numbers in addresses are ids of rows; what no database would take as one is not found."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


def navigation() -> Mapping[str, Sequence[Menu]]:
    """What this person may go to, by place of the page frame."""
    given = [link for give in hooks().navigation for link in give()]
    return {place: [*_menus([link for link in given if link.place == place])] for place in ("main", "account", "staff")}


def _menus(links: Sequence[Link]) -> Iterator[Menu]:
    """What is always shown, what stands under a heading, and what is done by a button, as signing out."""
    yield from (Menu((link,)) for link in links if not link.group and not link.post)
    for group, label in zip(Group, (_("Min side"), _("Folk"), _("Rom og regler"), _("Støtte og penger"), _("Tall og status")), strict=True):
        if under := tuple(link for link in links if link.group is group):
            yield Menu(under, label if len(under) > 1 else "")
    yield from (Menu((link,)) for link in links if link.post)


def in_language(code: str) -> str:
    """The address of this page in another language."""
    if request.endpoint is None or request.method != "GET":
        return f"/?lang={code}"
    given = {name: values for name, values in request.args.lists() if name != "lang"}
    return url_for(request.endpoint, **given | (request.view_args or {}) | {"lang": code})


@routes.get("/about")
def about() -> str:
    """Whom to ask, what is kept about people, and how accessible the service is."""
    return render_template("about.html")


@routes.get("/problems/<kind>")
def explain(kind: str) -> str:
    """What a problem document's type means."""
    if kind not in wording.TITLES:
        raise NotFound
    return render_template("problems/kind.html", kind=kind)
