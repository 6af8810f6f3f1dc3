"""Typed tables of what learners do; `derived_` ones hold what a replica reckons until the hub has spoken."""

from __future__ import annotations

from lms_core.db.rows import table_for
from lms_core.learning import entities as e

enrollment = table_for(e.ENROLLMENT, index=("course_id", ("user_id", "course_id")))
progress = table_for(
    e.PROGRESS, index=(("user_id", "opened_at"), ("user_id", "course_id")), later=(("user_id", "first_done_at"),)
)
_p = progress.c
done = _p.done_at.is_not(None) & (_p.reopened_at.is_(None) | (_p.done_at > _p.reopened_at))
"""Whether a lesson is done, as `is_done` tells of a row."""
study_session = table_for(e.STUDY_SESSION, index=(("user_id", "start"), ("user_id", "course_id")))
activity_log = table_for(e.ACTIVITY_LOG, index=("user_id", "occurred_at"))
search_log = table_for(e.SEARCH_LOG, index=("user_id", "occurred_at"))
note = table_for(e.NOTE, index=(("lesson_id", "user_id", "created_at"), ("user_id", "created_at")))
contributor = table_for(e.CONTRIBUTOR)
bookmark = table_for(e.BOOKMARK, index=(("user_id", "created_at"), ("user_id", "course_id")))
course_progress = table_for(e.COURSE_PROGRESS, index=(("user_id", "last_active_at"),))
derived_course_progress = table_for(e.COURSE_PROGRESS, prefix="derived_")
roster_entry = table_for(e.ROSTER_ENTRY, index=("course_id",))
