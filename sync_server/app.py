"""Put the server together: routes behind guards, one error table, limits, and the edge around it all."""

from __future__ import annotations

import logging
from copy import copy
from functools import cache, partial
from importlib.metadata import version
from typing import Any

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.events import SimpleEventEmitter
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from lms_core.errors import LmsError
from sync_server.config import Settings
from sync_server.context import Context
from sync_server.describing import described
from sync_server.edge import Edge
from sync_server.guards import anyone
from sync_server.hints import Switchboard
from sync_server.lanes import Lanes
from sync_server.limits import Limits
from sync_server.metrics import Gauge
from sync_server.problems import on_bug, on_http_error, on_lms_error
from sync_server.routes import (
    analytics,
    attempts,
    audit,
    auth,
    bundles,
    categories,
    certificates,
    classes,
    configuration,
    contents,
    courses,
    devices,
    exams,
    files,
    health,
    instructors,
    invitations,
    jobs,
    learning,
    lessons,
    live,
    mails,
    notes,
    notifications,
    page,
    people,
    proof_pages,
    quizzes,
    recovery,
    replicas,
    reports,
    second_factor,
    social,
    sync,
    system,
    upload_records,
    uploads,
    users,
)
from sync_server.served import Served

log = logging.getLogger(__name__)

API = "/api/v1"
MOST_BODY = 64 << 10
FAMILIES = (
    analytics,
    attempts,
    audit,
    auth,
    bundles,
    categories,
    certificates,
    classes,
    configuration,
    contents,
    courses,
    devices,
    exams,
    files,
    health,
    instructors,
    invitations,
    jobs,
    learning,
    lessons,
    live,
    mails,
    notes,
    notifications,
    people,
    proof_pages,
    quizzes,
    recovery,
    replicas,
    reports,
    second_factor,
    social,
    sync,
    system,
    upload_records,
    uploads,
    users,
)
ROUTERS = tuple(family.router for family in FAMILIES)


def create_app(settings: Settings, served: Served) -> Litestar:
    """The whole HTTP interface over a hub."""
    lanes = Lanes(threads=settings.threads, password_threads=settings.password_threads)
    board = Switchboard(served.live, lanes, served.now_ms, most=settings.live_connections)
    context = Context(served, settings, Limits(settings, served.now_ms), lanes, board)
    app = copy(routed())
    app.state = State({"context": context})
    app.on_startup, app.on_shutdown = [board.start, partial(_warm_up, served, lanes)], [board.stop, lanes.close]
    app.event_emitter = SimpleEventEmitter([])
    app.asgi_router = copy(app.asgi_router)
    app.asgi_router.app = app
    _gauge_of_process(served, lanes, board)
    # around the router too, so that an unknown path is logged and answered like any other
    app.asgi_handler = Edge(app.asgi_handler, served.metrics)
    return app


@cache
def routed() -> Litestar:
    """The routes as the framework keeps them, which takes it a tenth of a second; they hold nothing of one server."""
    return Litestar(
        route_handlers=[Router(API, route_handlers=list(ROUTERS)), page.router],
        exception_handlers={LmsError: on_lms_error, HTTPException: on_http_error, Exception: on_bug},
        request_max_body_size=MOST_BODY,
        openapi_config=_openapi(),
        logging_config=None,
        debug=False,
    )


def description() -> dict[str, Any]:
    """The interface in OpenAPI 3.1, as the server tells it."""
    return described(routed().openapi_schema.to_schema())


async def _warm_up(served: Served, lanes: Lanes) -> None:
    try:
        await lanes.run(served.catalogue.warm_up)
    except LmsError as error:  # those who ask will hear it
        log.warning("nothing is at hand yet: %s", error.code)


def _gauge_of_process(served: Served, lanes: Lanes, board: Switchboard) -> None:
    served.metrics.measure(
        Gauge("lms_waiting", "What threads have to do.", lambda: dict(lanes.waiting), "lane"),
        Gauge("lms_live_lines", "Devices that are told at once.", lambda: float(board.count)),
    )


def _openapi() -> OpenAPIConfig:
    bearer = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT", description="POST /auth/login gives it.")
    return OpenAPIConfig(
        title="Desktop LMS server",
        version=version("desktop-lms"),
        description="Accounts, devices, synchronisation, course packs and media. Errors are "
        "`{code, message, details, request_id}`; `code` is stable, `message` is English for people.",
        components=Components(security_schemes={"bearer": bearer}),
        security=[{"bearer": []}],
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin()],
        # the framework's own pages; the document itself is GET /openapi.json
        openapi_router=Router(f"{API}/openapi", route_handlers=[], guards=[anyone], include_in_schema=False),
    )
