"""One JSON object a line on standard error, with secrets taken out whoever wrote them (SEC-13)."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

SECRETS = re.compile(
    r"eyJ[\w-]+\.[\w-]+\.[\w-]+"  # access tokens
    r"|[0-9a-f]{8}-[0-9a-f-]{27}\.\d+\.[\w-]{43}"  # refresh tokens
    r"|(?<=Bearer )\S+"
    r"|\$argon2\w*\$\S+"
    r"|(?i:(?<=password=)|(?<=password\": )|(?<=password': ))(?:'[^']*'|\"[^\"]*\"|\S+)"
)
EXTRA = ("request_id", "method", "path", "status", "ms", "bytes", "account")


def redacted(text: str) -> str:
    """The text with tokens, hashes and passwords taken out."""
    return SECRETS.sub("[removed]", text)


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Put time, level, message and what the request tells into one object."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name in EXTRA if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return redacted(json.dumps(line, ensure_ascii=False, default=str))


def start_logging(level: str) -> None:
    """Send the log of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("uvicorn.error", "alembic", "httpx"):
        logging.getLogger(name).setLevel("WARNING")
