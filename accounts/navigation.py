"""The entries of the navigation that people with and without an account see."""

from collections.abc import Iterator

from flask import url_for

from accounts import edge
from web.hooks import Group, Link
from web.texts import gettext as _


def links() -> Iterator[Link]:
    """Sign in or out, one's own pages, and for officers the people and organisations."""
    actor = edge.actor()
    if actor.person_id is None:
        yield Link(_("Logg inn"), url_for("accounts.sign_in_page"), "account")
        yield Link(_("Åpne konto"), url_for("accounts.account_link_page"), "account")
        return
    if actor.is_officer:
        yield Link(_("Personer"), url_for("accounts.people_page"), "staff", group=Group.PEOPLE)
        yield Link(_("Organisasjoner"), url_for("accounts.register_page"), "staff", group=Group.PEOPLE)
    yield Link(_("Mine organisasjoner"), url_for("accounts.organisations_page"), "account", group=Group.OWN)
    yield Link(actor.name, url_for("accounts.profile_page"), "account")
    yield Link(_("Logg ut"), url_for("accounts.sign_out"), "account", post=True)
