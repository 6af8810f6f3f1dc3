"""All entities of the product: the schema that replicas and hub share, and what follows from writes at the hub."""

from __future__ import annotations

from functools import partial

from lms_core.accounts.entities import ACCOUNT
from lms_core.accounts.personal import PERSONAL
from lms_core.accounts.tables import account as _account
from lms_core.assessment.effects import grading, roster
from lms_core.assessment.entities import ENTITIES as ASSESSMENT
from lms_core.assessment.tables import LOCAL as ASSESSMENT_LOCAL
from lms_core.certificates import tables as _certificates
from lms_core.certificates.entities import ENTITIES as CERTIFICATES
from lms_core.choices import LOCAL as CHOICES_LOCAL
from lms_core.classes.effects import CLASS_ENROLMENT
from lms_core.classes.entities import ENTITIES as CLASSES
from lms_core.courses.categories import CATEGORISED
from lms_core.courses.entities import ENTITIES as COURSES
from lms_core.courses.naming import NAMES
from lms_core.courses.publishing import HUB_LOCAL, hub_quiz, published_plans, publishing
from lms_core.courses.tables import LOCAL as COURSES_LOCAL
from lms_core.db.rows import table_for
from lms_core.downloads.tables import LOCAL as DOWNLOADS_LOCAL
from lms_core.instructors.effects import ROLE_PROFILE
from lms_core.learning import tables as _learning
from lms_core.learning.activity import WITHDRAWN
from lms_core.learning.effects import ENROLLED, course_progress, tell_version, watched_together
from lms_core.learning.entities import ENTITIES as LEARNING
from lms_core.learning.sharing import CONTRIBUTORS
from lms_core.notifications.entities import NOTIFICATION
from lms_core.notifications.tables import notification as _notification
from lms_core.ports import BlobStore
from lms_core.review import tables as _review
from lms_core.review.entities import ENTITIES as REVIEW
from lms_core.schema import Schema
from lms_core.sync.conflicts import LOCAL as SYNC_LOCAL
from lms_core.sync.entities import CONFLICT
from lms_core.unit import Effect

SCHEMA = Schema(
    [
        ACCOUNT,
        *PERSONAL,
        *COURSES,
        *LEARNING,
        *ASSESSMENT,
        *REVIEW,
        *CLASSES,
        *CERTIFICATES,
        NOTIFICATION,
        CONFLICT,
    ],
    version=2,
)
LOCAL = (COURSES_LOCAL, ASSESSMENT_LOCAL, SYNC_LOCAL, CHOICES_LOCAL, DOWNLOADS_LOCAL)
conflict = table_for(CONFLICT)


def hub_effects(packs: BlobStore) -> tuple[Effect, ...]:
    """What the hub does after a write: packs, grades, progress, rosters."""
    plans = published_plans(packs)
    return (
        publishing(packs, tell_version), NAMES, CATEGORISED, grading(partial(hub_quiz, packs)),
        watched_together(plans), course_progress(plans), roster(plans), ENROLLED,
        CLASS_ENROLMENT, ROLE_PROFILE, WITHDRAWN, CONTRIBUTORS,
    )  # fmt: skip


__all__ = [
    "HUB_LOCAL",
    "LOCAL",
    "SCHEMA",
    "_account",
    "_certificates",
    "_learning",
    "_notification",
    "_review",
    "conflict",
]
