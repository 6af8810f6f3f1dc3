CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE hub_state (
	"key" TEXT NOT NULL, 
	value BIGINT NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE epoch_end (
	epoch BIGINT NOT NULL, 
	commits BIGINT NOT NULL, 
	PRIMARY KEY (epoch)
);
CREATE TABLE grant_of (
	"row" TEXT NOT NULL, 
	account TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	PRIMARY KEY ("row", account, scope)
)
 WITHOUT ROWID

;
CREATE INDEX ix_grant_of_account ON grant_of (account);
CREATE TABLE visible_schema (
	id INTEGER NOT NULL, 
	fingerprint TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE credential (
	account TEXT NOT NULL, 
	email_key TEXT NOT NULL, 
	username_key TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	changed_at BIGINT NOT NULL, 
	last_login_at BIGINT, language TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (account), 
	UNIQUE (email_key), 
	UNIQUE (username_key)
)
 WITHOUT ROWID

;
CREATE TABLE login_log (
	id TEXT NOT NULL, 
	account TEXT, 
	timestamp BIGINT NOT NULL, 
	ip_address TEXT NOT NULL, 
	user_agent TEXT NOT NULL, 
	successful BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_login_log_timestamp ON login_log (timestamp);
CREATE INDEX login_log_account ON login_log (account, timestamp);
CREATE TABLE session (
	id TEXT NOT NULL, 
	account TEXT NOT NULL, 
	device TEXT, 
	turn BIGINT NOT NULL, 
	remember BOOLEAN NOT NULL, 
	ip_address TEXT NOT NULL, 
	user_agent TEXT NOT NULL, 
	device_type TEXT NOT NULL, 
	location TEXT NOT NULL, 
	login_method TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	last_activity BIGINT NOT NULL, 
	logout_time BIGINT, 
	is_active BOOLEAN NOT NULL, 
	is_suspicious BOOLEAN NOT NULL, 
	security_notes TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_session_account ON session (account);
CREATE INDEX ix_session_expires_at ON session (expires_at);
CREATE TABLE device (
	replica TEXT NOT NULL, 
	account TEXT NOT NULL, 
	name TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	app_version TEXT NOT NULL, 
	public_key BLOB NOT NULL, 
	recovery BLOB NOT NULL, 
	registered_at BIGINT NOT NULL, 
	revoked_at BIGINT, 
	PRIMARY KEY (replica)
)
 WITHOUT ROWID

;
CREATE INDEX ix_device_account ON device (account);
CREATE TABLE answer_key (
	pack TEXT NOT NULL, 
	course_id TEXT NOT NULL, 
	published_at BIGINT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (pack)
);
CREATE INDEX ix_answer_key_course_id ON answer_key (course_id);
CREATE TABLE frozen_draft (
	course_id TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (course_id)
);
CREATE TABLE replica (
	id TEXT NOT NULL, 
	account TEXT NOT NULL, 
	hw BIGINT NOT NULL, 
	chain BLOB NOT NULL, 
	last_sync_at BIGINT NOT NULL, 
	PRIMARY KEY (id, account)
);
CREATE INDEX ix_replica_account ON replica (account);
CREATE TABLE taken (
	account TEXT NOT NULL, 
	replica TEXT NOT NULL, 
	c BIGINT NOT NULL, 
	chain BLOB NOT NULL, 
	verdict BLOB NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (account, replica, c)
)
 WITHOUT ROWID

;
CREATE TABLE hub_row (
	id TEXT NOT NULL, 
	home TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	parent TEXT, 
	epoch BIGINT NOT NULL, 
	n BIGINT NOT NULL, 
	gone BOOLEAN NOT NULL, 
	base_epoch BIGINT NOT NULL, 
	base_n BIGINT NOT NULL, 
	digest BLOB NOT NULL, 
	cells BLOB NOT NULL, 
	scopes BLOB NOT NULL, 
	PRIMARY KEY (id, home)
)
 WITHOUT ROWID

;
CREATE INDEX hub_row_parent ON hub_row (parent) WHERE parent IS NOT NULL;
CREATE TABLE scope (
	name TEXT NOT NULL, 
	id INTEGER NOT NULL, 
	seq BIGINT NOT NULL, 
	min_seq BIGINT DEFAULT '0' NOT NULL, 
	sums BLOB, 
	PRIMARY KEY (name), 
	UNIQUE (id)
)
 WITHOUT ROWID

;
CREATE TABLE feed (
	scope INTEGER NOT NULL, 
	"row" TEXT NOT NULL, 
	seq BIGINT NOT NULL, 
	entry BLOB NOT NULL, 
	gone_at BIGINT, 
	PRIMARY KEY (scope, "row")
)
 WITHOUT ROWID

;
CREATE INDEX feed_seq ON feed (scope, seq);
CREATE INDEX feed_gone ON feed (gone_at) WHERE gone_at IS NOT NULL;
CREATE TABLE refused (
	"row" TEXT NOT NULL, 
	account TEXT NOT NULL, 
	PRIMARY KEY ("row", account)
)
 WITHOUT ROWID

;
CREATE TABLE held (
	account TEXT NOT NULL, 
	replica TEXT NOT NULL, 
	c BIGINT NOT NULL, 
	"row" TEXT NOT NULL, 
	epoch BIGINT NOT NULL, 
	n BIGINT NOT NULL, 
	turn INTEGER NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (account, replica, c)
);
CREATE INDEX ix_held_row ON held ("row");
CREATE TABLE quarantined (
	account TEXT NOT NULL, 
	replica TEXT NOT NULL, 
	c BIGINT NOT NULL, 
	body BLOB NOT NULL, 
	error TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (account, replica, c)
);
CREATE TABLE usage (
	account TEXT NOT NULL, 
	bytes BIGINT NOT NULL, 
	PRIMARY KEY (account)
);
CREATE TABLE dirty (
	"row" TEXT NOT NULL, 
	home TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	PRIMARY KEY ("row", home)
)
 WITHOUT ROWID

;
CREATE TABLE stuck (
	"row" TEXT NOT NULL, 
	home TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	error TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY ("row", home)
)
 WITHOUT ROWID

;
CREATE TABLE held_file (
	sha256 TEXT NOT NULL, 
	account TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (sha256, account)
)
 WITHOUT ROWID

;
CREATE INDEX ix_held_file_account ON held_file (account);
CREATE TABLE unused_file (
	sha256 TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	PRIMARY KEY (sha256)
)
 WITHOUT ROWID

;
CREATE TABLE exam_paper (
	pack TEXT NOT NULL, 
	assessment_id TEXT NOT NULL, 
	course_id TEXT NOT NULL, 
	lesson_id TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (pack, assessment_id)
);
CREATE TABLE exam_lease (
	attempt TEXT NOT NULL, 
	account TEXT NOT NULL, 
	assessment_id TEXT NOT NULL, 
	pack TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	started_at BIGINT NOT NULL, 
	deadline_at BIGINT, answers TEXT, 
	PRIMARY KEY (attempt)
);
CREATE INDEX exam_lease_account ON exam_lease (account, assessment_id);
CREATE TABLE second_factor (
	account TEXT NOT NULL, 
	secret BLOB NOT NULL, 
	confirmed_at BIGINT, 
	last_step BIGINT NOT NULL, 
	failures BIGINT NOT NULL, 
	blocked_until BIGINT NOT NULL, 
	PRIMARY KEY (account)
)
 WITHOUT ROWID

;
CREATE TABLE recovery_code (
	account TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (account, digest)
)
 WITHOUT ROWID

;
CREATE TABLE identity (
	provider TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	account TEXT NOT NULL, 
	email TEXT NOT NULL, 
	linked_at BIGINT NOT NULL, 
	PRIMARY KEY (provider, subject)
)
 WITHOUT ROWID

;
CREATE INDEX ix_identity_account ON identity (account);
CREATE TABLE provider_visit (
	state TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	account TEXT, 
	redirect_uri TEXT NOT NULL, 
	app_state TEXT NOT NULL, 
	challenge TEXT NOT NULL, 
	began_at BIGINT NOT NULL, 
	code TEXT, 
	facts BLOB, 
	PRIMARY KEY (state), 
	UNIQUE (code)
)
 WITHOUT ROWID

;
CREATE INDEX ix_provider_visit_began_at ON provider_visit (began_at);
CREATE TABLE class_code (
	cohort_id TEXT NOT NULL, 
	code TEXT NOT NULL, 
	made_by TEXT NOT NULL, 
	made_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	uses_left BIGINT NOT NULL, 
	PRIMARY KEY (cohort_id), 
	UNIQUE (code)
)
 WITHOUT ROWID

;
CREATE TABLE mail (
	account TEXT NOT NULL, 
	id TEXT NOT NULL, 
	address TEXT NOT NULL, 
	language TEXT NOT NULL, 
	template TEXT NOT NULL, 
	data TEXT NOT NULL, 
	proof TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	until BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_try BIGINT, 
	error TEXT NOT NULL, 
	sent_at BIGINT, 
	PRIMARY KEY (account, id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_mail_next_try ON mail (next_try);
CREATE TABLE proof (
	account TEXT NOT NULL, 
	id TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	email_key TEXT NOT NULL, 
	token_hash TEXT NOT NULL, 
	tries INTEGER NOT NULL, 
	ip_address TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	used_at BIGINT, 
	PRIMARY KEY (account, id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_proof_token_hash ON proof (token_hash);
CREATE INDEX ix_proof_expires_at ON proof (expires_at);
CREATE TABLE course_slug (
	course_id TEXT NOT NULL, 
	slug TEXT NOT NULL, 
	PRIMARY KEY (course_id), 
	UNIQUE (slug)
)
 WITHOUT ROWID

;
CREATE TABLE audit (
	id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT, 
	action TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	entity_id TEXT NOT NULL, 
	"before" TEXT, 
	"after" TEXT, 
	ip_address TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_actor ON audit (actor, at);
CREATE INDEX audit_entity ON audit (entity_id, at);
CREATE TABLE job_run (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	worker TEXT NOT NULL, 
	started_at BIGINT NOT NULL, 
	finished_at BIGINT, 
	outcome TEXT NOT NULL, 
	said TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
CREATE INDEX job_run_name ON job_run (name, started_at);
CREATE INDEX ix_job_run_started_at ON job_run (started_at);
CREATE TABLE invitation (
	id TEXT NOT NULL, 
	account TEXT NOT NULL, 
	email TEXT NOT NULL, 
	email_key TEXT NOT NULL, 
	first_name TEXT NOT NULL, 
	last_name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	class_id TEXT, 
	message TEXT NOT NULL, 
	language TEXT NOT NULL, 
	proof TEXT NOT NULL, 
	token_hash TEXT NOT NULL, 
	tries INTEGER NOT NULL, 
	made_by TEXT, 
	made_at BIGINT NOT NULL, 
	sent_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	accepted_at BIGINT, 
	revoked_at BIGINT, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_invitation_account ON invitation (account);
CREATE INDEX ix_invitation_email_key ON invitation (email_key);
CREATE INDEX ix_invitation_token_hash ON invitation (token_hash);
CREATE INDEX ix_invitation_sent_at ON invitation (sent_at);
CREATE TABLE notification_mail (
	account TEXT NOT NULL, 
	notification TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	sent_at BIGINT, 
	PRIMARY KEY (account, notification)
)
 WITHOUT ROWID

;
CREATE INDEX notification_mail_waits ON notification_mail (sent_at, account);
CREATE TABLE digest (
	account TEXT NOT NULL, 
	day TEXT NOT NULL, 
	PRIMARY KEY (account)
)
 WITHOUT ROWID

;
CREATE TABLE platform_day (
	day TEXT NOT NULL, 
	taken_at BIGINT, 
	total_accounts BIGINT, 
	total_students BIGINT, 
	total_instructors BIGINT, 
	total_courses BIGINT, 
	total_enrolments BIGINT, 
	total_completions BIGINT, 
	total_lessons_completed BIGINT, 
	total_certificates_issued BIGINT, 
	active_learners BIGINT, 
	learners BIGINT DEFAULT '0' NOT NULL, 
	seconds BIGINT DEFAULT '0' NOT NULL, 
	attempts BIGINT DEFAULT '0' NOT NULL, 
	lessons BIGINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (day)
)
 WITHOUT ROWID

;
CREATE TABLE report (
	id TEXT NOT NULL, 
	requested_by TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	parameters TEXT NOT NULL, 
	status TEXT NOT NULL, 
	progress INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	rows BIGINT NOT NULL, 
	asked_at BIGINT NOT NULL, 
	finished_at BIGINT, 
	lease BIGINT, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
CREATE INDEX ix_report_requested_by ON report (requested_by);
CREATE INDEX ix_report_status ON report (status);
CREATE TABLE report_file (
	report TEXT NOT NULL, 
	format TEXT NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (report, format)
);
CREATE TABLE upload_record (
	id TEXT NOT NULL, 
	account TEXT NOT NULL, 
	original_filename TEXT NOT NULL, 
	content_hash TEXT NOT NULL, 
	processing_status TEXT NOT NULL, 
	processing_error TEXT NOT NULL, 
	processing_metadata TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID

;
CREATE INDEX upload_record_account ON upload_record (account, created_at);
CREATE INDEX ix_upload_record_created_at ON upload_record (created_at);
INSERT INTO alembic_version VALUES ('0020');
