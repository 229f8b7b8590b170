"""What every test may ask for: a database of each kind, the app on it, a server that answers, a browser."""

import gc
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache, Undefined, UndefinedError
from jinja2.runtime import missing
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

import calendars.uses
from app import TABLES, create_app
from database.migrate import upgrade
from database.transact import Database
from settings import Settings
from tests import browsing, once, postgres
from tests.databases import MEMORY, PostgresCopies, SqliteCopies

# Gathering makes next to no garbage; see pytest_collection_finish.
gc.disable()

# The same examples in every run; `make prove` looks further.
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis_settings.load_profile("steady")

once.share(pytest.MonkeyPatch())

for tables in TABLES:
    import_module(tables)

Fill = Callable[[Session], object]


# No test waits for it, and the next would find in its database what is written then.
calendars.uses.SOON_SECONDS = calendars.uses.TICK_SECONDS


def pytest_collection_finish() -> None:
    """What was imported and gathered stays to the end and is not looked through for garbage."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 20)


def pytest_report_header() -> list[str]:
    missing = []
    if not postgres.is_available():
        missing.append(f"PostgreSQL is not here, its tests are skipped: {postgres.HOW}")
    if browsing.chromium() is None:
        missing.append(f"Chromium is not here, tests in a browser are skipped: {browsing.HOW}")
    return missing


class Copies:
    """Makes the template of each kind of database, empty or filled, when it is first asked for."""

    def __init__(self, folder: Path, ending: ExitStack) -> None:
        self._folder = folder
        self._ending = ending
        self._server = ""
        self._made: dict[tuple[str, Fill | None], SqliteCopies | PostgresCopies] = {}

    def of(self, kind: str, fill: Fill | None = None) -> SqliteCopies | PostgresCopies:
        if (kind, fill) not in self._made:
            self._made[kind, fill] = self._make(kind, lambda url: migrated(url, fill))
        return self._made[kind, fill]

    def _make(self, kind: str, make: Callable[[str], None]) -> SqliteCopies | PostgresCopies:
        if kind == "sqlite":
            return SqliteCopies(self._folder, make)
        if not postgres.is_available():
            pytest.skip(f"PostgreSQL is not here: {postgres.HOW}")
        self._server = self._server or self._ending.enter_context(postgres.server())
        return PostgresCopies(self._server, make)


def migrated(url: str, fill: Fill | None) -> None:
    """Make the tables of a database, and fill them."""
    upgrade(url)
    if fill:
        database = Database(url)
        database.transact(fill)
        database.engine.dispose()


@pytest.fixture(scope="session")
def copies() -> Iterator[Copies]:
    with ExitStack() as ending, TemporaryDirectory(prefix="arena-sqlite-", dir=MEMORY) as folder:
        yield Copies(Path(folder), ending)


@pytest.fixture
def filled() -> Fill | None:
    """What the database of a test holds at first, for those to say who would fill it for each test anew."""
    return None


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, copies: Copies, filled: Fill | None) -> Iterator[str]:
    """An own, migrated database."""
    with copies.of(request.param, filled).copy() as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session in a write transaction, as verbs get it; its work is rolled back, even what a test commits."""
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()


@pytest.fixture
def port() -> int:
    return postgres.free_port()


@pytest.fixture
def settings(database_url: str, tmp_path: Path, port: int) -> Settings:
    return Settings(
        database_url=database_url,
        secret_key="only-for-the-tests-nowhere-else!",
        public_url=f"http://127.0.0.1:{port}",
        instance=tmp_path,
        mail_url=f"file://{tmp_path / 'mail'}",
    )


class NoSuchAttribute(Undefined):
    """Raises at once where a template asks a thing for an attribute that it does not have, which otherwise counts as nothing."""

    def __init__(self, hint: str | None = None, obj: object = missing, name: str | None = None, exc: type = UndefinedError) -> None:
        super().__init__(hint, obj, name, exc)
        if obj is not missing and isinstance(name, str) and not isinstance(obj, Mapping):
            raise AttributeError(self._undefined_message)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates as they are compiled once for all apps; each test makes an app of its own."""
    folder = tmp_path_factory.mktemp("templates")
    return FileSystemBytecodeCache(str(folder))


@pytest.fixture
def app(settings: Settings, compiled: FileSystemBytecodeCache) -> Iterator[Flask]:
    app = create_app(settings)
    app.testing = True
    app.jinja_env.bytecode_cache = compiled
    app.jinja_env.undefined = NoSuchAttribute
    yield app
    database: Database = app.extensions["database"]
    database.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def live_server(app: Flask, port: int) -> Iterator[str]:
    """The address of the app answering on the loopback, many requests at once."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = browsing.chromium()
    if program is None:
        pytest.skip(f"Chromium is not here: {browsing.HOW}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=browsing.FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, live_server: str) -> Iterator[Page]:
    """A page 1280 wide on the live server; ``page.goto("/")`` opens its front page."""
    context = browser.new_context(base_url=live_server, viewport={"width": 1280, "height": 900}, **browsing.USUAL)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """Says what of a page breaks WCAG 2.0-2.2 on level A or AA."""
    if not browsing.AXE.exists():
        pytest.fail("axe-core is not installed: run 'make assets'")
    return browsing.violations
