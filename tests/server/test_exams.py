"""The start of an exam over HTTP: its questions for those who learn the course, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy import insert

from lms_core.accounts.passwords import PasswordHasher
from lms_core.assessment.model import Paper
from lms_core.content.model import AssessmentDoc, OptionDoc, QuestionDoc
from lms_core.courses.entities import COURSE_CARD
from lms_core.courses.publishing import exam_paper
from lms_core.entities import SCHEMA
from lms_core.learning.entities import ENROLLMENT
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened, open_hub
from tests.fakes import FakeClock
from tests.server.people import Client

QUIZ = AssessmentDoc(
    "exam", "Waves", "exam", time_limit_minutes=30, attempts_allowed=1,
    questions=(QuestionDoc("q", "single", "What makes waves?", options=(OptionDoc("a", "Wind"),)),),
)  # fmt: skip


@pytest.fixture
def opened(data: Path, settings: Settings, clock: FakeClock, hasher: PasswordHasher) -> Iterator[Opened]:
    """A hub with all entities and one exam."""
    with open_hub(data, settings, schema=SCHEMA, effects=(), clock=clock, hasher=hasher) as each:
        with each.hub.unit() as unit:
            card = {"course_id": "course", "pack": "p1", "version": "1.0", "is_published": True}
            unit.derive(COURSE_CARD, COURSE_CARD.id_for("course"), card)
            body = msgspec.msgpack.encode(QUIZ)
            row = {"pack": "p1", "assessment_id": "exam", "course_id": "course", "lesson_id": "l", "body": body}
            unit.local(insert(exam_paper), [row])
        yield each


@pytest.fixture
def client(opened: Opened, settings: Settings) -> Iterator[Client]:
    with TestClient(create_app(settings, opened.served), raise_server_exceptions=False) as each:
        yield Client(each)


def test_questions_come_with_the_start(client: Client, opened: Opened, clock: FakeClock) -> None:
    ada = client.join()
    assert client.post("/exams/exam/start").status_code == 401
    assert ada.post("/exams/other/start").json()["code"] == "no_quiz"
    refused = ada.post("/exams/exam/start")
    assert (refused.status_code, refused.json()["code"]) == (400, "not_enrolled")
    with opened.hub.unit() as unit:
        joined = {"user_id": ada.user["id"], "course_id": "course", "status": "active"}
        unit.derive(ENROLLMENT, ENROLLMENT.id_for(ada.user["id"], "course"), joined)
    answer = ada.post("/exams/exam/start")
    paper = msgspec.convert(answer.json(), Paper)
    assert (answer.status_code, paper.assessment, paper.number) == (200, QUIZ, 1)
    assert paper.deadline_at == clock.ms() + 30 * 60_000
    assert ada.post("/exams/exam/start").json()["attempt"] == paper.attempt
    clock.advance(ms=31 * 60_000)
    ada = client.sign_in()
    assert ada.post("/exams/exam/start").json()["code"] == "no_attempts_left"
