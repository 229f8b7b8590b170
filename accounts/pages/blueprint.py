"""The blueprint of all pages about people and organisations; none of them is kept by a browser or proxy."""

from collections.abc import Callable

from flask import Blueprint, request

from accounts import labels
from accounts.personal import labels as personal_labels
from accounts.register import labels as register_labels
from web.pages import keep_nothing

routes = Blueprint("accounts", __name__)
routes.after_request(keep_nothing)


def network() -> str:
    """The address that the request came from, as throttling counts it."""
    return request.remote_addr or ""


FILTERS: dict[str, Callable[..., str]] = {
    "role_name": labels.role,
    "class_name": labels.applicant_class,
    "known": labels.known,
    "organisation_number": labels.organisation_number,
    "phone_number": labels.phone_number,
    "team_ages": labels.team_ages,
    "entry_state": register_labels.state,
    "board_role": register_labels.role,
    "organisation_form": register_labels.form,
    "change_name": register_labels.aspect,
    "change_value": register_labels.worth,
    "because": register_labels.because,
    "legal_basis": personal_labels.basis,
    "readers": personal_labels.readers,
    "end_of_it": personal_labels.end,
    "seen_at": personal_labels.place,
}
for name, label in FILTERS.items():
    routes.add_app_template_filter(label, name)
