"""Quizzes of courses: settings and questions for authors, questions without keys for those who read the course."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from lms_core.accounts.model import Caller
from lms_core.catalogue.views import AssessmentView, QuestionView
from sync_server.context import Context
from sync_server.details import Tagged, actor_of, changed, created, given, tagged, trashed, uuid_of
from sync_server.guards import signed_in
from sync_server.listing import Listing, PageOf, sliced
from sync_server.routes.bodies import readable
from sync_server.routes.course_bodies import (
    LARGEST,
    AssessmentChange,
    NewQuestion,
    WholeAssessment,
    WholeQuestion,
)

Named = Request[Caller, Any, Any]


@get("/lessons/{lesson:str}/assessment", guards=[signed_in], operation_class=Tagged)
async def assessment_of(request: Named, lesson: FromPath[str]) -> Response[AssessmentView]:
    """The quiz of a lesson, without keys for those who do not edit it."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.catalogue.assessment_of, actor_of(request), uuid_of(lesson))
    return tagged(request, found)


@post("/lessons/{lesson:str}/assessment", guards=[signed_in])
async def make_assessment(
    request: Named, lesson: FromPath[str], data: JSONBody[WholeAssessment]
) -> Response[AssessmentView]:
    """Make a lesson a quiz with these settings; the same again changes nothing."""
    context = Context.of(request)
    made = await context.lanes.run(context.served.desk.set_assessment, actor_of(request), uuid_of(lesson), given(data))
    return created(request, made, made.id)


@get("/assessments/{assessment:str}", guards=[signed_in], operation_class=Tagged)
async def assessment(request: Named, assessment: FromPath[str]) -> Response[AssessmentView]:
    """A quiz, without keys for those who do not edit it; the questions of an exam come when it starts."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.catalogue.assessment, actor_of(request), uuid_of(assessment))
    return tagged(request, found)


@put("/assessments/{assessment:str}", guards=[signed_in])
async def replace_assessment(
    request: Named, assessment: FromPath[str], data: JSONBody[WholeAssessment]
) -> Response[AssessmentView]:
    """Set every setting of a quiz."""
    return await changed(request, "change_assessment", assessment, given(data))


@patch("/assessments/{assessment:str}", guards=[signed_in])
async def change_assessment(
    request: Named, assessment: FromPath[str], data: JSONBody[AssessmentChange]
) -> Response[AssessmentView]:
    """Change some settings of a quiz."""
    return await changed(request, "change_assessment", assessment, given(data))


@get("/assessments/{assessment:str}/questions", guards=[signed_in], operation_class=Listing)
async def questions(request: Named, assessment: FromPath[str]) -> PageOf[QuestionView]:
    """The questions of a quiz, without keys for those who do not edit it."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.catalogue.assessment, actor_of(request), uuid_of(assessment))
    return PageOf(**sliced(request, found.questions))


@post("/assessments/{assessment:str}/questions", guards=[signed_in])
async def add_question(
    request: Named, assessment: FromPath[str], data: JSONBody[NewQuestion]
) -> Response[QuestionView]:
    """Add a question at the end of a quiz."""
    context, values = Context.of(request), given(data)
    row = values.pop("id", None)
    made = await context.lanes.run(
        context.served.desk.add_question, actor_of(request), uuid_of(assessment), values, row
    )
    return created(request, made, made.id)


@put("/questions/{question:str}", guards=[signed_in])
async def replace_question(
    request: Named, question: FromPath[str], data: JSONBody[WholeQuestion]
) -> Response[QuestionView]:
    """Set a question anew."""
    return await changed(request, "change_question", question, given(data))


@delete("/questions/{question:str}", guards=[signed_in])
async def trash_question(request: Named, question: FromPath[str]) -> None:
    """Put a question into the trash of the course for 30 days."""
    await trashed(request, "trash_question", question)


router = Router(
    "/",
    route_handlers=[
        assessment_of, make_assessment, assessment, replace_assessment, change_assessment, questions, add_question,
        replace_question, trash_question,
    ],
    before_request=readable,
    request_max_body_size=LARGEST,
    tags=["courses"],
)  # fmt: skip
