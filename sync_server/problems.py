"""The one table from errors to HTTP: a status for each class, and a body that says what happened (API-06, API-07)."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException, WebSocketException

from lms_core import errors
from lms_core.errors import MESSAGES, LmsError

log = logging.getLogger(__name__)

# a code goes before its class, a class before its parent
STATUS: Mapping[str | type[LmsError], int] = {
    "too_large": 413,
    "wrong_media_type": 415,
    "type_not_allowed": 415,
    "out_of_quota": 413,
    "provider_away": 502,
    "provider_failed": 502,
    "part_mismatch": 460,  # as tus names it
    "rate_limited": 429,
    "api_version": 426,
    "precondition_failed": 412,
    "instructor_inactive": 403,  # a rule of ops, too
    "id_reused": 409,
    errors.UserError: 400,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Denied: 403,
    errors.DiskFull: 507,
    errors.Busy: 503,
    errors.StorageError: 500,
    errors.AuthExpired: 401,
    errors.VersionMismatch: 426,
    errors.LmsError: 500,
}
_HTTP_CODES = {
    400: "bad_request", 401: "auth_missing", 403: "denied", 404: "not_found", 405: "method_not_allowed",
    413: "too_large", 415: "wrong_media_type", 429: "rate_limited",
}  # fmt: skip
_NAMED = re.compile(r"(missing required|unknown) field `([^`]+)`")
_OWN = (errors.StorageError, errors.SyncError)


def status_of(error: LmsError) -> int:
    """The HTTP status of an error."""
    if error.code in STATUS:
        return STATUS[error.code]
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def closing(error: LmsError) -> tuple[int, str]:
    """The code and reason with which an error closes a WebSocket: 4000 and its HTTP status."""
    return 4000 + status_of(error), error.code


def refusal(error: LmsError) -> WebSocketException:
    """The same before the line is open; the edge answers with the HTTP status then."""
    code, reason = closing(error)
    return WebSocketException(detail=reason, code=code)


def on_lms_error(request: Request[Any, Any, Any], error: LmsError) -> Response[dict[str, Any]]:
    """Answer with what the core raised."""
    status = status_of(error)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = f'Bearer error="{error.code}"'
    if "seconds" in error.values and status == 429:
        headers["Retry-After"] = str(error.values["seconds"])
    if status >= 500:
        log.error("storage failed: %s", error, exc_info=error)
        headers["Retry-After"] = "30"
    # paths and the like are for the operator's log, not for the caller
    details = {} if isinstance(error, _OWN) else _details(error)
    message = error.message if not isinstance(error, errors.StorageError) else _plain(error.code)
    return _problem(request, status, code=error.code, message=message, details=details, headers=headers)


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """Answer with what the framework refused: a body that does not fit, an unknown path."""
    status = error.status_code
    if status >= 500:
        return on_bug(request, error)
    code = _HTTP_CODES.get(status, "bad_request")
    details: dict[str, Any] = {}
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        found = [_fault(e) for e in error.extra if isinstance(e, dict)]
        wrong, said = {name: [code] for name, code, _ in found}, {name: [text] for name, _, text in found}
        details, code = {"fields": wrong, "messages": said, "names": ", ".join(sorted(wrong))}, "invalid_fields"
    elif status == 400:
        details = {"reason": error.detail}
    message = LmsError(code, **details).message
    kept = {k: v for k, v in (error.headers or {}).items() if k.lower() == "allow"}
    return _problem(request, status, code=code, message=message, details=details, headers=kept)


def _fault(said: dict[str, Any]) -> tuple[str, str, str]:
    """Name, code and words of a field that the framework refused; of a field that lacks or is unknown its own name."""
    place, text = str(said.get("key", "body")), str(said.get("message", ""))
    named = _NAMED.search(text)
    if named is None:
        return place, "bad_value", text
    above = "" if place in ("data", "body") else f"{place}."
    return above + named[2], "missing_field" if named[1] == "missing required" else "unknown_field", text


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Log what nobody expected and tell the caller nothing of it (SEC-01)."""
    log.error("unexpected error", exc_info=error)
    return _problem(
        request, 500, code="server_error", message=LmsError("server_error", status=500).message, details={}, headers={}
    )


def _details(error: LmsError) -> dict[str, Any]:
    details: dict[str, Any] = {
        name: v for name, v in error.values.items() if isinstance(v, str | int | float | list | dict | None)
    }
    if isinstance(details.get("fields"), dict):
        details["messages"] = {name: [_plain(c) for c in codes] for name, codes in details["fields"].items()}
    return details


def _plain(code: str) -> str:
    return LmsError(code).message if "{" not in MESSAGES.get(code, "") else LmsError("server_error", status=500).message


def _problem(
    request: Request[Any, Any, Any],
    status: int,
    *,
    code: str,
    message: str,
    details: dict[str, Any],
    headers: dict[str, str],
) -> Response[dict[str, Any]]:
    body = {"code": code, "message": message, "details": details, "request_id": request.scope.get("request_id", "")}
    return Response(body, status_code=status, headers=headers, media_type="application/json")
