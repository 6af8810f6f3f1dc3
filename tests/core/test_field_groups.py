"""What many rows have is declared alike everywhere (OPS-08): one name, one type; order and trash come together."""

from __future__ import annotations

from lms_core.entities import SCHEMA

ENTITIES = SCHEMA.entities.values()


def test_a_field_has_one_type_wherever_it_stands() -> None:  # OPS-08
    kinds: dict[str, set[str]] = {}
    for entity in ENTITIES:
        for name, field in entity.fields.items():
            kinds.setdefault(name, set()).add(str(field.type))
    assert len(kinds) > 100
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


def test_what_is_ordered_has_a_place_and_a_trash() -> None:  # OPS-08
    ordered = {entity.name for entity in ENTITIES if entity.is_tree}
    assert ordered == {"module", "lesson", "content_item", "resource", "question"}
    for group in ("place", "trashed_at"):
        assert {entity.name for entity in ENTITIES if group in entity.fields} == ordered, group


def test_times_and_slugs_are_the_hubs_or_the_makers_once() -> None:  # OPS-08
    for name in ("created_at", "updated_at", "published_at", "slug", "trashed_at"):
        found = {entity.name: entity.fields[name].kind for entity in ENTITIES if name in entity.fields}
        assert found, name
        assert set(found.values()) <= {"hub", "const", "min"}, (name, found)


def test_every_row_says_who_reads_and_who_writes_it() -> None:  # OPS-08
    for entity in ENTITIES:
        assert callable(entity.scopes), entity.name
        assert callable(entity.may), entity.name
