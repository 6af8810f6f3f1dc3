"""Every way the product says no, drawn once so that the desktop and the server map classes, not strings.

LmsError
├── UserError          input that a person can mend; `code` names the sentence
├── NotFound           the thing does not exist (or may not be seen)
├── Conflict           somebody else was first
├── Denied             the caller may not do this
├── StorageError
│   ├── DiskFull       nothing was written; what was there is whole
│   ├── Corrupt        the file is damaged
│   ├── TooNew         the file was made by a newer version
│   └── Busy           another process holds the file
└── SyncError
    ├── Offline        the server cannot be reached: a state, not a fault
    ├── AuthExpired    sign in again; local work goes on
    ├── VersionMismatch  one side is too old for the other
    └── ServerError    the server failed or is no server of ours
"""

from __future__ import annotations

from typing import Any

MESSAGES: dict[str, str] = {
    "account_deleted": "This account was deleted. What is on this device stays here, but goes nowhere any more.",
    "account_disabled": "This account has been closed. Ask the administrator of your server.",
    "address_needed": "Type an e-mail address first.",
    "already_invited": "Somebody with this address is invited already. Send that invitation again instead.",
    "address_unconfirmed": "Confirm your e-mail address first.",
    "ambiguous": "“{wanted}” fits more than one. Use the whole title or the id.",
    "api_version": "The program and the server ({oldest} to {newest}) speak no common version. Update the older one.",
    "app_too_old": "This app is too old for the server. Update it; what you write is still taken.",
    "application_unconfirmed": "This application has not been confirmed by its mailed link yet.",
    "attempt_closed": "This attempt was graded already; an answer cannot be added to it.",
    "attempt_open": "A quiz of this course is going on. Hand it in first, then update.",
    "auth_expired": "Your sign-in has run out. Sign in again; everything on this device is safe.",
    "auth_missing": "Sign in first.",
    "bad_characters": "This text has characters that no computer can store. Type it again.",
    "bad_choice": "“{field}” is not one of the allowed values.",
    "bad_formula": "The formula “{tex}” cannot be read: {why}",
    "bad_hash": "This is not the SHA-256 of a file.",
    "bad_id": "This change names no row that could be.",
    "bad_length": "This is too short or too long.",
    "bad_manifest": "What {name} says of itself cannot be read.",
    "bad_op": "This change cannot be understood.",
    "bad_pack": "The course file is damaged.",
    "bad_profile_file": "This is not a profile file, or it is damaged.",
    "bad_reply": "The server sent something that cannot be read. Everything is saved here.",
    "bad_request": "The request cannot be read.",
    "bad_server_address": "This is no address of a server. It looks like https://learn.example.org.",
    "bad_tag": "A tag has {least} to {most} letters, and a note has ten tags at most.",
    "bad_transition": "This step is not possible from the present state.",
    "bad_value": "“{field}” has a value of the wrong kind.",
    "blob_mismatch": "The file does not have the bytes that its name promises. Send it again.",
    "blob_missing": "A picture of the course has not reached the server yet. Try again after the next sync.",
    "bad_zip": "{name} is no zip file that can be unpacked.",
    "bundle_damaged": "This is no sync file, or it is damaged. Nothing is lost: make it anew where it came from.",
    "bundle_device_revoked": "The device that made this file was signed out. Sign in on it again, then make it anew.",
    "bundle_elsewhere": "This file is for another device or another server.",
    "bundle_needs_sign_in": "Sign in at the server once over a network; from then on a file can stand in for it.",
    "bundle_too_new": "This sync file was made by a newer version. Update this one first.",
    "bundle_unknown_device": "The server does not know the device that made this file. Sign in on it once more.",
    "cancelled": "Stopped. Nothing was changed.",
    "cannot_lead": "This person cannot lead a course: it takes an open account of an instructor or administrator.",
    "captions_without_film": "{name} holds captions. Add the film first that they belong to.",
    "card_invalid": "This registration card was not made by this server.",
    "certificate_replaced": "Another certificate came in the place of this one. Choose that one.",
    "certificate_revoked": "This certificate was revoked and counts no more.",
    "certificate_unknown": "There is no certificate with this number here.",
    "certificate_unreadable": "There is no certificate in this file. Choose the PDF as it was saved here.",
    "class_archived": "This class is closed. Open it again first.",
    "class_code_unknown": "No class has this code, or it has run out. Ask for a fresh one.",
    "category_default": "Courses without a choice are in this category; it cannot be deleted.",
    "category_in_use": "There are courses or other categories in this category. Move them first.",
    "category_parent": "This category is not there, or it lies below.",
    "class_unknown": "There is no such class, or it is closed.",
    "code_needed": "This server takes new accounts only with the code of a class or an invitation. Ask for one.",
    "code_wrong": "This code is not right. Look at your authenticator app and type the present one.",
    "columns_missing": "The table lacks these columns: {names}.",
    "conflict": "Somebody else changed this first.",
    "corrupt": "The file {path} is damaged.",
    "card_empty": "A card needs a front and a back.",
    "course_away": "This course is no longer on this device, and no server offers it. Your notes and progress stay.",
    "course_stays_away": "The server does not offer “{title}” any more: what you remove cannot be fetched again.",
    "course_unavailable": "This course cannot be joined at present.",
    "credentials_needed": "Fill in every field first.",
    "date_invalid": "This is no day in the past.",
    "database_away": "The database does not answer. Is it running, and is its address right?",
    "denied": "You do not have the right to do this.",
    "depends": "It belongs to something that the server refused.",
    "depth": "It cannot be put there.",
    "disk_error": "The disk reports an error for {path}. Check the disk; what was saved before is kept.",
    "disk_full": "The disk is full. Nothing was lost; free some space and try again.",
    "draft_moved": "Somebody else changed the course since you last saw it. Look at the changes, then publish again.",
    "device_revoked": "This device was removed from your account. Everything on it is kept; sign in again to send it.",
    "edited_elsewhere": "It was edited on another device meanwhile, so it was kept.",
    "email_invalid": "This is not an e-mail address.",
    "email_taken": "There is already an account with this e-mail address.",
    "email_unverified": "The provider has not checked your e-mail address, so it cannot stand for an account here.",
    "ends_before_start": "It cannot end before it begins.",
    "enrollment_ended": "Your enrolment in this course has ended. Your notes and progress stay; join again to read on.",
    "enrollment_suspended": "You are suspended in this course. Ask its instructor.",
    "exam_needs_network": "An exam can only be started while the server can be reached.",
    "exam_not_started": "This exam was not started at the server. Start it there first.",
    "expectation": "Something it stands on had changed meanwhile.",
    "fault": "A fault of the program ({kind}). What was saved is safe. LMS_DEBUG=1 shows where it happened.",
    "field_required": "This must not be empty.",
    "file_busy": "The file is in use by another program.",
    "file_refused": "A file was twice not what the course says. It was not kept; tell who runs the server.",
    "file_too_large": "This file has {size}; files of its kind may have at most {most}.",
    "file_unwritable": "The file {path} cannot be opened or written. Check the rights of its folder.",
    "folder_wanted": "{path} is a file. An import takes the folder that holds the lessons.",
    "folder_in_use": "There is something in {path} already. Choose a new or empty folder.",
    "forbidden": "You do not have the right to do this.",
    "foreign_replica": "This device belongs to another account.",
    "forgotten": "The server no longer knows what became of it.",
    "gone": "It does not exist any more.",
    "group_too_large": "This is too much at once. Do it in smaller parts.",
    "hub_in_use": "A server is running on this data folder. Stop it first.",
    "hub_key_missing": "The server's key {path} is missing. Restore it from a backup.",
    "id_reused": "Something else already has this name.",
    "identity_taken": "That sign-in belongs to another account here.",
    "image_too_large": "The picture {name} is too large.",
    "infected": "The virus scanner of the server found something in this file: {found}. It was not kept.",
    "instructor_inactive": "Only active instructors can begin and publish courses at the server. What you wrote stays.",
    "instructor_suspended": "Your right to teach is suspended. Ask the administrator of your server.",
    "invalid": "This is not valid.",
    "invalid_fields": "Please check: {names}.",
    "invitation_over": "This invitation was accepted or called back. Make another one.",
    "job_busy": "This is on its way already. Wait until it has ended.",
    "key_changed": "The server's key is another one than when this was stored.",
    "key_invalid": "This is not a public key.",
    "key_missing": "The key of this profile is not on this device. Sign in online to unlock it.",
    "last_admin": "This is the only administrator. Make another one first.",
    "last_way_in": "This is your only way to sign in. Set a password first.",
    "link_first": "There is an account with this e-mail address. Sign in with its password, then link the "
    "provider in the settings.",
    "last_lead": "A course needs somebody who leads it. Name another lead first.",
    "local_profile": "This profile has no server. Link it to an account first: lms link.",
    "loopback_needed": "This must be an address of your own machine, such as http://127.0.0.1:49152/.",
    "mail_failed": "The mail was not sent: {reason}.",
    "mail_sent": "This mail has been sent already.",
    "malformed": "This change cannot be read: a program wrote it that does not follow the rules.",
    "memo_too_long": "A memo has {most} letters at most. What is too much was not taken.",
    "method_not_allowed": "This address does not take this kind of request.",
    "missing_field": "“{field}” is missing.",
    "name_taken": "Something else is called that already.",
    "name_needed": "Say what you are called first.",
    "no_course": "No course is called “{wanted}”.",
    "no_instructor": "{name} is no instructor. Give the account that role first.",
    "no_lesson": "No lesson is called “{wanted}”.",
    "no_account": "There is no account with the address {email}.",
    "no_attempt": "There is no attempt going on.",
    "no_attempts_left": "There are no attempts left; {allowed} are allowed.",
    "no_backup": "{path} is not a backup of a server, or it is damaged.",
    "no_backup_folder": "The server has no folder for backups. Its keeper sets backup_folder.",
    "no_file": "This file is not here.",
    "no_good_copy": "No undamaged copy of this profile was found. The damaged file is kept at {path}.",
    "no_hub": "There is no server's data in {path}.",
    "no_lessons": "There are no lessons in {path}. A lesson is a Markdown file (.md) with some text.",
    "no_mail": "There is no mail {id}.",
    "no_profile": "There is no profile here yet. Sign in first.",
    "no_question": "This question is not part of the attempt.",
    "no_quiz": "This quiz is not part of the course any more.",
    "lesson_locked": "First do: {needs}.",
    "no_recovery": "This profile cannot be unlocked without its password.",
    "no_such_path": "There is nothing at {path}.",
    "no_upload": "This file is not on its way here. Begin it again.",
    "not_a_course": "{path} is no course: it holds no Markdown files.",
    "not_a_server": "There is no learning server at {url}.",
    "not_a_student": "Your account may already do more than a student's. Ask an administrator to change its role.",
    "not_an_image": "{name} is no picture that can be shown.",
    "not_enrolled": "Enrol in the course first.",
    "not_found": "This does not exist any more, or you may not see it.",
    "not_installed": "This course is not on this device yet.",
    "not_local": "This profile belongs to an account already.",
    "not_ready": "The course cannot be published yet. The checklist says what is missing.",
    "not_utf8": "The text in {path} is not in UTF-8.",
    "offline": "The server cannot be reached. Everything is saved here and will be sent later.",
    "owns_courses": "Hand these courses over to somebody else first: {titles}.",
    "out_of_quota": "Your space on the server is used up ({used_mb} of {most_mb} MB).",
    "out_of_range": "“{field}” is too short, too long or out of range.",
    "package_2004": "{name} is made for SCORM 2004 and has no page that can be opened by itself.",
    "package_incomplete": "{name} has no page to begin with.",
    "package_too_large": "{name} holds too much to be opened.",
    "package_unsafe": "{name} is not opened, for it holds files that could do harm.",
    "part_mismatch": "A part of the file was damaged on its way. It is sent again.",
    "password_all_digits": "A password must not consist of figures alone.",
    "password_common": "This password is one of those that are guessed first.",
    "password_mismatch": "The two passwords differ.",
    "password_needed": "Enter the password of this profile.",
    "password_similar": "The password is too much like your name or e-mail address.",
    "password_too_long": "A password may have at most 128 characters.",
    "password_too_short": "A password needs at least 8 characters.",
    "prerequisite_cycle": "That course needs this one first. Two courses cannot come before each other.",
    "resource_empty": "Choose a file or give an address.",
    "payment_needed": "This course costs money. Ask your school how to get it.",
    "port_in_use": "Port {port} on {host} is in use by another program.",
    "precondition_failed": "It was changed meanwhile. Look at it again, then repeat your change.",
    "premium_needed": "This certificate comes with a premium account.",
    "profile_exists": "This account already has a profile on this device. Open that one.",
    "profile_in_use": "This profile is open in another window or program. Close it there first.",
    "profile_unsent": "This profile holds {count} changes that were never sent. Sync first, or remove it anyway.",
    "proof_invalid": "This code or link is not right, or it has run out. Ask for a new one.",
    "proof_wrong": "The file here is another one than at the server. It has to be sent.",
    "provider_away": "The sign-in page of the other service does not answer. Try again later or use your password.",
    "provider_failed": "The sign-in at {name} did not work. Try again or use your password.",
    "query_too_long": "The server took too long to find this. Ask for less of it, or try again later.",
    "quota": "Your account on the server is full. Delete something, or ask the person who runs the server.",
    "prerequisites_missing": "Complete these courses first: {titles}.",
    "quiz_not_passed": "A quiz is done when it is passed.",
    "quiz_unreadable": "The quiz could not be read: {why}.",
    "rate_limited": "Too many tries. Wait {seconds} seconds.",
    "reason_needed": "Say why.",
    "registration_closed": "This server takes no new accounts. Ask its administrator.",
    "replica_invalid": "This is not the id of a device.",
    "reserved_field": "Only the server can change this.",
    "report_not_ready": "The report is not made yet.",
    "report_too_large": "This report would have more than {most} rows. Narrow it to a course or a class.",
    "restore_unfinished": "A restore was interrupted. Run it again; the former data lie in before-restore.",
    "scanner_away": "The virus scanner of the server does not answer. Nothing was lost; try again in a while.",
    "second_factor_needed": "Type the code that your authenticator app shows.",
    "second_factor_on": "Codes are switched on already.",
    "second_factor_wrong": "This code is not right or was used already. Wait for the next one.",
    "server_did_not_start": "The server did not start; {path} says why.",
    "server_error": "The server answered with an error ({status}). Everything is saved here.",
    "server_replaced": "Another program answers at the server's address now. All your work is kept here.",
    "server_too_old": "The server is older than this app. Have it updated; your work is safe here.",
    "setting_invalid": "The setting {name} has a wrong value: {value}.",
    "setting_needed": "The setting {name} is needed too.",
    "setting_unknown": "There is no setting {name}.",
    "settings_exposed": "{path} holds a secret, and others on this computer can read it: chmod 600.",
    "source_changed": "“{path}” has changed since the folder was looked at. Look at it again.",
    "sqlite_too_old": "The database library is too old ({found}); at least {needed} is needed.",
    "state_changed": "Its state had changed meanwhile.",
    "store_away": "The store of files does not answer. Nothing was lost; try again in a while.",
    "sync_does_not_end": "The sync did not come to an end. Everything is saved here.",
    "system_refused": "The system refuses that: {why} {path}",
    "thumbnail_kind": "{name} is no JPEG, PNG or WebP picture.",
    "thumbnail_sides": "{name} has {width} x {height} pixels. Each side needs {least} to {most}; {ideal} is best.",
    "time_is_up": "The time for this attempt is over.",
    "tls_unreadable": "The certificate {path} or its key cannot be used: {why}.",
    "tls_wanted": "Serving {host} needs a certificate (tls_certificate). In a network you trust, set plain_http.",
    "title_needed": "The title needs at least three letters.",
    "token_expired": "Your sign-in has run out. Sign in again; everything on your device is safe.",
    "token_invalid": "This sign-in is not valid. Sign in again; everything on your device is safe.",
    "token_reused": "This sign-in was used in two places and has been ended. Sign in again.",
    "tool_failed": "{tool} failed: {said}",
    "tool_missing": "{tool} is not installed here; it comes with PostgreSQL's client programs.",
    "time_implausible": "So much time cannot have been studied then.",
    "too_large": "This is larger than the server takes.",
    "too_long": "This is too long.",
    "too_many": "There can be at most {most} of these.",
    "too_many_devices": "An account can have at most {most} devices. Remove one first.",
    "too_many_scopes": "This would be one course more than an account can have. Leave some, then try again.",
    "too_new": "This file was made by a newer version of the app. Update the app to open it.",
    "twice": "This stands in the table twice.",
    "type_not_allowed": "Files of this kind are not taken: only pictures, sound, films, documents, texts and "
    "zip files.",
    "unknown_entity": "The server does not know this kind of data yet. Update it.",
    "unknown_field": "There is no “{field}”.",
    "unknown_people": "Nobody here has an account as: {names}.",
    "unprintable": "This contains characters that cannot be shown.",
    "unreachable": "The server at {url} cannot be reached. Check the address and the network.",
    "upgrade_failed": "The data could not be brought to the new version. It is unchanged; a copy lies at {path}.",
    "upload_moved": "The server has another part of the file than expected. It goes on from there.",
    "url_invalid": "This is no address of a web page.",
    "username_invalid": "A username has 2 to 150 letters, figures, points, underscores, plus and minus signs.",
    "username_taken": "This username is taken.",
    "video_url_invalid": "This is no address of a video: YouTube, Vimeo or a video file are taken.",
    "version_mismatch": "The app and the server do not understand each other. Update the older one.",
    "visit_over": "This sign-in took too long or was used already. Begin again.",
    "worker_needs_postgres": "With a database file the server does the jobs itself; a worker needs PostgreSQL.",
    "wrong_credentials": "E-mail address or password is not right.",
    "wrong_entity": "This change names a row of another kind.",
    "wrong_media_type": "This kind of body is not taken here.",
    "wrong_password": "The password is not right.",
    "zip_too_large": "{name} holds too much for one course. Unpack it and import the folder you need.",
}


