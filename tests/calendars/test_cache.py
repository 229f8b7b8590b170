"""The cache: one rendering per machine and change, bounded memory, files that are whole or not there."""

import contextlib
import threading
import time
from datetime import UTC, datetime

from calendars.bodies import Rendering
from calendars.cache import Cache, Copy

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def copy(tag="one", body=b"body"):
    return Copy(tag, NOW, Rendering(body))


def test_a_hundred_subscribers_in_several_processes_cause_one_rendering(tmp_path):
    rendered, processes = [], [Cache(tmp_path) for _ in range(4)]

    def render(_before):
        time.sleep(0.05)
        rendered.append(1)
        return copy()

    threads = [threading.Thread(target=lambda cache=cache: cache.once("feed", "one", render, filed=True)) for cache in processes * 25]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rendered) == 1


def test_another_process_finds_the_file_and_an_older_one_is_the_last_good(tmp_path):
    Cache(tmp_path).once("feed", "one", lambda _: copy(body="blåbær".encode() + b"\n\r\n"), filed=True)
    other = Cache(tmp_path)

    assert other.get("feed", "one").body == "blåbær".encode() + b"\n\r\n"
    assert other.get("feed", "two") is None
    assert other.last_good("feed").rendered_at == NOW
    assert other.last_good("unheard-of") is None


def test_what_few_ask_for_is_not_filed(tmp_path):
    Cache(tmp_path).once("feed", "one", lambda _: copy(), filed=False)

    assert Cache(tmp_path).get("feed", "one") is None


def test_a_broken_file_is_as_good_as_none(tmp_path):
    Cache(tmp_path).once("feed", "one", lambda _: copy(), filed=True)
    for file in tmp_path.glob("*.feed"):
        file.write_bytes(b"half a fi")

    assert Cache(tmp_path).get("feed", "one") is None


def test_files_are_for_this_service_alone(tmp_path):
    folder = tmp_path / "feeds"
    Cache(folder).once("feed", "one", lambda _: copy(), filed=True)

    assert [file.stat().st_mode & 0o077 for file in (folder, *folder.glob("*.feed"))] == [0, 0]


def test_memory_is_bounded_and_what_was_asked_for_last_stays(tmp_path):
    cache = Cache(tmp_path, most=250)
    for key in ("a", "b", "a", "c"):
        cache.once(key, "one", lambda _: copy(body=b"x" * 100), filed=False)

    assert [key for key in ("a", "b", "c") if cache.get(key, "one")] == ["a", "c"]


def test_equal_bodies_are_packed_to_equal_bytes():
    assert copy(body=b"x" * 1000).packed == copy(body=b"x" * 1000).packed


def test_a_failed_rendering_lets_the_next_one_try(tmp_path):
    cache = Cache(tmp_path)
    with contextlib.suppress(ZeroDivisionError):
        cache.once("feed", "one", lambda _: 1 / 0, filed=True)

    assert cache.once("feed", "one", lambda _: copy(), filed=True).body == b"body"


def test_days_without_end_leave_no_files_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("calendars.cache.LOCKS", 3)
    for days in range(40):
        Cache(tmp_path).once(f"feed/{days}", "one", lambda _: copy(), filed=False)

    assert sorted(file.name for file in tmp_path.iterdir()) == ["0.lock", "1.lock", "2.lock"]


def test_after_an_erasure_no_process_hands_out_what_it_rendered_before(tmp_path):
    cache, other = Cache(tmp_path), Cache(tmp_path)
    cache.once("feed", "one", lambda _: copy(body=b"Per Solli"), filed=True)
    assert (other.get("feed", "one").body, cache.last_good("feed").body) == (b"Per Solli", b"Per Solli")

    cache.forget()

    assert [one.last_good("feed") for one in (cache, other, Cache(tmp_path))] == [None, None, None]
    assert not any(b"Per Solli" in path.read_bytes() for path in tmp_path.iterdir())
    cache.once("feed", "two", lambda _: copy("two", b"new"), filed=True)
    assert [one.last_good("feed").body for one in (cache, other)] == [b"new", b"new"]


def test_what_an_erasure_overtook_while_it_was_rendered_is_kept_nowhere(tmp_path):
    cache, other = Cache(tmp_path), Cache(tmp_path)

    def render(_before):
        other.forget()
        return copy(body=b"Per Solli")

    cache.once("feed", "one", render, filed=True)

    assert [one.last_good("feed") for one in (cache, other)] == [None, None]
    assert [one.get("feed", "one") for one in (cache, other)] == [None, None]
    assert not any(b"Per Solli" in path.read_bytes() for path in tmp_path.iterdir())
