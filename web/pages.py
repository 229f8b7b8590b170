"""Pages: what routes of pages answer with - a form again with its faults, or onward after it is done."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, session
from werkzeug.wrappers import Response as AnyResponse

from kernel.clock import now
from kernel.errors import Conflict, Invalid, Refusal, Throttled
from web import forms, problems
from web.formats import clock
from web.hooks import Back, hooks

FORM_REFUSALS = (Invalid, Conflict, Throttled)
"""What is told at a form, which can be sent again mended; any other refusal has a page of its own."""
# In the session: until when what was done last in this browser can be undone.
ACTED = "acted"


def keep_nothing(response: Response) -> Response:
    """For ``after_request``: no browser or proxy keeps the page, for it is meant for those who may see it today."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def form_again(template: str, refusal: Refusal, *, names: Mapping[str, str] | None = None, **context: Any) -> Response:
    """The page of a form as it was typed, the faults at their fields, with the refusal's status (422 when invalid).

    ``names`` tells which input stands for a field that the verb names: ``{"start": "start_time"}``.
    """
    form = forms.refused(request.form, refusal.faults, names)
    response = Response(render_template(template, form=form, **context), status=problems.status_of(refusal))
    response.headers.update(problems.headers_of(refusal))
    return response


def done(message: str, onward: str, *, kind: str = "success", back: Back | None = None) -> AnyResponse:
    """On to the next page (303, so that reloading sends nothing again) with a message at its top, and the button that undoes it.

    Whoever is signed in finds that button on all pages as long as the way back is open.
    """
    flash(message, kind)
    if back:
        session[ACTED] = back.until.isoformat()
        flash({"href": back.href, "until": clock(back.until)}, "undo")  # type: ignore[arg-type]
    return redirect(onward, 303)


def ways_back(always: bool = False) -> Sequence[Back]:
    """What this person may still undo; asked of the database only while something done in this browser may be, or ``always``."""
    until = session.get(ACTED)
    is_open = until is not None and datetime.fromisoformat(until) > now()
    return hooks().ways_back() if is_open or always else ()


def done_or_again(act: Callable[[], object], page: Callable[[forms.Form], str], message: str, onward: str) -> AnyResponse:
    """Do it and go on to the next page, or show the page of the form again with what is wrong at its fields."""
    try:
        act()
    except FORM_REFUSALS as refusal:
        response = Response(page(forms.refused(request.form, refusal.faults)), status=problems.status_of(refusal))
        response.headers.update(problems.headers_of(refusal))
        return response
    return done(message, onward)
