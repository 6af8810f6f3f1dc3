"""What lies outside of the interface for programs: the figures for a monitor."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get

from sync_server.context import Context
from sync_server.guards import scraper
from sync_server.metrics import CONTENT_TYPE


@get("/metrics", guards=[scraper], include_in_schema=False)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Figures of this process in Prometheus's text format."""
    context = Context.of(request)
    return Response(await context.lanes.run(context.served.metrics.text), media_type=CONTENT_TYPE)


router = Router("/", route_handlers=[metrics])
