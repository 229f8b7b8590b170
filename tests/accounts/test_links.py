"""Tokens of mailed links: only ours, only for the row they were made for."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from accounts import links
from accounts.models import Invitation, Proof, ProofLink
from kernel.errors import Missing
from tests.accounts.conftest import NOW

SECRET = "a secret of this installation"


@pytest.fixture
def link(session: Session) -> ProofLink:
    row = ProofLink(purpose=Proof.OPEN_ACCOUNT, email="ny@example.org", created_at=NOW, expires_at=NOW + timedelta(days=1))
    session.add(row)
    session.flush()
    return row


def test_a_token_leads_back_to_its_row(session: Session, link: ProofLink) -> None:
    token = links.token_for(link, SECRET)

    assert (links.row_of(session, ProofLink, token, SECRET), links.path_for(link, SECRET)) == (link, f"/links/{token}")


def test_a_token_signed_with_another_secret_is_none_of_ours(session: Session, link: ProofLink) -> None:
    with pytest.raises(Missing):
        links.row_of(session, ProofLink, links.token_for(link, "another secret"), SECRET)


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_changed_token_is_none_of_ours(session: Session, link: ProofLink, place: int) -> None:
    token = list(links.token_for(link, SECRET))
    token[place] = "A" if token[place] != "A" else "B"

    with pytest.raises(Missing):
        links.row_of(session, ProofLink, "".join(token), SECRET)


@pytest.mark.parametrize("token", ["", "x", "1.2", "..", "W10.abc", "é"])
def test_nonsense_is_none_of_ours(session: Session, token: str) -> None:
    with pytest.raises(Missing):
        links.row_of(session, ProofLink, token, SECRET)


def test_a_token_does_not_fit_a_row_of_another_kind(session: Session, link: ProofLink) -> None:
    invitation = Invitation(id=link.id, email=link.email, created_at=NOW, expires_at=NOW)
    session.add(invitation)
    session.flush()

    with pytest.raises(Missing):
        links.row_of(session, Invitation, links.token_for(link, SECRET), SECRET)


def test_a_token_does_not_fit_a_row_that_got_the_same_id_after_a_restore(session: Session, link: ProofLink) -> None:
    token = links.token_for(link, SECRET)
    link.email = "offer@example.org"

    with pytest.raises(Missing):
        links.row_of(session, ProofLink, token, SECRET)
