"""An answer made of parts (API-17): one that fails or takes too long is named and left out, the others are told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from lms_core.errors import Denied, LmsError, UserError
from sync_server.lanes import Lanes

log = logging.getLogger(__name__)

PATIENCE_S = 3.0
SLOW, FAILED = "slow", "server_error"


class Missing(Struct, frozen=True):
    """A part that is not in the answer; `code` is `slow`, or that of the error."""

    part: str
    code: str


async def gather(
    lanes: Lanes, parts: Mapping[str, Callable[[], Any]], *, within_s: float = PATIENCE_S
) -> tuple[dict[str, Any], list[Missing]]:
    """Make all parts at once, each in a transaction of its own; returns what came in time, and what did not.

    What is not there in time goes on in its thread and is thrown away. What is wrong with the request itself is raised:
    UserError, Denied.
    """
    tasks = {name: asyncio.create_task(lanes.run(make)) for name, make in parts.items()}
    done, _late = await asyncio.wait(tasks.values(), timeout=within_s)
    told, missing = {}, []
    for name, task in tasks.items():
        error = task.exception() if task in done else None
        if task in done and error is None:
            told[name] = task.result()
        elif isinstance(error, UserError | Denied):
            raise error
        else:
            missing.append(Missing(name, _code(name, error)))
    return told, missing


def _code(name: str, error: BaseException | None) -> str:
    log.error("the part %s is left out", name, exc_info=error)
    if error is None:
        return SLOW
    return error.code if isinstance(error, LmsError) else FAILED
