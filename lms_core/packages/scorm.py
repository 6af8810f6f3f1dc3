"""The data model of SCORM 1.2: what a lesson in a browser may read and write, and what is kept of it.

Both sides, this one and api.js in the browser, check by the same ELEMENTS. Objectives and what a learner set are kept
with the result; single answers (interactions) are taken and not kept, for nothing reads them back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from lms_core.errors import UserError

CELL = 3900
"""Characters that one kept value may have; longer ones are kept in two."""
MOST_VALUES = 300
TEXT = r"[\s\S]{0,4096}"
SHORT = r"[\s\S]{0,255}"
SCORE = r"|100(\.0+)?|\d{1,2}(\.\d{1,7})?"
SPAN = r"\d{2,4}:[0-5]\d:[0-5]\d(\.\d{1,2})?"
STATUS = "passed|completed|failed|incomplete|browsed"
ANSWERS = "true-false|choice|fill-in|matching|performance|sequencing|likert|numeric"


class Element(NamedTuple):
    """Who may do what with a value (r, w, or both) and the pattern that it has as a whole."""

    access: str
    pattern: str = ""


_SCORES = {part: Element("rw", SCORE) for part in ("raw", "min", "max")}
ELEMENTS: dict[str, Element] = {
    "cmi.core._children": Element("r"),
    "cmi.core.student_id": Element("r"),
    "cmi.core.student_name": Element("r"),
    "cmi.core.lesson_location": Element("rw", SHORT),
    "cmi.core.credit": Element("r"),
    "cmi.core.lesson_status": Element("rw", STATUS),
    "cmi.core.entry": Element("r"),
    "cmi.core.score._children": Element("r"),
    **{f"cmi.core.score.{part}": element for part, element in _SCORES.items()},
    "cmi.core.total_time": Element("r"),
    "cmi.core.lesson_mode": Element("r"),
    "cmi.core.exit": Element("w", "|time-out|suspend|logout"),
    "cmi.core.session_time": Element("w", SPAN),
    "cmi.suspend_data": Element("rw", TEXT),
    "cmi.launch_data": Element("r"),
    "cmi.comments": Element("rw", TEXT),
    "cmi.comments_from_lms": Element("r"),
    "cmi.student_data._children": Element("r"),
    "cmi.student_data.mastery_score": Element("r"),
    "cmi.student_data.max_time_allowed": Element("r"),
    "cmi.student_data.time_limit_action": Element("r"),
    "cmi.student_preference._children": Element("r"),
    "cmi.student_preference.audio": Element("rw", r"-1|100|\d{1,2}"),
    "cmi.student_preference.language": Element("rw", SHORT),
    "cmi.student_preference.speed": Element("rw", r"-?(100|\d{1,2})"),
    "cmi.student_preference.text": Element("rw", "-1|0|1"),
    "cmi.objectives._children": Element("r"),
    "cmi.objectives._count": Element("r"),
    "cmi.objectives.n.id": Element("rw", SHORT),
    "cmi.objectives.n.score._children": Element("r"),
    **{f"cmi.objectives.n.score.{part}": element for part, element in _SCORES.items()},
    "cmi.objectives.n.status": Element("rw", f"{STATUS}|not attempted"),
    "cmi.interactions._children": Element("r"),
    "cmi.interactions._count": Element("r"),
    "cmi.interactions.n.id": Element("w", SHORT),
    "cmi.interactions.n.objectives.n.id": Element("w", SHORT),
    "cmi.interactions.n.time": Element("w", SHORT),
    "cmi.interactions.n.type": Element("w", ANSWERS),
    "cmi.interactions.n.correct_responses.n.pattern": Element("w", SHORT),
    "cmi.interactions.n.weighting": Element("w", r"-?\d{1,7}(\.\d{1,7})?"),
    "cmi.interactions.n.student_response": Element("w", SHORT),
    "cmi.interactions.n.result": Element("w", r"correct|wrong|unanticipated|neutral|-?\d{1,7}(\.\d{1,7})?"),
    "cmi.interactions.n.latency": Element("w", SPAN),
}
CHILDREN = {
    "cmi.core": "student_id,student_name,lesson_location,credit,lesson_status,entry,score,total_time,lesson_mode,"
    "exit,session_time",
    "cmi.core.score": "raw,min,max",
    "cmi.student_data": "mastery_score,max_time_allowed,time_limit_action",
    "cmi.student_preference": "audio,language,speed,text",
    "cmi.objectives": "id,score,status",
    "cmi.interactions": "id,objectives,time,type,correct_responses,weighting,student_response,result,latency",
}
DONE = frozenset({"passed", "completed"})
_PATTERNS = {name: re.compile(element.pattern) for name, element in ELEMENTS.items()}


class Result(msgspec.Struct, frozen=True):
    """What a lesson in a package has come to; `score` in percent."""

    status: str = "not attempted"
    score: float | None = None
    seconds: int = 0

    @property
    def done(self) -> bool:
        """Whether it is finished with success."""
        return self.status in DONE


class Run:
    """A learner's way through one lesson, over as many openings as it takes; `kept` is what `cells` gave before."""

    def __init__(
        self, kept: Mapping[str, object] | None = None, *, mastery: float | None = None, data: str = ""
    ) -> None:
        self._values = _uncut(kept or {})
        self._mastery, self._data = mastery, data
        self._before = _seconds(self._values.get("cmi.core.total_time", ""))
        self._begun = False

    @property
    def result(self) -> Result:
        """What it has come to."""
        raw = self._values.get("cmi.core.score.raw", "")
        status = self._values.get("cmi.core.lesson_status", "not attempted")
        return Result(status, float(raw) if raw else None, round(self._seconds))

    @property
    def _seconds(self) -> float:
        return self._before + _seconds(self._values.get("cmi.core.session_time", ""))

    def begin(self, *, student: str = "", name: str = "") -> dict[str, str]:
        """Open it once more; returns all that the lesson may read."""
        self._before, self._begun = self._seconds, True
        self._values.pop("cmi.core.session_time", None)
        left = self._values.get("cmi.core.exit") == "suspend" or bool(self._values.get("cmi.suspend_data"))
        fresh = not self._values.keys() - {"cmi.core.total_time"}
        mastery = f"{self._mastery:g}" if self._mastery is not None else ""
        return {
            **{f"{each}._children": said for each, said in CHILDREN.items()},
            "cmi.core.lesson_location": "",
            "cmi.core.score.raw": "", "cmi.core.score.min": "", "cmi.core.score.max": "",
            "cmi.suspend_data": "", "cmi.comments": "", "cmi.comments_from_lms": "",
            "cmi.student_preference.audio": "0", "cmi.student_preference.language": "",
            "cmi.student_preference.speed": "0", "cmi.student_preference.text": "0",
            "cmi.core.lesson_status": "not attempted",
            **self._values,
            "cmi.core.student_id": student, "cmi.core.student_name": name,
            "cmi.core.credit": "credit", "cmi.core.lesson_mode": "normal",
            "cmi.core.entry": "ab-initio" if fresh else "resume" if left else "",
            "cmi.core.total_time": _span(self._before), "cmi.launch_data": self._data,
            "cmi.student_data.mastery_score": mastery, "cmi.student_data.max_time_allowed": "",
            "cmi.student_data.time_limit_action": "",
        }  # fmt: skip

    def commit(self, told: Mapping[str, str], *, finished: bool = False) -> Result:
        """Take what the lesson wrote, all or nothing; raises UserError `bad_value`."""
        for name, value in told.items():
            _check(name, value)
        kept = {name: value for name, value in told.items() if not name.startswith("cmi.interactions.")}
        if len(self._values.keys() | kept.keys()) > MOST_VALUES:
            raise UserError("bad_value", field="cmi")
        if self._begun:  # how it was left the time before is over
            self._values.pop("cmi.core.exit", None)
            self._begun = False
        self._values |= kept
        if finished:
            self._values.setdefault("cmi.core.lesson_status", "completed")
        self._judge()
        return self.result

    def _judge(self) -> None:
        """A lesson with a mastery score is passed or failed by its score once it says that it is over."""
        raw = self._values.get("cmi.core.score.raw", "")
        if self._mastery is not None and raw and self._values.get("cmi.core.lesson_status") == "completed":
            self._values["cmi.core.lesson_status"] = "passed" if float(raw) >= self._mastery else "failed"

    def cells(self) -> dict[str, str]:
        """All that is to be kept, in values no longer than CELL; an emptied one is kept as empty."""
        values = {**self._values, "cmi.core.total_time": _span(self._before)}
        cells: dict[str, str] = {}
        for name, value in values.items():
            cells[name] = value[:CELL]
            if len(value) > CELL or name in ("cmi.suspend_data", "cmi.comments"):
                cells[f"{name}+"] = value[CELL:]
        return cells


