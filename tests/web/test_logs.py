"""The log: one line per request, nothing in it that is anybody's secret."""

from dataclasses import replace

from flask.testing import FlaskClient
from structlog.testing import capture_logs

from settings import Settings
from tests.web.trial import make_app

SECRET = "kZ3vT9aQ1xW7mN5bR2cY8dL4"


def test_a_private_calendar_s_token_is_masked(client: FlaskClient) -> None:
    with capture_logs() as lines:
        client.get(f"/calendars/private/{SECRET}.ics").close()
        client.get(f"/proof/{SECRET}/x").close()

    assert [line["path"] for line in lines] == ["/calendars/private/….ics", "/proof/…/x"]
    assert SECRET not in str(lines)


def test_the_query_and_the_address_of_the_visitor_stay_out_of_the_log(client: FlaskClient) -> None:
    with capture_logs() as lines:
        client.get("/about?name=Kari", environ_base={"REMOTE_ADDR": "198.51.100.7"}).close()

    assert set(lines[0]) == {"status", "ms", "request_id", "method", "path", "event", "log_level"}
    assert "Kari" not in str(lines)


def test_a_defect_is_logged_with_its_place_under_the_number_in_the_answer(client: FlaskClient) -> None:
    with capture_logs() as lines:
        answer = client.get("/broken")

    defect = next(line for line in lines if line["event"] == "defect")
    assert defect["error"] == "RuntimeError"
    assert defect["request_id"] == answer.headers["X-Request-Id"]
    assert "in broken" in defect["trace"]


def test_a_given_request_id_is_kept_only_behind_a_trusted_proxy(settings: Settings) -> None:
    given = {"X-Request-Id": "abcdef-123456"}

    alone = make_app(settings).test_client().get("/healthz", headers=given)
    behind = make_app(replace(settings, trusted_proxies=1)).test_client().get("/healthz", headers=given)

    assert alone.headers["X-Request-Id"] != "abcdef-123456"
    assert behind.headers["X-Request-Id"] == "abcdef-123456"
