"""The few SQL expressions that the two databases write differently."""

from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class epoch(FunctionElement[int]):  # noqa: N801 - named like an SQL function
    """An instant column as seconds since 1970, to subtract and to sum."""

    type = Integer()
    inherit_cache = True


@compiles(epoch, "sqlite")
def _on_sqlite(element: epoch, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(epoch, "postgresql")
def _on_postgresql(element: epoch, compiler: SQLCompiler, **options: Any) -> str:
    # What extract() tells is numeric, and takes three times as long.
    return f"CAST(date_part('epoch', {compiler.process(element.clauses, **options)}) AS bigint)"


class monday_of(FunctionElement[str]):  # noqa: N801 - named like an SQL function
    """The day on which the week of a wall-clock column begins, as ``2026-11-23``."""

    type = String()
    inherit_cache = True


@compiles(monday_of, "sqlite")
def _monday_on_sqlite(element: monday_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '-6 days', 'weekday 1')"


@compiles(monday_of, "postgresql")
def _monday_on_postgresql(element: monday_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"to_char(date_trunc('week', {compiler.process(element.clauses, **options)}), 'YYYY-MM-DD')"
