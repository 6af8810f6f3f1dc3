"""What fields are called of certificates, instructors, figures and reports; see `glossary`."""

from __future__ import annotations

from typing import Any

ID = "0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"
TIME = "2026-01-05T08:00:00.000Z"

FIELDS: dict[str, tuple[Any, ...]] = {
    # --- certificates
    "certificate_number": ("number on the certificate", "LMS-2026-000042"),
    "certificates": ("ids of certificates", [ID]),
    "completion_date": ("when the course was completed", TIME),
    "course_title": ("title of the course", "Between the tides"),
    "enrollment_id": ("id of the enrolment", ID),
    "instructor": ("who leads the course", "Tess Berg"),
    "is_released": ("whether its owner may have it", True),
    "is_valid": ("whether it stands", True),
    "issued_at": ("when it was issued", TIME),
    "reason": ("why", "Issued by mistake"),
    "revocation_date": ("when it was revoked; null: it stands", TIME),
    "revocation_reason": ("why it was revoked", "Issued by mistake"),
    "signature": ("signature of the server, in base64", "c2lnbmF0dXJl"),
    "student_name": ("whose it is", "Ada Moyo"),
    "template_version": ("version of the sheet", "1"),
    "verification_hash": ("SHA-256 of what it says", "9f86d081884c7d65"),
    "verification_url": ("address where anybody can check it", "https://learn.example.org/verify?number=LMS-2026-000042"),
    # --- instructors
    "applied_at": ("when somebody applied; null: never", TIME),
    "approval_date": ("when it was approved; null: not yet", TIME),
    "approved_by": ("id of the account that approved; null: nobody yet", ID),
    "display_name": ("name that learners see", "Tess Berg"),
    "email_notifications": ("whether mails are welcome", True),
    "expertise_areas": ("what somebody teaches", ["Marine biology"]),
    "is_verified": ("whether the address was proved", True),
    "linkedin_profile": ("address at LinkedIn", "https://www.linkedin.com/in/tess"),
    "marketing_emails": ("whether advertisements are welcome", False),
    "organization": ("where somebody works", "Hill School"),
    "public_profile": ("whether everybody may see it", True),
    "suspension_reason": ("why it was suspended", "Asked for a pause"),
    "tier": ("level of the instructor", "bronze"),
    "twitter_handle": ("name at X", "@tess"),
    "years_experience": ("years of teaching", 4),
    # --- figures
    "InstructorDetail.courses": ("published courses",),
    "active_learners": ("who learned in it lately", 18),
    "average_score": ("mean share of points, 0 to 100; null: none yet", 82.5),
    "best_score": ("best share of points, 0 to 100; null: none yet", 90.0),
    "certificates_earned": ("how many certificates", 1),
    "charts": ("series of figures, by name",),
    "completed": ("how many completed it", 6),
    "completion_rate": ("share of those who completed it, 0 to 100", 25.0),
    "current_streak": ("days in a row, up to today", 3),
    "ChartData.datasets": ("one line or row of bars each",),
    "Dataset.data": ("a value for each label; null: nothing known", [3]),
    "Chart.data": ("labels and values",),
    "failed_jobs": ("names of jobs that failed", ["backup"]),
    "health": ("state of the server; null: left out",),
    "hours_spent": ("hours studied", 3),
    "labels": ("what stands below", ["2026-01-05"]),
    "last_active_day": ("last day with activity", "2026-01-05"),
    "last_updated": ("when it was counted", TIME),
    "learners": ("how many learn", 24),
    "learning": ("own figures; null: left out",),
    "lessons_completed": ("how many lessons are done", 7),
    "longest_streak": ("most days in a row", 12),
    "part": ("which part is left out", "charts"),
    "statistics": ("sums",),
    "teaching": ("own courses; null: left out",),
    "total_accounts": ("how many accounts", 120),
    "total_certificates_issued": ("how many certificates", 17),
    "total_completions": ("how often a course was completed", 31),
    "total_enrolments": ("how many enrolments", 210),
    "total_instructors": ("how many instructors", 6),
    "total_lessons_completed": ("how many lessons were done", 1900),
    "total_students": ("how many students", 110),
    "totals": ("sums; null: left out",),
    "type": ("kind of chart", "line"),
    # --- reports
    "asked_at": ("when it was asked for", TIME),
    "parameters": ("what it is about", {"course_id": ID}),
    "progress": ("how far it is, 0 to 100", 40),
    "ReportBody.reason": ("why it failed", "disk_full"),
    "ReportBody.rows": ("how many lines it has", 240),
    "requested_by": ("id of an account", ID),
}  # fmt: skip
"""What a field is, and values that it can have."""

PARAMETERS = {
    "certificate_number": "number on the certificate",
    "days": "over how many days",
    "everyone": "those of everybody, for administrators",
    "format": "kind of file",
    "zone": "time zone of the reader, by its IANA name",
}
"""What a parameter of a query is."""
