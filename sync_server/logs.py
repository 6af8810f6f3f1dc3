"""The log of a server: a line for each record on standard error, as text or JSON, with secrets taken out (SEC-13).

Records written while a request is answered carry its id, also those of the threads that work for it.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from lms_core.redaction import redacted

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that this thread or task works for."""

STYLES = ("text", "json")
EXTRA = ("method", "path", "status", "ms", "bytes", "account")


class _Redacting(logging.Formatter):
    """What both styles tell of a record."""

    def told(self, record: logging.LogRecord) -> Iterator[tuple[str, Any]]:
        """Its parts by name, redacted."""
        yield "time", datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        yield "level", record.levelname
        yield "logger", record.name
        yield "message", redacted(record.getMessage())
        more = {"request_id": getattr(record, "request_id", None) or REQUEST.get() or None}
        more |= {name: getattr(record, name, None) for name in EXTRA}
        for name, value in more.items():
            if value is not None:
                yield name, redacted(value) if isinstance(value, str) else value
        if record.exc_info:
            yield "error", redacted(self.formatException(record.exc_info))


class JsonLines(_Redacting):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Put time, level, message and what the request tells into one object."""
        return json.dumps(dict(self.told(record)), ensure_ascii=False, default=str)


class TextLines(_Redacting):
    """A log record as a line to read; nobody outside can begin a line of his own."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, then name=value; a traceback follows indented."""
        parts = dict(self.told(record))
        error = str(parts.pop("error", ""))
        head = " ".join(_plain(str(parts.pop(name))) for name in ("time", "level", "logger", "message"))
        rest = "".join(f" {name}={_plain(str(value), quote=True)}" for name, value in parts.items())
        return head + rest + "".join(f"\n    {line}" for line in error.splitlines())


def _plain(text: str, *, quote: bool = False) -> str:
    shown = text if text.isprintable() else json.dumps(text)[1:-1]
    return json.dumps(shown, ensure_ascii=False) if quote and (" " in shown or '"' in shown) else shown


def start_logging(level: str, style: str = "text") -> None:
    """Send the log of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if style == "json" else TextLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("uvicorn.error", "alembic", "httpx", "apscheduler"):
        logging.getLogger(name).setLevel("WARNING")
