"""Programs that are killed while they work: each says on a line of its own what is saved."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from lms_core.demo import SAMPLES
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
