"""The house keeps its own rules: every package has its place in the order of imports, and the checks see what they look for."""

import tomllib
from pathlib import Path

import pytest

from checks import house

ROOT = Path(__file__).parents[1]
NOT_OURS = {"node_modules", "instance", "tests", "checks", "bench"}


def contracts() -> dict[str, dict[str, object]]:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {"roots": tool["root_packages"]} | {contract["type"]: contract for contract in tool["contracts"]}


def packages_on_disk() -> set[str]:
    found = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").exists() or list(folder.glob("*.py"))}
    return {name for name in found if name not in NOT_OURS and not name.startswith(".")}


def test_every_package_stands_in_the_order_of_imports() -> None:
    layers = contracts()["layers"]["layers"]

    placed = {name.strip() for layer in layers for name in layer.split("|")}

    assert placed == packages_on_disk()


def test_every_package_is_looked_at_by_every_check() -> None:
    assert set(contracts()["roots"]) == packages_on_disk()
    assert set(contracts()["acyclic_siblings"]["ancestors"]) == packages_on_disk()
    assert set(house.PACKAGES) == packages_on_disk()


def test_the_code_keeps_the_rules_of_the_house() -> None:
    assert [fault for file in house.files() for fault in house.faults_of(file)] == []


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("session.execute(insert(Claim), rows)", "gate"),
        ("session.execute(models.delete(Claim.__table__))", "gate"),
        ("session.add(Claim(space_id=1))", "gate"),
        ("text('insert into claim values (1)')", "gate"),
        ("f'DELETE FROM claim WHERE id = {number}'", "gate"),
        ("session.query(Claim).filter_by(id=1).delete()", "gate"),
        ("session.execute(Claim.__table__.insert())", "gate"),
        ("session.commit()", "transaction"),
        ("with session.begin(): pass", "transaction"),
        ("def late():\n    import json", "imports"),
        ("class Late:\n    async def verb(self):\n        from json import dumps", "imports"),
        ("from app import create_app", "app"),
        ("import app.parts", "app"),
        ("import_module('app')", "app"),
    ],
)
def test_a_broken_rule_is_found(code: str, rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "ROOT", tmp_path)
    file = tmp_path / "booking.py"
    file.write_text(code)

    found = {fault.rpartition("(")[2].rstrip(")") for fault in house.faults_of(file)}

    assert found == {rule}


@pytest.mark.parametrize(
    "code", ["select(Claim).where(Claim.space_id == 1)", "delete(Hold)", "'claims are updated by the gate'", "import apples"]
)
def test_what_breaks_no_rule_is_left_alone(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house, "ROOT", tmp_path)
    file = tmp_path / "booking.py"
    file.write_text(code)

    assert list(house.faults_of(file)) == []
