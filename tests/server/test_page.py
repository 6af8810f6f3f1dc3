"""The page for people with a browser: plain, without scripts, and closed to everything that is not its own."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

from litestar.testing import TestClient

from lms_core.errors import Busy
from sync_server.app import create_app
from sync_server.config import Settings
from sync_server.opening import Opened


class Read(HTMLParser):
    """Elements, where links lead, the style and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.style = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1] == "style" and not self.style:
            self.style = data
        self.texts.append(data)


def test_a_browser_gets_a_page_that_can_do_nothing(opened: Opened) -> None:
    odd = Settings(download_url='https://example.org/?a=1&b="><script>x</script>')
    with TestClient(create_app(odd, opened.served)) as http:
        answer = http.get("/")
        page = Read(answer.text)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert {"script", "form", "input", "iframe", "img", "link"}.isdisjoint(page.elements)
        assert page.links == [odd.download_url, "/api/v1/health", "/api/v1/openapi.json"]
        assert [http.get(path).status_code for path in page.links[1:]] == [200, 200]
        digest = b64encode(sha256(page.style.encode()).digest()).decode()
        policies = answer.headers.get_list("content-security-policy")
        assert len(policies) == 1
        assert policies[0].startswith(f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'")
        assert "color-scheme:light dark" in page.style
        for name, value in {"x-frame-options": "DENY", "x-content-type-options": "nosniff"}.items():
            assert answer.headers[name] == value
        assert "set-cookie" not in answer.headers
        assert http.post("/", json={}).status_code == 405
    with TestClient(create_app(Settings(), opened.served)) as http:
        assert "Get the app" not in http.get("/").text


def test_it_says_when_the_database_is_away(opened: Opened, settings: Settings) -> None:
    def away() -> None:
        raise Busy("database_away")

    with TestClient(create_app(settings, replace(opened.served, health=away))) as http:  # type: ignore[arg-type]
        answer = http.get("/")
    assert answer.status_code == 503
    assert "database does not answer" in answer.text
