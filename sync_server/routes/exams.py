"""Exams: their questions are handed out when an attempt starts, never before (SYNC.md section 7)."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, post
from litestar.params import FromPath

from lms_core.accounts.model import Caller
from lms_core.assessment.model import Paper
from sync_server.context import Context
from sync_server.guards import signed_in


@post("/{assessment:str}/start", guards=[signed_in], status_code=200)
async def start(request: Request[Caller, Any, Any], assessment: FromPath[str]) -> Paper:
    """Begin an attempt at an exam of a course that the caller learns.

    Asked again before its end, the same attempt once more. It is handed in by sync, also later.
    """
    context = Context.of(request)
    return await context.lanes.run(context.served.exams.start, request.user, assessment)


router = Router("/exams", route_handlers=[start], tags=["exams"])
