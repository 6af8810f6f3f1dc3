"""Typed tables of certificates."""

from __future__ import annotations

from lms_core.certificates import entities as e
from lms_core.db.rows import table_for

certificate = table_for(e.CERTIFICATE, index=("enrollment_id", "user_id", "course_id", "certificate_number"))
certificate_template = table_for(e.CERTIFICATE_TEMPLATE)
signing_key = table_for(e.SIGNING_KEY)
