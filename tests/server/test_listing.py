"""What lists and single things share over HTTP: pages, order, entity tags, ids in paths and bodies, versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar, Request, get, post, put
from litestar.params import FromPath, JSONBody
from litestar.testing import TestClient
from msgspec import UNSET, Struct, UnsetType

from lms_core.errors import LmsError
from sync_server.details import ClientId, created, given, must_match, tagged, uuid_of
from sync_server.edge import Edge
from sync_server.listing import Listing, ordering_of, page_of, paged
from sync_server.metrics import Metrics
from sync_server.problems import on_http_error, on_lms_error
from tests.server.people import Client

ID = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"
Asked = Request[Any, Any, Any]


class Thing(Struct, forbid_unknown_fields=True):
    name: str | UnsetType = UNSET
    colour: str | UnsetType | None = UNSET
    id: ClientId | UnsetType = UNSET


@get("/things", operation_class=Listing)
async def things(request: Asked) -> dict[str, Any]:
    page = page_of(request)
    first, *_ = ordering_of(request, ("n",), "n")
    every = sorted(range(45), reverse=first.startswith("-"))
    return paged(request, page, 45, every[page.offset : page.offset + page.size])


@get("/things/{name:str}")
async def thing(request: Asked, name: FromPath[str]) -> Any:
    return tagged(request, {"id": uuid_of(name), "text": "x" * 2000})


@put("/things/{name:str}")
async def change(request: Asked, name: FromPath[str]) -> Any:
    must_match(request, {"id": uuid_of(name), "text": "x" * 2000})
    return {}


@post("/things")
async def make(request: Asked, data: JSONBody[Thing]) -> Any:
    return created(request, given(data), "new")


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient[Litestar]]:
    errors = {LmsError: on_lms_error, Exception: on_http_error}
    app = Litestar([things, thing, change, make], exception_handlers=errors)  # type: ignore[arg-type]
    app.asgi_handler = Edge(app.asgi_handler, Metrics())
    with TestClient(app) as each:
        yield each


def test_a_list_comes_in_pages(http: TestClient[Litestar]) -> None:  # API-05
    first = http.get("/things?ordering=-n").json()
    assert first["count"] == 45
    assert first["results"] == list(range(44, 24, -1))
    assert first["previous"] is None
    second = http.get(first["next"]).json()
    third = http.get(second["next"]).json()
    assert (second["results"][0], third["results"]) == (24, [4, 3, 2, 1, 0])
    assert third["next"] is None
    assert http.get(third["previous"]).json() == second
    assert http.get("/things?page_size=100").json()["results"] == list(range(45))
    beyond = http.get("/things?page=9").json()
    assert (beyond["results"], beyond["next"]) == ([], None)
    assert http.get(beyond["previous"]).json()["results"] == [40, 41, 42, 43, 44]


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=x", "page=1000001", "page_size=101", "page_size=0", "page=%D9%A1", "ordering=colour",
     "ordering=n,n", "ordering="],
)  # fmt: skip
def test_what_is_no_page_is_named(http: TestClient[Litestar], query: str) -> None:
    answer = http.get(f"/things?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields")
    assert answer.json()["details"]["fields"] == {query.partition("=")[0]: ["invalid"]}


def test_a_list_is_described_with_its_pages(http: TestClient[Litestar]) -> None:  # API-12
    said = http.app.openapi_schema.to_schema()["paths"]["/things"]["get"]["parameters"]
    assert {p["name"]: p["schema"]["maximum"] for p in said} == {"page": 1_000_000, "page_size": 100}


def test_what_the_caller_has_is_not_sent_again(http: TestClient[Litestar]) -> None:
    for accept in ("identity", "gzip"):
        first = http.get(f"/things/{ID}", headers={"Accept-Encoding": accept})
        tag = first.headers["etag"]
        assert tag.startswith("W/") == (accept == "gzip")
        again = http.get(f"/things/{ID}", headers={"If-None-Match": f'"other", {tag}', "Accept-Encoding": accept})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag.removeprefix("W/"))
        assert http.get(f"/things/{ID}", headers={"If-None-Match": '"other"'}).status_code == 200
        assert http.put(f"/things/{ID}", headers={"If-Match": tag}).status_code == 200
    assert http.put(f"/things/{ID}", headers={"If-Match": "*"}).status_code == 200
    stale = http.put(f"/things/{ID}", headers={"If-Match": '"other"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")


@pytest.mark.parametrize("name", ["1", "x", ID[:-1], ID + "0", "%00", ID.replace("-", ""), "{" + ID + "}"])
def test_a_malformed_id_is_not_found(http: TestClient[Litestar], name: str) -> None:  # API-10
    assert http.get(f"/things/{name}").status_code == 404
    assert http.get(f"/things/{ID.upper()}").status_code == 200


def test_a_body_says_what_changes(http: TestClient[Litestar]) -> None:  # API-02
    answer = http.post("/things", json={"colour": None, "id": ID})
    assert (answer.status_code, answer.json()) == (201, {"colour": None, "id": ID})
    assert answer.headers["location"] == "/things/new"
    for wrong in ({"id": "1"}, {"other": 1}, {"name": None}):
        assert http.post("/things", json=wrong).status_code == 400


def test_a_client_says_its_version_and_the_server_its_range(client: Client) -> None:  # API-01
    answer = client.get("/health", headers={"API-Version": "1"})
    assert (answer.status_code, answer.headers["api-versions"]) == (200, "1-1")
    for path in ("/health", "/users/me"):
        refused = client.get(path, headers={"API-Version": "2"})
        assert (refused.status_code, refused.json()["code"]) == (426, "api_version")
        assert refused.json()["details"] == {"oldest": 1, "newest": 1}
        assert refused.headers["api-versions"] == "1-1"
