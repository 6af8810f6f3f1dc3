"""What the interface says of itself beyond its routes: every refusal has one shape (API-06, API-07, API-12)."""

from __future__ import annotations

from typing import Any

REFUSALS = {
    "400": "Something in the request is wrong; `details.fields` names it by field.",
    "401": "Nobody is signed in, or the sign-in has run out.",
    "403": "The caller may not do this.",
    "404": "It does not exist, or the caller may not see it.",
    "405": "There is no such method here.",
    "409": "Somebody else was first, or it cannot be done as things are.",
    "412": "It was changed since the caller saw it: `If-Match` names another state.",
    "413": "Too large, or beyond the space that there is.",
    "415": "The body is of another kind than this takes.",
    "426": "The program is too old for this server, or too new.",
    "429": "Too often; `Retry-After` says when to come again.",
    "502": "A service behind this one does not answer as it should.",
    "503": "Busy for a moment, or the database is away.",
    "507": "The disk is full; nothing was lost.",
}
PROBLEM = {
    "type": "object",
    "description": "Why a request was refused. `code` is stable, `message` is English for people.",
    "required": ["code", "message", "details", "request_id"],
    "properties": {
        "code": {"type": "string", "examples": ["invalid_fields"]},
        "message": {"type": "string"},
        "details": {"type": "object"},
        "request_id": {"type": "string"},
    },
    "additionalProperties": False,
}
_SHAPE = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def with_refusals(document: dict[str, Any]) -> dict[str, Any]:
    """The description of the framework, in which each operation may be refused with each status of the one table."""
    document["components"]["schemas"]["Problem"] = PROBLEM
    for methods in document["paths"].values():
        for method, operation in methods.items():
            answers = operation["responses"]
            pages = _pages(answers)
            answers.get("204", {}).pop("content", None)
            for status, said in REFUSALS.items():
                shape = {} if method in ("head", "options") else {"content": pages | _SHAPE}
                answers[status] = {"description": said} | shape
    return document


def _pages(answers: dict[str, Any]) -> dict[str, Any]:
    """What people see in a browser refuses as a page."""
    kinds = {kind for said in answers.values() for kind in said.get("content", {}) if kind.startswith("text/")}
    return {kind: {"schema": {"type": "string"}} for kind in kinds}
