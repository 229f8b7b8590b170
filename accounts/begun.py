"""What a visitor had begun before signing in, as the address of a page that shows it again."""

from urllib.parse import parse_qsl, urlencode

from flask import current_app, request
from werkzeug.exceptions import HTTPException

LONGEST = 3000  # a request line may have some 4,000 bytes
NOT_KEPT = {"csrf_token", "next"}
SECRET_WORDS = ("password", "token", "secret")


def begun() -> str:
    """The page of this request; for a form that was sent, the form's own page with what was typed as its query."""
    if request.method in ("GET", "HEAD"):
        return shortened(request.path, list(request.args.items(multi=True)))
    page, query = _page_of_form()
    typed = [(name, value) for name, value in request.form.items(multi=True) if _is_kept(name, value)]
    names = {name for name, _ in typed}
    return shortened(page, [pair for pair in query if pair[0] not in names] + typed)


def safe_next(target: str, default: str = "/") -> str:
    """The target where it is a page of ours, else the default: never another host, scheme or credentials."""
    # Browsers read a backslash as a slash and skip tabs and newlines, so /\\host and /<tab>/host are other hosts too.
    ours = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if ours and len(target) <= LONGEST else default


def shortened(page: str, fields: list[tuple[str, str]]) -> str:
    """The address with its query; the longest values are left out when it grows too long for a request line."""
    kept = list(fields)
    while kept and len(page) + len(urlencode(kept)) >= LONGEST:
        kept.remove(max(kept, key=lambda pair: len(pair[1])))
    return f"{page}?{urlencode(kept)}" if kept else page


def _is_kept(name: str, value: str) -> bool:
    return bool(value) and name not in NOT_KEPT and not any(word in name for word in SECRET_WORDS)


def _page_of_form() -> tuple[str, list[tuple[str, str]]]:
    """The page that the form stood on, as the browser tells us, else the same address where it can be read, else the front page."""
    referrer = request.referrer or ""
    if referrer.startswith(request.host_url):
        page, _, query = referrer.removeprefix(request.host_url).partition("#")[0].partition("?")
        return f"/{page}", parse_qsl(query)
    try:
        current_app.create_url_adapter(request).match(request.path, method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return "/", []
    return request.path, []
