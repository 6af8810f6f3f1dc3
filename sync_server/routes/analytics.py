"""Figures: of the platform for everybody and for those who look after it, of learners for themselves (ANA)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from litestar import Request, Router, get
from litestar.params import FromQuery
from msgspec import Meta, Struct, structs

from lms_core.accounts.model import Caller
from lms_core.analytics.charts import Chart
from lms_core.analytics.learner import LearningStatistics, TaughtCourse
from lms_core.analytics.platform import FEWEST_DAYS, MOST_DAYS
from lms_core.errors import UserError
from lms_core.operation.runs import FAILED
from lms_core.permissions import is_admin, is_instructor_or_admin, is_moderator_or_up
from sync_server.context import Context
from sync_server.guards import anyone, signed_in, staff
from sync_server.parts import Missing, gather
from sync_server.routes.bodies import moment

Ask = Request[Caller, Any, Any]
Zone = Annotated[str, Meta(max_length=64, examples=["Europe/Berlin"], description="in which a day begins and ends")]
Days = Annotated[int, Meta(ge=FEWEST_DAYS, le=MOST_DAYS, description="how many days the charts go back")]


class PlatformBody(Struct, frozen=True, kw_only=True):
    """What everybody may know of the platform, as it was `last_updated`."""

    total_courses: int
    total_students: int
    total_instructors: int
    total_lessons_completed: int
    total_certificates_issued: int
    last_updated: str


class PlatformTotalsBody(PlatformBody, frozen=True, kw_only=True):
    """The same with what only those who look after it see; `learners` and `seconds` are of the last thirty days."""

    total_accounts: int
    total_enrolments: int
    total_completions: int
    learners: int
    seconds: int


class PlatformHealth(Struct, frozen=True, kw_only=True):
    """What waits for the operator: rows and changes that a rule failed for, and jobs whose last run failed."""

    set_aside: int
    failed_jobs: list[str]


class PlatformView(Struct, frozen=True, kw_only=True):
    """The platform's dashboard; what is in `missing` could not be told now and is null or left out."""

    totals: PlatformTotalsBody | None
    charts: dict[str, Chart]
    health: PlatformHealth | None
    missing: list[Missing]


class LearningStatisticsBody(Struct, frozen=True, kw_only=True):
    """What somebody has learned so far; times in seconds but for `hours_spent`, percentages from 0 to 100."""

    total_courses: int
    courses_completed: int
    courses_in_progress: int
    lessons_completed: int
    total_time_spent: int
    hours_spent: int
    average_progress: float
    average_score: float | None
    certificates_earned: int
    current_streak: int
    longest_streak: int
    last_active_day: str | None
    last_updated: str


class LearnerView(Struct, frozen=True, kw_only=True):
    """What the caller has learned, in figures and as charts."""

    statistics: LearningStatisticsBody
    charts: dict[str, Chart]


class DashboardView(Struct, frozen=True, kw_only=True):
    """The view that fits the caller's role; a part is null for other roles, and when it is in `missing`.

    `learning` and `charts` are for everybody, `teaching` for authors, `platform` for managers and administrators,
    `health` for administrators.
    """

    role: str
    learning: LearningStatisticsBody | None = None
    charts: dict[str, Chart] | None = None
    teaching: list[TaughtCourse] | None = None
    platform: PlatformTotalsBody | None = None
    health: PlatformHealth | None = None
    missing: list[Missing]


@get("/statistics/platform", guards=[anyone])
async def platform_statistics(request: Request[Any, Any, Any]) -> PlatformBody:
    """How large the platform is, counted once a day."""
    context = Context.of(request)
    found = await context.lanes.run(context.served.platform.statistics)
    return PlatformBody(**(structs.asdict(found) | {"last_updated": moment(found.last_updated)}))


@get("/analytics/platform", guards=[staff])
async def platform(request: Ask, days: FromQuery[Days] = 30) -> PlatformView:
    """How the platform grows and is used, for managers and administrators; revenue comes with payments."""
    context = Context.of(request)
    told, missing = await gather(
        context.lanes,
        {
            "totals": partial(_totals, context, request.user),
            "charts": partial(context.served.platform.charts, request.user, days=days),
            "health": partial(_health, context),
        },
    )
    charts = told.get("charts", {})
    return PlatformView(totals=told.get("totals"), charts=charts, health=told.get("health"), missing=missing)


@get("/analytics/student", guards=[signed_in])
async def student(request: Ask, zone: FromQuery[Zone] = "UTC") -> LearnerView:
    """What the caller has learned."""
    context, named = Context.of(request), _zone(zone)
    learner = context.served.learner
    found = await context.lanes.run(learner.statistics, request.user, named)
    charts = await context.lanes.run(learner.charts, request.user, named)
    return LearnerView(statistics=_learned(found), charts=charts)


@get("/dashboard", guards=[signed_in])
async def dashboard(request: Ask, zone: FromQuery[Zone] = "UTC") -> DashboardView:
    """Figures for the caller's role (ANA-04); a part that fails or takes too long is named in `missing`."""
    context, who, named = Context.of(request), request.user, _zone(zone)
    learner = context.served.learner
    parts: dict[str, Callable[[], Any]] = {
        "learning": lambda: _learned(learner.statistics(who, named)),
        "charts": partial(learner.charts, who, named),
    }
    if is_instructor_or_admin(who):
        parts["teaching"] = partial(learner.teaching, who)
    if is_moderator_or_up(who):
        parts["platform"] = partial(_totals, context, who)
    if is_admin(who):
        parts["health"] = partial(_health, context)
    told, missing = await gather(context.lanes, parts)
    return DashboardView(role=who.role, **told, missing=missing)


def _totals(context: Context, who: Caller) -> PlatformTotalsBody:
    found = context.served.platform.figures(who)
    return PlatformTotalsBody(**(structs.asdict(found) | {"last_updated": moment(found.last_updated)}))


def _health(context: Context) -> PlatformHealth:
    last = context.served.runs.latest()
    failed = sorted(run.name for run in last if run.outcome == FAILED)
    return PlatformHealth(set_aside=context.served.health().set_aside, failed_jobs=failed)


def _learned(found: LearningStatistics) -> LearningStatisticsBody:
    return LearningStatisticsBody(**(structs.asdict(found) | {"last_updated": moment(found.last_updated)}))


def _zone(name: str) -> tzinfo:
    """The time zone of a name. Raises UserError `invalid_fields`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UserError("invalid_fields", fields={"zone": ["invalid"]}, names="zone") from error


router = Router("/", route_handlers=[platform_statistics, platform, student, dashboard], tags=["analytics"])
