"""Quizzes over the interface: started, answered, handed in, and what they are worth (ATT)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from lms_core.accounts.model import Caller
from lms_core.assessment.attempts import Taken
from lms_core.content.model import QuestionDoc
from sync_server.context import Context
from sync_server.details import Tagged, tagged, uuid_of
from sync_server.guards import signed_in
from sync_server.routes.bodies import moment, readable, when

Named = Request[Caller, Any, Any]
Name = Annotated[str, Meta(min_length=1, max_length=64)]


class AnswerWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options that were chosen, by id; none takes the answer back."""

    question_id: Name
    response: Annotated[list[Name], Meta(max_length=50, examples=[["o1"]])]


class AttemptBody(Struct, frozen=True, kw_only=True):
    """An attempt; `questions` are shown while it goes on, never with the right answers."""

    id: str
    user_id: str
    course_id: str
    lesson_id: str
    assessment_id: str
    number: int
    status: Literal["open", "handed_in"]
    started_at: str
    deadline_at: str | None
    submitted_at: str | None
    timed_out: bool
    answers: dict[str, list[str]]
    questions: tuple[QuestionDoc, ...]


class WorthBody(Struct, frozen=True, kw_only=True):
    """What one answer was worth."""

    question_id: str
    points: float
    max_points: float
    correct: bool


class ResultBody(Struct, frozen=True, kw_only=True):
    """What an attempt is worth; all is null until it is graded, within a second."""

    attempt_id: str
    status: Literal["pending", "final"]
    score: float | None
    max_score: float | None
    percent: float | None
    passed: bool | None
    over_limit: bool
    timing: Literal["", "unverified", "late"]
    results: list[WorthBody]


@post("/assessments/{assessment:str}/start", guards=[signed_in], status_code=200)
async def start(request: Named, assessment: FromPath[str]) -> Response[AttemptBody]:
    """Begin an attempt at a quiz of a course that the caller learns, or go on with the one that is open."""
    return tagged(request, await _written(request, "start", uuid_of(assessment)), changed=True)


@post("/attempts/{attempt:str}/answers", guards=[signed_in], status_code=200)
async def answer(request: Named, attempt: FromPath[str], data: JSONBody[AnswerWish]) -> Response[AttemptBody]:
    """Answer a question; the last answer counts, and none after the deadline."""
    done = await _written(request, "answer", uuid_of(attempt), data.question_id, data.response)
    return tagged(request, done, changed=True)


@post("/attempts/{attempt:str}/submit", guards=[signed_in], status_code=200)
async def submit(request: Named, attempt: FromPath[str]) -> Response[AttemptBody]:
    """Hand in; asked again it is handed in already."""
    return tagged(request, await _written(request, "submit", uuid_of(attempt)), changed=True)


@get("/attempts/{attempt:str}", guards=[signed_in], operation_class=Tagged)
async def one(request: Named, attempt: FromPath[str]) -> Response[AttemptBody]:
    """An attempt of the caller's, or one handed in to a course whose students they manage.

    One whose time is over is handed in with the answers that came in time.
    """
    return tagged(request, await _written(request, "attempt", uuid_of(attempt)))


@get("/attempts/{attempt:str}/result", guards=[signed_in], operation_class=Tagged)
async def result(request: Named, attempt: FromPath[str]) -> Response[ResultBody]:
    """What a handed-in attempt is worth, for the same people."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.attempts.result, request.user, uuid_of(attempt))
    worth = [
        WorthBody(question_id=name, points=points, max_points=most, correct=correct)
        for name, (points, most, correct) in found.results.items()
    ]
    body = ResultBody(
        attempt_id=found.attempt_id, status="pending" if found.status == "pending" else "final", score=found.score,
        max_score=found.max_score, percent=found.percent, passed=found.passed, over_limit=found.over_limit,
        timing=found.timing, results=worth,
    )  # fmt: skip
    return tagged(request, body)


async def _written(request: Named, verb: str, *args: Any) -> AttemptBody:
    """Do it on a thread, and let what follows from it follow."""
    context = Context.of(request)
    done: Taken = await context.lanes.run(getattr(context.served.attempts, verb), request.user, *args)
    context.served.wrote()
    return AttemptBody(
        id=done.id, user_id=done.user_id, course_id=done.course_id, lesson_id=done.lesson_id,
        assessment_id=done.assessment_id, number=done.number,
        status="open" if done.submitted_at is None else "handed_in", started_at=moment(done.started_at),
        deadline_at=when(done.deadline_at),
        submitted_at=when(done.submitted_at), timed_out=done.timed_out, answers=dict(done.answers),
        questions=done.questions,
    )  # fmt: skip


router = Router("/", route_handlers=[start, answer, submit, one, result], before_request=readable, tags=["learning"])
