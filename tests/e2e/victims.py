"""Programs that are killed while they work: each says on a line of its own what is saved."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from lms_core.demo import SAMPLES
from lms_core.downloads.plan import Transfer
from lms_core.downloads.queue import Queue
from lms_core.errors import SyncError
from lms_core.formats.markdown_folder import scan
from lms_core.session import Sessions
from lms_core.workspace import Workspace


def _unlock() -> Workspace:
    return Sessions(Path(sys.argv[1])).unlock(sys.argv[2], os.environ["LMS_PASSWORD"])


def writer() -> None:
    """Write notes that count up; with "sync" every second one goes to the server."""
    workspace, number = _unlock(), int(sys.argv[3])
    print("ready", flush=True)
    while True:
        number += 1
        workspace.notes.add(f"note {number}")
        print(number, flush=True)
        if number % 2 == 0 and sys.argv[4] == "sync":
            try:
                workspace.synchronize()
            except SyncError:
                print("cut", flush=True)


def learner() -> None:
    """Answer the questions of a quiz, and import a course with every tenth answer."""
    workspace, practice, number = _unlock(), sys.argv[3], int(sys.argv[4])
    questions = workspace.assessment.start(practice).questions
    plan = scan(SAMPLES / "second_course")
    print("ready", flush=True)
    while True:
        question = questions[number % len(questions)]
        option = question.options[number // len(questions) % len(question.options)].id
        workspace.assessment.answer(practice, question.id, [option])
        print(json.dumps(["answer", question.id, option]), flush=True)
        if number % 10 == 0:
            print(json.dumps(["import", workspace.import_plan(plan), ""]), flush=True)
        number += 1


def fetcher() -> None:
    """Fetch what was chosen of a course, and stand still once so many bytes of the file on its way are here."""
    workspace, course, most = _unlock(), sys.argv[3], int(sys.argv[4])

    def bring(transfer: Transfer, progress: Callable[[int, int], bool]) -> None:
        def follow(done: int, size: int) -> bool:
            print(json.dumps([transfer.kind, done]), flush=True)
            if transfer.kind != "text" and done >= most:
                print("half", flush=True)
                threading.Event().wait()
            return progress(done, size)

        (workspace.fetch_pack if transfer.kind == "text" else workspace.fetch_blob)(transfer.sha256, follow)

    queue = Queue(bring, free=workspace.storage.free)
    while missing := workspace.downloads.advance(course):
        queue.put(course, missing)
        while queue.run() is not None:
            pass
        assert queue.trouble is None, queue.trouble
    print("done", flush=True)
    workspace.close()
