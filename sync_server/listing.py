"""Lists come in pages and in an order that the caller may choose (API-05)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from litestar import Request
from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType
from msgspec import Struct

from lms_core.errors import UserError

SIZE, MOST, LAST = 20, 100, 1_000_000
Row = TypeVar("Row")


class PageOf(Struct, Generic[Row], frozen=True, kw_only=True):
    """A page of a list of `count` in all; `next` and `previous` are paths on this server, null where there is none."""

    count: int
    next: str | None
    previous: str | None
    results: list[Row]


@dataclass(frozen=True)
class Page:
    """The page that is asked for: `number` from 1 on, `size` rows."""

    number: int = 1
    size: int = SIZE

    @property
    def offset(self) -> int:
        """How many rows come before it."""
        return (self.number - 1) * self.size


def page_of(request: Request[Any, Any, Any]) -> Page:
    """The page of a request's query. Raises UserError `invalid_fields`."""
    return Page(_number(request, "page", 1, LAST), _number(request, "page_size", SIZE, MOST))


def _number(request: Request[Any, Any, Any], name: str, default: int, most: int) -> int:
    given = request.query_params.get(name, str(default))
    if not (given.isascii() and given.isdecimal() and len(given) < 9 and 1 <= int(given) <= most):
        raise _wrong(name)
    return int(given)


def ordering_of(request: Request[Any, Any, Any], allowed: Collection[str], default: str) -> tuple[str, ...]:
    """The names of `ordering=title,-price`, a minus for the largest first. Raises UserError `invalid_fields`."""
    names = tuple(request.query_params.get("ordering", default).split(","))
    if len(names) > len(allowed) or any(name.removeprefix("-") not in allowed for name in names):
        raise _wrong("ordering")
    return names


def paged(request: Request[Any, Any, Any], page: Page, count: int, results: Sequence[Any]) -> dict[str, Any]:
    """The reply of a list: `next` and `previous` are paths on this server, null where there is no such page."""
    more = page.offset + page.size < count
    return {
        "count": count,
        "next": _link(request, page.number + 1) if more else None,
        "previous": _link(request, min(page.number - 1, _last(page, count))) if page.number > 1 else None,
        "results": results,
    }


def sliced(request: Request[Any, Any, Any], every: Sequence[Any]) -> dict[str, Any]:
    """The reply of a list that is short enough to be made as a whole."""
    page = page_of(request)
    return paged(request, page, len(every), list(every[page.offset : page.offset + page.size]))


def _last(page: Page, count: int) -> int:
    return max(1, -(-count // page.size))


def _link(request: Request[Any, Any, Any], number: int) -> str:
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    return f"{request.url.path}?{urlencode([*others, ('page', number)])}"


def _wrong(name: str) -> UserError:
    return UserError("invalid_fields", fields={name: ["invalid"]}, names=name)


def _query(name: str, most: int, default: int) -> Parameter:
    schema = Schema(type=OpenAPIType.INTEGER, minimum=1, maximum=most, default=default)
    return Parameter(name=name, param_in="query", schema=schema)


@dataclass
class Listing(Operation):
    """The description of a list: it takes `page` and `page_size`."""

    def __post_init__(self) -> None:
        """Add both to what the handler says itself."""
        self.parameters = [*(self.parameters or ()), _query("page", LAST, 1), _query("page_size", MOST, SIZE)]
