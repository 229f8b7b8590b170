"""Once: what every app makes for itself, made once for all apps of a test run; each app still is a new one."""

from functools import lru_cache

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from werkzeug.routing import Rule

from accounts import passwords
from database import transact
from database.engine import make_engine


def share(patches: pytest.MonkeyPatch) -> None:
    """Let apps share engines and compiled routes, and hash passwords without effort."""
    patches.setattr(transact, "make_engine", engine)
    patches.setattr(Rule, "compile", compiled)
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patches.setattr(passwords, "HASHER", hasher)
    patches.setattr(passwords, "NOBODYS", hasher.hash("nobody's"))


def engine(url: str) -> Engine:
    """An engine for one test: its listeners end with it, what it compiles and learns of the server serves the next."""
    return _engine(url).execution_options()


def compiled(rule: Rule) -> None:
    """A route as it is compiled once, a function of its text alone: that is most of the making of an app."""
    key = (rule.rule, rule.subdomain, repr(rule.defaults), rule.merge_slashes)
    if key not in _rules:
        _compile(rule)
        _rules[key] = rule
        return
    first = _rules[key]
    rule._parts, rule._trace, rule._converters = first._parts, first._trace, first._converters
    rule.arguments |= first.arguments
    rule._build = first._build.__func__.__get__(rule, None)
    rule._build_unknown = first._build_unknown.__func__.__get__(rule, None)


_engine = lru_cache(maxsize=16)(make_engine)
_compile = Rule.compile
_rules: dict[tuple[str, str | None, str, bool | None], Rule] = {}
