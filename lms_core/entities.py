"""All entities of the product and what follows from them: the schema that replicas and hub share."""

from __future__ import annotations

from lms_core.accounts.entities import ACCOUNT
from lms_core.assessment import effects as assessment_effects
from lms_core.assessment.entities import ENTITIES as ASSESSMENT
from lms_core.courses.entities import ENTITIES as COURSES
from lms_core.learning import effects as learning_effects
from lms_core.learning.entities import ENTITIES as LEARNING
from lms_core.schema import Schema
from lms_core.sync.entities import CONFLICT

SCHEMA = Schema([ACCOUNT, *COURSES, *LEARNING, *ASSESSMENT, CONFLICT], version=1)
EFFECTS = (*learning_effects.EFFECTS, *assessment_effects.EFFECTS)
