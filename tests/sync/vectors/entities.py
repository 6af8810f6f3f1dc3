"""The entities in words, for docs/sync-entities.md: made from the declarations, but for who may write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lms_core.entities import SCHEMA
from lms_core.schema import Entity, Field
from tests.samples import PROJECT

DOCUMENT = PROJECT / "docs" / "sync-entities.md"
HEAD = """# The entities

Made from the declarations in `lms_core` by `python -m tests.sync.vectors`; a test keeps both equal. How each kind of field
is changed and merged stands in [sync-protocol.md](sync-protocol.md).

A default is what a field holds that nobody set. Limits are those of a value, of the length of a text in characters, or of
the number of a list's items; where none is named, a text, list or map holds 262,144 and a number lies within plus or minus
2^63 - 1. An item of a list is a text unless the type says otherwise, and has at most 4,000 characters; the values of a map
are texts, numbers, booleans or null. Every value but that of a required field may be null. In a scope, a name in angle
brackets stands for the value of that field, each of them where it is a list; `<id>` is the row's id. An account always
reads `account/<its id>` and `catalog`, any other scope because a row *grants* it. A scope that sees a row sees all of it.
"""
WRITERS = {
    "account": "its owner",
    "profile": "its owner; `profile_picture` is a SHA-256 in hex, `date_of_birth` a day of the past as `YYYY-MM-DD`; one "
    "line each but for `bio`, `address`, `educational_background` and `interests`",
    "user_social": "its owner; `website` and `linkedin` are addresses with `http` or `https`, or empty",
    "user_settings": "its owner; `language` is a BCP 47 tag or empty; `notifications` holds booleans under the names of "
    "kinds of messages",
    "user_skill": "its owner; `handle` is `name` in folded case with single spaces",
    "instructor_profile": "its owner; `website` and `linkedin_profile` are addresses with `http` or `https`, or empty; "
    "images are SHA-256 in hex",
    "course": "to create or publish it administrators and instructors whose `instructor_profile`, if there is one, is "
    "`active`; to change it whoever may edit it: administrators and those with an active `course_instructor` row with "
    "`can_edit_content`",
    "module": "whoever may edit the course; rows of one course only",
    "lesson": "whoever may edit the course; rows of one course only",
    "content_item": "whoever may edit the course; rows of one course only; `media` is a SHA-256 in hex, `url` an address "
    "with `http` or `https`; a caption is a map of just `language` and `media`",
    "resource": "whoever may edit the course; rows of one course only; `media` is a SHA-256 in hex, `url` an address "
    "with `http` or `https`",
    "course_prerequisite": "whoever may edit the course",
    "assessment": "whoever may edit the course; rows of one course only",
    "question": "whoever may edit the course; rows of one course only; an option is a map of just `id` and `text`, "
    "both texts",
    "course_file": "whoever may edit the course",
    "course_instructor": "administrators and active lead instructors of the course; who made a course their own row",
    "enrollment": "its owner; to enrol the course must be published and free, or the learner teach it; `complete` is the "
    "hub's alone, `suspend` and `reinstate` are for who manages the students of the course",
    "progress": "its owner; `done_at` and `first_done_at` of a lesson with a quiz that is not `practice` only who teaches",
    "study_session": "its owner",
    "activity_log": "its owner, while `analytics_enabled` of their `user_settings` is not false; the hub removes all of it "
    "afterwards",
    "search_log": "its owner, while `analytics_enabled` of their `user_settings` is not false; the hub removes all of it "
    "afterwards",
    "note": "its owner; one that is not private who learns or teaches its course; a tag has two to fifty letters",
    "bookmark": "its owner",
    "card": "its owner",
    "card_review": "the owner of its card; a `rating` of 0 takes the review back that `undoes` names, and no other does",
    "card_settings": "its owner",
    "attempt": "its owner, once enrolled, and for an exam only under the id that the hub started it with",
    "answer": "the owner of its attempt, until there is a grade",
    "notification": "its owner, `read_at` and `dismissed_at` alone",
    "conflict": "its author; where the hub does not know who that was, whoever is no student",
}
TYPES = {str: "text", int: "whole number", float: "number", bool: "boolean", list: "list", dict: "map"}


def document() -> str:
    """The whole file."""
    return "\n".join([HEAD, *(_entity(entity) for entity in SCHEMA.entities.values())])


def _entity(entity: Entity) -> str:
    facts = [f"made by `{entity.made_by}`"]
    if entity.key:
        facts.append(f"natural key {_names(entity.key)}")
    if entity.owner:
        facts.append(f"`{entity.owner}` must be its writer")
    if entity.refs:
        facts.append(f"{_names(entity.refs)} must name rows that are there")
    if entity.parents:
        facts.append(f"its place is below a row of {_names(sorted(entity.parents))}")
    if entity.stamps:
        facts.append(f"the hub fills {_names(entity.stamps)} with the writer's last proved contact and the arrival")
    if entity.deletable:
        facts.append("can be deleted")
    lines = [f"## {entity.name}", _sentence("; ".join(facts)), "Scopes: " + ", ".join(_scopes(entity)) + "."]
    if entity.grants:
        lines.append("Grants: " + ", ".join(_grants(entity)) + ".")
    if entity.name in WRITERS:
        lines.append(f"Who may write: {WRITERS[entity.name]}.")
    for field, steps in entity.states.items():
        said = ", ".join(f"{old} *{verb}* {new}" for (old, verb), new in steps.items())
        lines.append(f"Steps of `{field}`: {said}.")
    table = ["| field | kind | type | default | limits |", "|---|---|---|---|---|"]
    table += [_field(name, field) for name, field in entity.fields.items()]
    return "\n".join([lines[0], "", *(f"- {line}" for line in lines[1:]), "", *table, ""])


def _field(name: str, field: Field) -> str:
    kinds = field.type if isinstance(field.type, tuple) else (field.type,)
    kind = " or ".join(TYPES[each] for each in kinds)
    if field.items is not str:
        kind += f" of {TYPES[field.items]}s"
    default = "" if field.default is None else f"`{_literal(field.default)}`"
    return f"| `{name}` | {field.kind} | {kind} | {default} | {_limits(field)} |"


def _limits(field: Field) -> str:
    limits = ["required"] if field.required else []
    if field.least is not None:
        limits.append(f"at least {field.least:,g}")
    if field.most is not None:
        limits.append(f"at most {field.most:,g}")
    if field.choices:
        limits.append("one of " + ", ".join(f"`{_literal(each)}`" for each in sorted(field.choices)))
    return ", ".join(limits)


def _literal(value: Any) -> str:
    words = {True: "true", False: "false", "": '""'}
    return words.get(value, str(value)) if isinstance(value, bool | str) else str(value).replace("'", '"')


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _row(entity: Entity, **values: Any) -> dict[str, Any]:
    """A row whose every field holds its own name, and whose yes or no is yes."""
    row: dict[str, Any] = {"id": "<id>"}
    for name, field in entity.fields.items():
        row[name] = True if field.type is bool else [f"<{name}>"] if field.type is list else f"<{name}>"
    return row | values


def _variants(entity: Entity) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows that differ in one answer or state, and what to call each."""
    for name, field in entity.fields.items():
        if field.type is bool:
            yield f"`{name}`", _row(entity, **{name: False})


