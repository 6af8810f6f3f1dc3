"""What lies outside of the interface for programs: a page for people with a browser, and the figures for a monitor."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.metadata import version
from typing import Any

from litestar import Request, Response, Router, get

from lms_core.errors import LmsError
from sync_server.context import Context
from sync_server.guards import anyone, scraper
from sync_server.metrics import CONTENT_TYPE
from sync_server.routes.bodies import moment

STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}"
    "dt{font-weight:600}dd{margin:0 0 .6rem}"
)
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Learning server</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>Learning server</h1>
<p>{state}</p>
<p>Courses open in the app on your computer, which goes on without a network. Give it this server's address.</p>
<dl>
<dt>Version</dt><dd>{version}</dd>
<dt>Time</dt><dd>{time}</dd>
</dl>
<ul>
{links}
</ul>
</main>
</body>
</html>
"""


@get("/", guards=[anyone], include_in_schema=False)
async def home(request: Request[Any, Any, Any]) -> Response[str]:
    """A page that says what this is and whether it works; nobody signs in here."""
    context = Context.of(request)
    try:
        await context.lanes.run(context.served.health)
        state, status = "The server works.", 200
    except LmsError:
        state, status = "The server runs, but its database does not answer. Try again in a while.", 503
    links = [("/api/v1/health", "Health, for programs"), ("/api/v1/openapi.json", "The interface for other programs")]
    if context.settings.download_url:
        links.insert(0, (context.settings.download_url, "Get the app"))
    body = PAGE.format(
        style=STYLE,
        state=state,
        version=escape(version("desktop-lms")),
        time=moment(context.served.now_ms()),
        links="\n".join(f'<li><a href="{escape(to)}">{escape(name)}</a></li>' for to, name in links),
    )
    return Response(body, status_code=status, media_type="text/html", headers={"Content-Security-Policy": POLICY})


@get("/metrics", guards=[scraper], include_in_schema=False)
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Figures of this process in Prometheus's text format."""
    context = Context.of(request)
    return Response(await context.lanes.run(context.served.metrics.text), media_type=CONTENT_TYPE)


router = Router("/", route_handlers=[home, metrics])
