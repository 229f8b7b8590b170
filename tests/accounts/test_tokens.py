"""What happens to API tokens."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.orm import Session

from accounts import queries, tokens
from accounts.models import ApiToken
from database.prepared import send
from kernel.errors import Missing
from tests.accounts.conftest import NOW
from tests.cast import Cast, actor


def test_a_token_is_kept_as_its_hash_alone(session: Session, cast: Cast) -> None:
    made = tokens.make_token(session, cast.per.id, "skript", by=actor(session, cast.per), now=NOW)

    row = session.get_one(ApiToken, made.id)
    assert (made.text.startswith("arena_"), row.token_hash, made.text in str(vars(row))) == (True, tokens.digest(made.text), False)


def test_a_token_acts_as_its_person_until_it_is_revoked(session: Session, cast: Cast) -> None:
    made = tokens.make_token(session, cast.kari.id, "skript", by=actor(session, cast.kari), now=NOW)
    known = queries.bearer_of(partial(send, session), tokens.digest(made.text), now=NOW)
    tokens.revoke_token(session, made.id, by=actor(session, cast.kari), now=NOW)

    assert known is not None
    assert known.actor == actor(session, cast.kari, via="api")
    assert queries.bearer_of(partial(send, session), tokens.digest(made.text), now=NOW) is None


def test_another_persons_token_is_not_to_be_seen(session: Session, cast: Cast) -> None:
    made = tokens.make_token(session, cast.per.id, "skript", by=actor(session, cast.per), now=NOW)

    with pytest.raises(Missing):
        tokens.revoke_token(session, made.id, by=actor(session, cast.siri), now=NOW)
    assert tokens.revoke_token(session, made.id, by=actor(session, cast.ada), now=NOW).revoked_at == NOW


def test_a_use_is_noted_every_quarter_of_an_hour(session: Session, cast: Cast) -> None:
    made = tokens.make_token(session, cast.per.id, "skript", by=actor(session, cast.per), now=NOW)
    noted = []

    for minutes in (0, 14, 15, 29, 30):
        tokens.note_use(session, made.id, now=NOW + timedelta(minutes=minutes))
        session.expire_all()
        noted.append(session.get_one(ApiToken, made.id).used_at)

    assert noted == [NOW + timedelta(minutes=minutes) for minutes in (0, 0, 15, 15, 30)]
