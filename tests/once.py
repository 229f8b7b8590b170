"""Once: what every app makes for itself, made once for all apps of a test run; each app still is a new one."""

from collections.abc import Callable
from functools import lru_cache

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from werkzeug.routing import Rule

from accounts import passwords
from database import transact
from database.engine import make_engine

Builder = Callable[..., tuple[str, str]]


def share(patches: pytest.MonkeyPatch) -> None:
    """Let apps share engines and the builders of their routes, and hash passwords without effort."""
    patches.setattr(transact, "make_engine", engine)
    patches.setattr(Rule, "_compile_builder", builder)
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patches.setattr(passwords, "HASHER", hasher)
    patches.setattr(passwords, "NOBODYS", hasher.hash("nobody's"))


def engine(url: str) -> Engine:
    """An engine for one test: its listeners end with it, what it compiles and learns of the server serves the next."""
    return _engine(url).execution_options()


def builder(rule: Rule, append_unknown: bool = True) -> Builder:
    """What makes addresses of a route, a function of its text alone: compiling it is most of the making of an app."""
    key = (rule.rule, rule.subdomain, repr(rule.defaults), append_unknown)
    if key not in _builders:
        _builders[key] = _compile(rule, append_unknown)
    return _builders[key]


_engine = lru_cache(maxsize=16)(make_engine)
_compile = Rule._compile_builder
_builders: dict[tuple[str, str | None, str, bool], Builder] = {}
