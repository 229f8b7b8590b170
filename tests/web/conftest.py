"""The trial app, its client, and a browser to look at it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from settings import Settings
from tests.web.trial import make_app


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        database_url="sqlite:///unused", secret_key="only-for-these-tests", instance=tmp_path_factory.mktemp("instance"), demo=True
    )


@pytest.fixture
def app(settings: Settings) -> Flask:
    return make_app(settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
