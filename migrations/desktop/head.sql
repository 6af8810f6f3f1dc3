CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE sync_state (
	"key" TEXT NOT NULL, 
	value BLOB NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE segment (
	n INTEGER NOT NULL, 
	rep TEXT NOT NULL, 
	length INTEGER NOT NULL, 
	chain BLOB NOT NULL, 
	hw INTEGER NOT NULL, 
	dirty BOOLEAN NOT NULL, floor INTEGER DEFAULT 0 NOT NULL, 
	PRIMARY KEY (n), 
	UNIQUE (rep)
);
CREATE TABLE oplog (
	rep TEXT NOT NULL, 
	c INTEGER NOT NULL, 
	"row" TEXT NOT NULL, 
	body BLOB NOT NULL, 
	chain BLOB NOT NULL, 
	verdict BLOB, 
	receipt BLOB, 
	seen_scope TEXT, 
	seen_seq INTEGER, 
	overlay BOOLEAN NOT NULL, at INTEGER, 
	PRIMARY KEY (rep, c)
)
 WITHOUT ROWID

;
CREATE INDEX oplog_open ON oplog (rep, c) WHERE verdict IS NULL;
CREATE INDEX oplog_overlay ON oplog ("row") WHERE overlay = 1;
CREATE TABLE unsealed (
	"key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"row" TEXT NOT NULL, 
	body BLOB NOT NULL
);
CREATE INDEX ix_unsealed_row ON unsealed ("row");
CREATE TABLE parked (
	digest BLOB NOT NULL, 
	"row" TEXT NOT NULL, 
	body BLOB NOT NULL, 
	code TEXT NOT NULL, 
	cause TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	settled BOOLEAN NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE TABLE base (
	scope TEXT NOT NULL, 
	"row" TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	doc BLOB NOT NULL, 
	PRIMARY KEY (scope, "row")
)
 WITHOUT ROWID

;
CREATE INDEX base_row ON base ("row");
CREATE TABLE stage (
	scope TEXT NOT NULL, 
	"row" TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	n INTEGER NOT NULL, 
	doc BLOB, 
	PRIMARY KEY (scope, "row")
)
 WITHOUT ROWID

;
CREATE TABLE fold_later (
	"row" TEXT NOT NULL, 
	PRIMARY KEY ("row")
)
 WITHOUT ROWID

;
CREATE TABLE cursor (
	scope TEXT NOT NULL, 
	seq INTEGER, 
	stale BOOLEAN NOT NULL, 
	staged INTEGER, 
	PRIMARY KEY (scope)
);
CREATE TABLE hub_time (
	lo INTEGER NOT NULL, 
	receipt BLOB NOT NULL, 
	PRIMARY KEY (lo)
);
CREATE TABLE sync_run (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at INTEGER NOT NULL, 
	result TEXT NOT NULL, 
	sent INTEGER NOT NULL, 
	received INTEGER NOT NULL
, ms INTEGER, up INTEGER DEFAULT 0 NOT NULL, down INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE upload (
	sha256 TEXT NOT NULL, 
	done BOOLEAN NOT NULL, 
	PRIMARY KEY (sha256)
);
CREATE TABLE visible_schema (
	id INTEGER NOT NULL, 
	fingerprint TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE file_seal (
	id INTEGER NOT NULL, 
	token TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE installed (
	course_id TEXT NOT NULL, 
	pack TEXT NOT NULL, 
	key_pack TEXT NOT NULL, 
	version TEXT NOT NULL, 
	title TEXT NOT NULL, 
	lessons INTEGER NOT NULL, 
	size BIGINT NOT NULL, 
	installed_at BIGINT NOT NULL, progress_method TEXT DEFAULT 'lesson' NOT NULL, progress_weights TEXT DEFAULT '{}' NOT NULL, sequential BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (course_id)
);
CREATE TABLE installed_lesson (
	id TEXT NOT NULL, 
	course_id TEXT NOT NULL, 
	module_id TEXT NOT NULL, 
	ord INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	minutes INTEGER NOT NULL, 
	assessment_id TEXT, weight FLOAT DEFAULT 1 NOT NULL, preview BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX ix_installed_lesson_course_id ON installed_lesson (course_id);
CREATE TABLE open_attempt (
	id TEXT NOT NULL, 
	lesson_id TEXT NOT NULL, 
	course_id TEXT NOT NULL, 
	assessment_id TEXT NOT NULL, 
	pack TEXT NOT NULL, 
	version TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	started_at BIGINT NOT NULL, 
	deadline_at BIGINT, 
	questions TEXT NOT NULL, 
	answers TEXT NOT NULL, 
	flags TEXT NOT NULL, 
	at INTEGER NOT NULL, paper TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (lesson_id)
);
CREATE TABLE known_pack (
	pack TEXT NOT NULL, 
	course_id TEXT NOT NULL, 
	key_pack TEXT NOT NULL, 
	PRIMARY KEY (pack)
);
CREATE INDEX ix_known_pack_course_id ON known_pack (course_id);
CREATE TABLE choice (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE settled (
	"conflict" TEXT NOT NULL, 
	"before" TEXT NOT NULL, 
	result TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY ("conflict")
);
CREATE TABLE healing (
	scope TEXT NOT NULL, 
	buckets INTEGER NOT NULL, 
	pos INTEGER NOT NULL, 
	PRIMARY KEY (scope)
);
CREATE INDEX oplog_seen ON oplog (seen_scope, seen_seq) WHERE seen_scope IS NOT NULL;
CREATE INDEX oplog_told ON oplog (seen_scope, seen_seq, "row") WHERE overlay = 1 AND verdict IS NOT NULL;
CREATE TABLE download (
	course_id TEXT NOT NULL, 
	pack TEXT NOT NULL, 
	keep TEXT NOT NULL, 
	lessons TEXT NOT NULL, 
	paused BOOLEAN NOT NULL, 
	asked_at BIGINT NOT NULL, 
	PRIMARY KEY (course_id)
);
CREATE TABLE unused_here (
	sha256 TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	PRIMARY KEY (sha256)
);
CREATE TABLE lesson_change (
	lesson_id TEXT NOT NULL, 
	course_id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (lesson_id)
);
CREATE INDEX ix_lesson_change_course_id ON lesson_change (course_id);
INSERT INTO alembic_version VALUES ('0011');
