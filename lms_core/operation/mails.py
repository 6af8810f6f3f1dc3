"""What an administrator does with the queue of mails: look, try again, drop. What a mail says is never shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lms_core.accounts.audit import Action, By, check_admin, note
from lms_core.errors import Conflict, NotFound
from lms_core.mail.queue import Mail, MailQueue, drop, try_again
from lms_core.unit import Unit, Work

STATES = ("waiting", "dead", "sent")


class MailDesk:
    """The mails of a hub; `mailed` wakes who sends them."""

    def __init__(self, *, work: Work, queue: MailQueue, mailed: Callable[[], object]) -> None:
        self._work, self._queue, self._mailed = work, queue, mailed

    def page(self, *, state: str, search: str, offset: int, most: int) -> tuple[int, list[Mail]]:
        """How many mails there are in a state (waiting, dead, sent, "" for all), and some, the newest first."""
        found = self._queue.page(offset, most, state=state, search=search)
        return self._queue.count(state, search=search), found

    def counts(self) -> Mapping[str, int]:
        """How many there are in each state."""
        return {state: self._queue.count(state) for state in STATES}

    def retry(self, by: By, name: str) -> Mail:
        """Have a mail tried now, also one that was given up. Raises NotFound, Conflict `mail_sent`, Denied."""
        self._change(by, name, Action.MAIL_RETRIED, try_again)
        self._mailed()
        return self._queue.find(name)

    def drop(self, by: By, name: str) -> None:
        """Send a mail to nobody any more. Raises NotFound, Conflict `mail_sent`, Denied."""
        self._change(by, name, Action.MAIL_DROPPED, drop)

    def note_test(self, by: By, address: str) -> None:
        """Note that somebody had a test mail sent. Raises Denied."""
        with self._work() as unit:
            check_admin(unit, by)
            note(unit, by, Action.MAIL_TESTED, entity="mail", row="test", after={"to": address})

    def _change(self, by: By, name: str, action: Action, change: Callable[[Unit, Mail], None]) -> None:
        with self._work() as unit:
            check_admin(unit, by)
            try:
                found = self._queue.find(name)
            except NotFound as error:
                raise NotFound("no_mail", id=name) from error
            if found.state == "sent":
                raise Conflict("mail_sent")
            note(unit, by, action, entity="mail", row=name, after={"to": found.address, "template": found.template})
            change(unit, found)
