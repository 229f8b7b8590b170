"""Folding: text compared without regard to capitals, Norwegian letters included, whatever locale the database was made with."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class lowered(FunctionElement[str]):  # noqa: N801 - used as a function, as SQLAlchemy's own are
    """The text of a column in small letters."""

    name = "lowered"
    type = String()
    inherit_cache = True


@compiles(lowered)
def _on_sqlite(element: lowered, compiler: SQLCompiler, **options: Any) -> str:
    # The engine replaces SQLite's own lower(), which knows ASCII only.
    return f"lower({compiler.process(element.clauses, **options)})"


@compiles(lowered, "postgresql")
def _on_postgresql(element: lowered, compiler: SQLCompiler, **options: Any) -> str:
    # In a database of locale C, lower() knows ASCII only too.
    return f'lower(({compiler.process(element.clauses, **options)}) COLLATE "und-x-icu")'