class LmsError(Exception):
    """Say what happened by a stable `code` and the values its sentence needs."""

    default_code = "error"

    def __init__(self, code: str | None = None, **values: Any) -> None:
        self.code = code or self.default_code
        self.values = values
        super().__init__(self.code)

    @property
    def message(self) -> str:
        """The English sentence of the code with its values filled in."""
        template = MESSAGES.get(self.code, self.code.replace("_", " ").capitalize() + ".")
        try:
            return template.format(**self.values)
        except (KeyError, IndexError):
            return template

    def __str__(self) -> str:
        return self.message


class UserError(LmsError):
    """Refuse input that a person can mend."""

    default_code = "invalid"


class NotFound(LmsError):
    """The thing does not exist, or the caller may not know that it does."""

    default_code = "not_found"


class Conflict(LmsError):
    """The state changed before the caller's change arrived."""

    default_code = "conflict"


class Denied(LmsError):
    """The caller lacks the right."""

    default_code = "denied"


class StorageError(LmsError):
    """The disk or the database file failed."""

    default_code = "storage"


class DiskFull(StorageError):
    """No space left; the transaction was undone as a whole."""

    default_code = "disk_full"


class Corrupt(StorageError):
    """The file is damaged or is no database of ours."""

    default_code = "corrupt"


class TooNew(StorageError):
    """A newer version made the file; it is left untouched."""

    default_code = "too_new"


class Busy(StorageError):
    """Another process or connection holds the file."""

    default_code = "file_busy"


class SyncError(LmsError):
    """An exchange with the hub did not come about."""

    default_code = "sync"


class Offline(SyncError):
    """The hub cannot be reached."""

    default_code = "offline"


class AuthExpired(SyncError):
    """The hub no longer takes the tokens of this device."""

    default_code = "auth_expired"


class VersionMismatch(SyncError):
    """The two programs do not share a protocol version."""

    default_code = "version_mismatch"


class ServerError(SyncError):
    """The other side failed, or it is no hub of ours."""

    default_code = "server_error"
