"""Tell what an HTTP answer is: the hub's own, a gateway's before it, or that of a program which is no hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lms_core.errors import (
    AuthExpired,
    Conflict,
    Denied,
    LmsError,
    NotFound,
    Offline,
    ServerError,
    UserError,
    VersionMismatch,
)

if TYPE_CHECKING:
    import httpx

GATEWAY = frozenset({408, 429, 502, 503, 504, *range(520, 531)})
"""What stands before a hub answers so while the hub is away or has too much to do."""

TABLE = "text/csv"


class Damaged(UserError):
    """A part arrived otherwise than it was sent."""


_BY_STATUS: dict[int, type[LmsError]] = {
    400: UserError,
    401: AuthExpired,
    403: Denied,
    404: NotFound,
    409: Conflict,
    412: Conflict,
    413: UserError,
    422: UserError,
    426: VersionMismatch,
    429: UserError,
    460: Damaged,
}


def refusal(answer: httpx.Response, *, known: bool) -> LmsError | None:
    """The error an answer stands for, None for a success; a streamed answer of 300 and above must have been read.

    `known` says that a hub once answered at this address.
    """
    if answer.is_success:
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        page = kind.startswith("text/") and kind != TABLE  # such as that of a network one has to sign in to
        return foreign(answer, known=known) if page else None
    body = _body(answer)
    if not answer.is_error or not _is_ours(body):
        return _of_another(answer, known=known)
    kind = _BY_STATUS.get(answer.status_code, ServerError)
    values = {k: v for k, v in body["details"].items() if k not in ("self", "code", "status")}
    return kind(body["code"], **values, **({"status": answer.status_code} if kind is ServerError else {}))


def told(answer: httpx.Response, *names: str, known: bool) -> Any:
    """What a success says in JSON, an object that has these names; raises ServerError when no hub said it."""
    body = _body(answer)
    if body is None or (names and not (isinstance(body, dict) and body.keys() >= set(names))):
        raise foreign(answer, known=known)
    return body


def foreign(answer: httpx.Response, *, known: bool) -> ServerError:
    """The error for what no hub of ours says."""
    return ServerError("server_replaced" if known else "not_a_server", url=_server(answer))


def away(url: str, *, known: bool) -> Offline:
    """The error for a server that cannot be reached; only of a known one can work be waiting."""
    return Offline() if known else Offline("unreachable", url=url)


def _of_another(answer: httpx.Response, *, known: bool) -> LmsError:
    """What is meant by an answer that has not the shape of the hub's."""
    status = answer.status_code
    if status in GATEWAY:
        return away(_server(answer), known=known)
    if status == 500:
        return ServerError("server_error", status=status)
    return UserError("too_large") if status == 413 else foreign(answer, known=known)


def _server(answer: httpx.Response) -> str:
    return str(answer.url.copy_with(raw_path=b"/")).rstrip("/")


def _body(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _is_ours(body: Any) -> bool:
    """Whether it has the one shape of the hub's refusals."""
    return (
        isinstance(body, dict)
        and isinstance(body.get("code"), str)
        and isinstance(body.get("message"), str)
        and isinstance(body.get("details"), dict)
        and "request_id" in body
    )
