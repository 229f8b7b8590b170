"""Pages: what routes of pages answer with - a form again with its faults, or onward after it is done."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from kernel.errors import Conflict, Invalid, Refusal, Throttled
from web import forms, problems
from web.formats import clock
from web.hooks import Back

FORM_REFUSALS = (Invalid, Conflict, Throttled)
"""What is told at a form, which can be sent again mended; any other refusal has a page of its own."""


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
    """On to the next page (303, so that reloading sends nothing again) with a message at its top, and the button that undoes it."""
    flash(message, kind)
    if back:
        flash({"href": back.href, "until": clock(back.until)}, "undo")  # type: ignore[arg-type]
    return redirect(onward, 303)


def done_or_again(act: Callable[[], object], page: Callable[[forms.Form], str], message: str, onward: str) -> AnyResponse:
    """Do it and go on to the next page, or show the page of the form again with what is wrong at its fields."""
    try:
        act()
    except FORM_REFUSALS as refusal:
        response = Response(page(forms.refused(request.form, refusal.faults)), status=problems.status_of(refusal))
        response.headers.update(problems.headers_of(refusal))
        return response
    return done(message, onward)