def _check(name: str, value: object) -> None:
    shape = re.sub(r"\.(0|[1-9]\d{0,2})(?=\.)", ".n", name)
    element = ELEMENTS.get(shape)
    right = element is not None and "w" in element.access and isinstance(value, str)
    if not right or not _PATTERNS[shape].fullmatch(str(value)):
        raise UserError("bad_value", field=name[:80])


def _uncut(cells: Mapping[str, object]) -> dict[str, str]:
    """The values of kept cells; what this program does not know is left out."""
    whole = {name: str(value) for name, value in cells.items() if not name.endswith("+")}
    values = {name: value + str(cells.get(f"{name}+") or "") for name, value in whole.items()}
    good = {}
    for name, value in values.items():
        try:
            if name != "cmi.core.total_time":
                _check(name, value)
        except UserError:
            continue
        good[name] = value
    return good


def _seconds(span: str) -> float:
    """Seconds of a CMITimespan; 0 for what is none."""
    if not re.fullmatch(SPAN, span):
        return 0.0
    hours, minutes, seconds = span.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _span(seconds: float) -> str:
    """A CMITimespan, at most 9999 hours."""
    whole = min(round(seconds), 9999 * 3600)
    return f"{whole // 3600:04}:{whole // 60 % 60:02}:{whole % 60:02}"
