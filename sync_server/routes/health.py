"""What monitors, the app's first contact and other programs ask before anything else (OPS-01, API-01, API-12)."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from litestar import Request, Response, Router, get
from msgspec import Struct

from lms_core.errors import LmsError
from lms_core.sync.wire import PROTOCOL
from sync_server.context import Context
from sync_server.describing import described
from sync_server.guards import anyone
from sync_server.routes.bodies import moment

PRODUCT = "desktop-lms"


class HealthBody(Struct, frozen=True, kw_only=True):
    """`status` is ok or failing; `timestamp` is the server's clock, `api` and `protocol` what it speaks.

    `registration` is open when anybody makes an account, code when it takes the code of a class or an invitation,
    closed when the invited alone do. `set_aside` counts rows and ops that made a rule fail; `lms-server retry` takes
    them up again.
    """

    product: str
    status: str
    version: str
    api: list[int]
    protocol: int
    database: str
    timestamp: str
    registration: str
    set_aside: int


@get("/health", guards=[anyone])
async def health(request: Request[Any, Any, Any]) -> Response[HealthBody]:
    """Whether the server works; 503 when its database does not answer."""
    context = Context.of(request)
    set_aside = 0
    try:
        set_aside = (await context.lanes.run(context.served.health)).set_aside
        database = "ok"
    except LmsError as error:
        database = error.code
    body = HealthBody(
        product=PRODUCT,
        status="ok" if database == "ok" else "failing",
        version=version(PRODUCT),
        api=[1],
        protocol=PROTOCOL,
        database=database,
        timestamp=moment(context.served.now_ms()),
        registration=context.settings.registration,
        set_aside=set_aside,
    )
    return Response(body, status_code=200 if database == "ok" else 503)


@get("/openapi.json", guards=[anyone], include_in_schema=False)
async def openapi(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The description of this interface in OpenAPI 3.1."""
    return described(request.app.openapi_schema.to_schema())


router = Router("/", route_handlers=[health, openapi], tags=["server"])
