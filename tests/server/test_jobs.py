"""Daily chores of the server: one at a time, failures told, an end that waits."""

from __future__ import annotations

import threading

import pytest

from sync_server.jobs import Jobs


def test_chores_take_turns_and_one_that_fails_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    jobs, done, at_once = Jobs(), threading.Semaphore(0), threading.Lock()
    overlaps = []

    def count() -> None:
        overlaps.append(not at_once.acquire(blocking=False))
        at_once.release()
        done.release()

    def fail() -> None:
        count()
        raise ValueError("no such thing")

    jobs.add("good", count, every_s=0.01)
    jobs.add("bad", fail, every_s=0.01)
    jobs.start()
    for _ in range(6):
        assert done.acquire(timeout=30)
    jobs.close()
    assert not any(overlaps)
    assert "the chore bad failed" in caplog.text
    assert "no such thing" in caplog.text


def test_closing_waits_for_the_chore_that_runs() -> None:
    jobs, begun, go_on, ended = Jobs(), threading.Event(), threading.Event(), []

    def slow() -> None:
        begun.set()
        assert go_on.wait(30)
        ended.append(True)

    jobs.add("slow", slow)
    jobs.add("never", lambda: ended.append(False))
    jobs.start()
    assert begun.wait(30)
    closing = threading.Thread(target=jobs.close)
    closing.start()
    go_on.set()
    closing.join()
    assert ended[0] is True
    assert len(ended) <= 2


def test_jobs_that_never_began_can_be_closed() -> None:
    Jobs().close()
