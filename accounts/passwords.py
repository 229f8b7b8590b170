"""Passwords: hashed with argon2id and verified in the same time whether or not there is one."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's smallest argon2id set: 19 MiB and two passes, so that eight sign-ins at once do not fill a small server.
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
NOBODYS = HASHER.hash("the password of an account that does not exist")


def hashed(password: str) -> str:
    """The hash to keep; takes some 20 ms and is done outside of write transactions."""
    return HASHER.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether the password belongs to the hash; an account without one costs the same work and is never right."""
    try:
        HASHER.verify(kept or NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return HASHER.check_needs_rehash(kept)
