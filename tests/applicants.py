"""People who wish to teach, at a real server that writes its mails into files."""

from __future__ import annotations

import email
import time
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from lms_core.rest.instructors import InstructorApi
from lms_core.session import Sessions
from tests.e2e.programs import PASSWORD, Server
from tests.server.post import code_of

ABOUT = {
    "amara": {
        "title": "Field statistician", "organization": "Kisumu Lakeside School", "years_experience": 6,
        "bio": "I weigh limpets and count what comes back. My courses begin outdoors and end with a figure that "
        "everybody has checked.", "website": "https://amara.example",
    },
    "noor": {"title": "Teacher of Arabic", "organization": "Harbour Evening Classes", "years_experience": 11},
}  # fmt: skip


def apply_to_teach(server: Server, sessions: Sessions, name: str, *, confirm: bool = True) -> None:
    """Somebody who has an account applies, after confirming the address; the application as asked."""
    address = f"{name}@school.example"
    workspace = sessions.sign_in(server.url, address, PASSWORD)
    line = workspace.online()
    line.verify_email(address, code_of(_mail(server.data / "outbox", address, 1)))
    api = InstructorApi(line)
    api.apply(**ABOUT[name])
    if confirm:
        api.confirm(code_of(_mail(server.data / "outbox", address, 2)))
    workspace.close()


def _mail(outbox: Path, address: str, count: int) -> EmailMessage:
    """The last of so many mails to an address."""
    for _ in range(600):
        mails = [email.message_from_bytes(path.read_bytes(), policy=default) for path in _written(outbox)]
        mine = [mail for mail in mails if mail["To"] == address and "code" in str(mail.get_body(("plain",)))]
        if len(mine) >= count:
            return mine[-1]  # type: ignore[return-value]
        time.sleep(0.05)
    raise AssertionError(f"no mail to {address}")


def _written(outbox: Path) -> list[Path]:
    return sorted(outbox.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
