"""Rules of this house that no linter knows: who writes claims, who commits, where imports stand, that nothing needs the app."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("kernel", "database", "web", "accounts", "venues", "policies", "booking", "calendars", "notices", "demo")
GATE = "booking/occupy.py"
TRANSACTION = "database/transact.py"
MIGRATIONS = "database/migrations/"
WRITES = {"insert", "delete", "update"}
SQL_ON_CLAIM = re.compile(r"\b(INSERT\s+INTO|DELETE\s+FROM|UPDATE)\s+claim\b", re.IGNORECASE)


def main() -> int:
    faults = [fault for file in files() for fault in faults_of(file)]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def files() -> Iterator[Path]:
    """All code of the packages, and the two files beside them."""
    yield from (ROOT / "settings.py", ROOT / "app.py")
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def faults_of(file: Path) -> Iterator[str]:
    """One line per broken rule, with the place."""
    name = file.relative_to(ROOT).as_posix()
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=name)
    for node in ast.walk(tree):
        for rule, what in broken_by(node, name):
            yield f"{name}:{getattr(node, 'lineno', 1)}: {what} ({rule})"


def broken_by(node: ast.AST, name: str) -> Iterator[tuple[str, str]]:
    """The rules that this piece of code breaks in the file of that name."""
    if name.startswith(MIGRATIONS):
        return
    if name != GATE and writes_claims(node):
        yield "gate", f"only {GATE} writes claims"
    if name != TRANSACTION and commits(node):
        yield "transaction", f"only {TRANSACTION} commits"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(is_import(inner) for inner in ast.walk(node)):
        yield "imports", f"{node.name}() imports; imports stand at the top"
    if name != "app.py" and "app" in imported(node):
        yield "app", "nothing imports app"


def writes_claims(node: ast.AST) -> bool:
    """``insert(Claim)`` and the like, ``query(Claim).delete()``, ``Claim(…)`` itself, or such a statement in SQL."""
    match node:
        case ast.Call(func=ast.Name(id="Claim") | ast.Attribute(attr="Claim")):
            return True
        case ast.Call(func=ast.Name(id=verb) | ast.Attribute(attr=verb), args=[target, *_]) if verb in WRITES:
            return names_claim(target)
        case ast.Call(func=ast.Attribute(attr=verb, value=target)) if verb in WRITES:
            return names_claim(target)
        case ast.Constant(value=str(text)):
            return bool(SQL_ON_CLAIM.search(text))
        case _:
            return False


def names_claim(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == "Claim" for inner in ast.walk(node))


def commits(node: ast.AST) -> bool:
    """``session.commit()``, or ``with session.begin():``, which commits at its end."""
    match node:
        case ast.Call(func=ast.Attribute(attr="commit")):
            return True
        case ast.withitem(context_expr=ast.Call(func=ast.Attribute(attr="begin"))):
            return True
        case _:
            return False


def is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def imported(node: ast.AST) -> set[str]:
    """The top names of the packages that an import takes from."""
    match node:
        case ast.Import(names=names):
            return {alias.name.partition(".")[0] for alias in names}
        case ast.ImportFrom(module=str(module)) | ast.Call(func=ast.Name(id="import_module"), args=[ast.Constant(value=str(module)), *_]):
            return {module.partition(".")[0]}
        case _:
            return set()


if __name__ == "__main__":
    sys.exit(main())