def _scopes(entity: Entity) -> list[str]:
    assert all(fields is None for fields in entity.scopes(_row(entity)).values()), "seen in part: say so in HEAD"
    whole, variants = entity.scopes(_row(entity)), [*_variants(entity)]
    more = {scope: f"not {why}" for why, row in variants for scope in entity.scopes(row) if scope not in whole}
    return [
        f"`{scope}`" + _while([why for why, row in variants if scope not in entity.scopes(row)])
        for scope in sorted(whole)
    ] + [f"`{scope}`" + _while([why]) for scope, why in sorted(more.items())]


def _grants(entity: Entity) -> list[str]:
    """To whom which scopes are opened, and while what is so."""
    assert entity.grants is not None
    (field,) = entity.states or ("",)
    states = sorted({*entity.states[field].values(), entity.fields[field].default}) if field else [None]
    found: dict[tuple[str, str], list[Any]] = {}
    for state in states:
        for grant in entity.grants(_row(entity, **({field: state} if field else {}))):
            found.setdefault(grant, []).append(state)
    out = []
    for grant, when in sorted(found.items()):
        reasons = [why for why, row in _variants(entity) if grant not in [*entity.grants(row)]] if not field else []
        if len(when) < len(states):
            reasons.append(f"`{field}` is " + " or ".join(when))
        out.append(f"`{grant[1]}` to `{grant[0]}`" + _while(reasons))
    return out


def _while(reasons: list[str]) -> str:
    return " while " + " and ".join(reasons) if reasons else ""
