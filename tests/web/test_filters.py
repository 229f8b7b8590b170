"""The filters of templates: two of one name would silently be one."""

from typing import Any

import pytest
from flask import Flask
from flask.templating import Environment

from app import create_app
from settings import Settings


class Once(dict[str, Any]):
    """Filters by name, of which none takes the place of another."""

    def __setitem__(self, name: str, value: Any) -> None:
        assert self.get(name, value) is value, f"two filters called {name}"
        super().__setitem__(name, value)


def test_no_filter_takes_the_name_of_another(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Flask.create_jinja_environment

    def noted(app: Flask) -> Environment:
        environment = made(app)
        environment.filters = Once(environment.filters)
        return environment

    monkeypatch.setattr(Flask, "create_jinja_environment", noted)

    assert "statistic_label" in create_app(settings).jinja_env.filters
