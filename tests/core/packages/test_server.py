"""A package is served to the browser of this machine alone; in a real browser its lesson runs, ends and goes on."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from lms_core.errors import DiskFull
from lms_core.packages.package import open_package
from lms_core.packages.scorm import Result, Run
from lms_core.packages.server import COOKIE, MOST_BODY, PackageServer
from tests.packages import plain, scorm

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Kept:
    """What was kept of a lesson, as on a disk."""

    def __init__(self) -> None:
        self.cells: dict[str, str] = {}
        self.results: list[Result] = []
        self.full = False

    def __call__(self, result: Result, cells: dict[str, str]) -> None:
        if self.full:
            raise DiskFull
        self.results.append(result)
        self.cells = cells


def serve(data: bytes, kept: Kept, *, outside: bool = False) -> PackageServer:
    package = open_package(BytesIO(data), "tides.zip")
    run = Run(kept.cells, mastery=package.manifest.mastery, data=package.manifest.data)
    person = {"student": "u1", "name": "Okafor, Amara"}
    return PackageServer(package, run, keep=kept, person=person, outside=outside)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def served(kept: Kept) -> Iterator[PackageServer]:
    server = serve(scorm(), kept)
    yield server
    server.close()


@pytest.fixture
def browser(served: PackageServer) -> Iterator[httpx.Client]:
    """A browser that came in by the link."""
    with httpx.Client(base_url=f"http://{served.host}", follow_redirects=True) as client:
        assert client.get(served.link()).status_code == 200
        yield client


def commit(client: httpx.Client, served: PackageServer, body: object, **headers: str) -> int:
    said = {"Origin": f"http://{served.host}", **headers}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"{served.base}commit", content=data, headers=said).status_code


def test_a_link_lets_one_browser_in_once(served: PackageServer) -> None:
    link = served.link()
    first = httpx.get(link)
    assert first.status_code == 303
    assert "HttpOnly; SameSite=Strict" in first.headers["Set-Cookie"]
    assert f"Path={served.base}" in first.headers["Set-Cookie"]
    assert httpx.get(link).status_code == 403
    assert httpx.get(link.partition("?")[0] + "?token=guess").status_code == 403


def test_nobody_else_gets_anything(served: PackageServer, browser: httpx.Client) -> None:
    here = f"http://{served.host}"
    for path in (served.base, f"{served.base}content/table/start.html", f"{served.base}api.js"):
        assert httpx.get(here + path).status_code == 403  # without the cookie
        assert httpx.get(here + path, headers={"Cookie": "lesson=guess"}).status_code == 403
        assert browser.get(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert browser.get("/content/table/start.html").status_code == 403
    assert browser.get("/").status_code == 403
    assert served._http.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}.evil"]
)
def test_another_name_of_this_machine_is_refused(served: PackageServer, browser: httpx.Client, host: str) -> None:
    said = {"Host": host.format(port=served.host.partition(":")[2])}
    assert browser.get(served.base, headers=said).status_code == 403
    assert httpx.get(served.link(), headers=said).status_code == 403


@pytest.mark.parametrize(
    "path", ["../api.js", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "..%5c..%5cx", "imsmanifest.xml/", "", "table/"]
)
def test_only_files_of_the_package_are_served(served: PackageServer, path: str) -> None:
    line = HTTPConnection(served.host)  # as it stands, where clients tidy an address first
    line.putrequest("GET", f"{served.base}content/{path}", skip_host=True)
    line.putheader("Host", served.host)
    line.putheader("Cookie", f"{COOKIE}={served.cookie}")
    line.endheaders()
    assert line.getresponse().status == 404
    line.close()


def test_files_come_with_what_keeps_them_in(served: PackageServer, browser: httpx.Client) -> None:
    page = browser.get(f"{served.base}content/table/start.html?part=1")
    assert page.headers["Content-Type"] == "text/html"
    assert "https:" not in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    around = browser.get(served.base)
    assert "script-src 'self';" in around.headers["Content-Security-Policy"]
    assert 'src="content/table/start.html?part=1"' in around.text


def test_the_network_is_let_in_only_by_consent(kept: Kept) -> None:
    server = serve(scorm(), kept, outside=True)
    try:
        with httpx.Client(base_url=f"http://{server.host}", follow_redirects=True) as client:
            client.get(server.link())
            assert "https:" in client.get(f"{server.base}content/table/start.html").headers["Content-Security-Policy"]
    finally:
        server.close()


def test_a_player_gets_the_part_it_asks_for(served: PackageServer, browser: httpx.Client) -> None:
    tone, whole = f"{served.base}content/table/tone.mp3", b"ID3" + bytes(range(256)) * 4
    part = browser.get(tone, headers={"Range": "bytes=3-10"})
    assert (part.status_code, part.content) == (206, whole[3:11])
    assert part.headers["Content-Range"] == f"bytes 3-10/{len(whole)}"
    assert browser.get(tone, headers={"Range": "bytes=1000-"}).content == whole[1000:]
    assert browser.get(tone, headers={"Range": "bytes=9999-"}).status_code == 416
    assert browser.get(tone).content == whole


def test_what_a_lesson_writes_is_kept_before_it_is_told_so(
    served: PackageServer, browser: httpx.Client, kept: Kept
) -> None:
    told = {"cmi.core.score.raw": "80", "cmi.core.lesson_status": "completed"}
    assert commit(browser, served, {"values": told, "finished": True}) == 200
    assert kept.results == [Result("passed", 80.0, 0)]
    kept.full = True
    assert commit(browser, served, {"values": {"cmi.core.lesson_location": "2"}}) == 500


def test_only_the_lesson_itself_writes(served: PackageServer, browser: httpx.Client, kept: Kept) -> None:
    told = {"values": {"cmi.core.lesson_status": "passed"}}
    assert commit(browser, served, told, Origin="https://evil.example") == 403
    assert commit(browser, served, told, Origin="null") == 403
    assert browser.post(f"{served.base}commit", json=told).status_code == 403  # no origin at all
    with httpx.Client(base_url=f"http://{served.host}") as stranger:
        assert commit(stranger, served, told) == 403
    assert kept.results == []


@pytest.mark.parametrize(
    "body",
    [b"no json", b"[]", b"{}", {"values": []}, {"values": {"cmi.core.student_id": "eve"}}, b"[" * 100_000,
     {"values": {"cmi.core.lesson_location": ["x"]}}, b"\xff"],
)  # fmt: skip
def test_what_a_lesson_may_not_write_is_refused(
    served: PackageServer, browser: httpx.Client, kept: Kept, body: object
) -> None:
    assert commit(browser, served, body) == 422
    assert kept.results == []


def test_too_much_at_once_is_refused(served: PackageServer) -> None:
    line = HTTPConnection(served.host)
    line.putrequest("POST", f"{served.base}commit")
    for name, value in (
        ("Cookie", f"{COOKIE}={served.cookie}"), ("Origin", f"http://{served.host}"),
        ("Content-Length", str(MOST_BODY + 1)),
    ):  # fmt: skip
        line.putheader(name, value)
    line.endheaders()
    assert line.getresponse().status == 413
    line.close()


def test_nothing_answers_when_the_lesson_is_closed(kept: Kept) -> None:
    server = serve(plain(), kept)
    link = server.link()
    server.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(link)


# --- in a real browser
def opened(link: str, tmp_path: Path, title: str) -> list[str]:
    """What the page says in its title when a real browser has opened it."""
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    asked = [
        BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / title}",
        "--no-first-run", "--disable-background-networking", "--virtual-time-budget=4000", "--dump-dom", link,
    ]  # fmt: skip
    run = subprocess.run(asked, capture_output=True, text=True, timeout=90, check=False)
    found = re.search(r"<title>(.*?)</title>", run.stdout, re.DOTALL)
    assert found is not None, run.stdout[:500] + run.stderr[-2000:]
    return html.unescape(found[1]).splitlines()


def test_a_lesson_runs_in_a_browser_and_goes_on_another_day(kept: Kept, tmp_path: Path) -> None:
    server = serve(scorm(), kept)
    try:
        said = dict(line.split("=", 1) for line in opened(server.link(), tmp_path, "first"))
    finally:
        server.close()
    assert said["cmi.core.student_name"] == "Okafor, Amara"
    assert (said["begin"], said["cmi.core.entry"], said["cmi.core.lesson_status"]) == (
        "true",
        "ab-initio",
        "not attempted",
    )
    assert (said["long"], said["most"], said["score"]) == ("false405", "true", "false405")
    assert (said["only"], said["word"], said["none"], said["write"]) == ("false403", "false405", "false401", "404")
    assert (said["count"], said["commit"], said["finish"], said["after"]) == ("1", "true", "true0", "301")
    assert (said["cmi.launch_data"], said["cmi.student_data.mastery_score"]) == ("spring=yes", "60")
    assert kept.results[-1] == Result("passed", 80.0, 150)
    server = serve(scorm(), kept)  # the program was started anew
    try:
        said = dict(line.split("=", 1) for line in opened(server.link(), tmp_path, "again"))
    finally:
        server.close()
    assert (said["cmi.core.entry"], said["cmi.core.lesson_location"]) == ("resume", "row 3")
    assert said["cmi.suspend_data"] == "y" * 4096
    assert (said["cmi.core.lesson_status"], said["cmi.core.total_time"]) == ("passed", "0000:02:30")


def test_a_plain_page_says_that_it_is_done(kept: Kept, tmp_path: Path) -> None:
    server = serve(plain(), kept)
    try:
        assert opened(server.link(), tmp_path, "plain") == ["told"]
    finally:
        server.close()
    assert kept.results[-1].done
