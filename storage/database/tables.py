"""The tables of our own database, as SQLAlchemy Core sees them; `versions/` creates them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def _moment(name: str, *, default: bool = False) -> Column[object]:
    kind = DateTime(timezone=True)
    if default:
        return Column(name, kind, nullable=False, server_default=func.now())
    return Column(name, kind)


tasks = Table(
    "tasks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),
    _moment("created_at", default=True),
)

prompts = Table(
    "prompts",
    metadata,
    Column("task", Text, ForeignKey("tasks.name"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("system", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("answers_tags", JSONB, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    _moment("created_at", default=True),
)

teachers = Table(
    "teachers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),
)

held_out = Table(
    "held_out",
    metadata,
    Column("task", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("import_id", Text, nullable=False),
    _moment("chosen_at", default=True),
)

numbers = Table(
    "numbers",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("task", Text),
    Column("queue", Text, nullable=False),
    Column("function", Text, nullable=False),
    Column("args", JSONB, nullable=False),
    Column("lock", Text),
    Column("status", Text, nullable=False),
    Column("cancel_requested", Integer, nullable=False, server_default="0"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger),
    Column("message", Text, nullable=False, server_default=""),
    Column("error", Text, nullable=False, server_default=""),
    Column("artifact", Text),
    Column("summary", JSONB, nullable=False, server_default="{}"),
    Column("created_by", Text, nullable=False),
    _moment("created_at", default=True),
    _moment("started_at"),
    _moment("heartbeat_at"),
    _moment("finished_at"),
    Column("pid", Integer),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("username", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("argilla_token", Text, nullable=False),  # encrypted with a key of the project's
    _moment("created_at", default=True),
    _moment("expires_at"),
    _moment("revoked_at"),
    _moment("checked_at", default=True),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    _moment("last_at"),
)

deactivated = Table(
    "deactivated",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("username", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("workspaces", JSONB, nullable=False),
    _moment("at", default=True),
    Column("by", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _moment("at"),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)

queues = Table(
    "queues",
    metadata,
    Column("name", Text, primary_key=True),
    Column("task", Text, ForeignKey("tasks.name"), nullable=False),
    Column("prompt_version", Integer, nullable=False),
    Column("argilla_id", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("asked", JSONB, nullable=False, server_default="{}"),
    Column("handing", JSONB, nullable=False, server_default="{}"),
    Column("handing_revision", Integer, nullable=False, server_default="1"),
    _moment("created_at", default=True),
)

comparisons = Table(
    "comparisons",
    metadata,
    Column("id", Text, primary_key=True),
    Column("task", Text, ForeignKey("tasks.name"), nullable=False),
    Column("evaluation_id", Text, nullable=False),
    Column("left_candidate", Text, nullable=False),
    Column("right_candidate", Text, nullable=False),
    Column("argilla_id", Text, nullable=False),
    _moment("created_at", default=True),
)

mirror_positions = Table(
    "mirror_positions",
    metadata,
    Column("task", Text, ForeignKey("tasks.name"), primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("generation", Text, nullable=False),
    Column("queue_ids", JSONB, nullable=False),
    Column("usernames", JSONB, nullable=False),
)
"""How far a task's mirror has read Argilla's change feed, and what it stood on then."""

moved_responses = Table(
    "moved_responses",
    metadata,
    Column("response_id", Text, primary_key=True),
    Column("origin_id", Text, nullable=False),
    _moment("submitted_at"),
    _moment("copied_at"),
)
"""Answers copied into an Argilla: their id and time where they were given, and Argilla's time of the copy."""

flags = Table(
    "flags",
    metadata,
    Column("queue", Text, ForeignKey("queues.name"), primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("flagged_by", Text, primary_key=True),
    Column("task", Text, ForeignKey("tasks.name"), nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("client_id", Text, nullable=False),
    _moment("flagged_at"),
    Column("resolved_by", Text),
    _moment("resolved_at"),
)
"""Records that somebody wants to be talked about; open until resolved."""

adjudications = Table(
    "adjudications",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("task", Text, ForeignKey("tasks.name"), nullable=False),
    Column("record_id", Text, nullable=False),
    Column("queue", Text, ForeignKey("queues.name"), nullable=False),
    Column("adjudicator", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("output", Text),
    Column("why", Text, nullable=False, server_default=""),
    Column("review_id", Text, nullable=False),
    Column("review_version", Text, nullable=False),
    Column("judged", JSONB, nullable=False),
    Column("client_id", Text, nullable=False, unique=True),
    _moment("at"),
)
"""Final decisions on a record: the newest of a record counts while the reviews it judged stand as they were.

`review_id` is the adjudicator's own response in Argilla, `judged` the reviews as they stood then.
"""

queue_records = Table(
    "queue_records",
    metadata,
    Column("queue", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("label_id", Text, nullable=False),
    Column("arrival", BigInteger, Identity(always=True), nullable=False),
    Column("shuffle", BigInteger, nullable=False),
    Column("doubt", Double, nullable=False, server_default="0"),
    Column("facets", JSONB, nullable=False, server_default="{}"),
    Column("blind", Boolean, nullable=False, server_default="false"),
    Column("probe", Boolean, nullable=False, server_default="false"),
    Column("done", Boolean, nullable=False, server_default="false"),
)
"""The records of a queue, with what they are ordered by; `done` is a hint, Argilla alone knows.

A `blind` record is shown without the teacher's output. A `probe` is there only because its right output
is known: what people answer to it measures them and decides nothing.
"""

leases = Table(
    "leases",
    metadata,
    Column("queue", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    _moment("until"),
    _moment("decided_at"),
)
"""Who has which record in hand, and until when; no `until` says that nothing is left for them to do there."""

gold = Table(
    "gold",
    metadata,
    Column("task", Text, ForeignKey("tasks.name"), primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("output", Text),
    Column("marked_by", Text, nullable=False),
    _moment("at"),
)
"""Right outputs that an admin named; none where the record is rightly discarded."""

batch_records = Table(
    "batch_records",
    metadata,
    Column("person", Text, primary_key=True),
    Column("batch", Text, primary_key=True),
    Column("argilla_id", Text, primary_key=True),
    Column("queue", Text, ForeignKey("queues.name"), nullable=False),
    _moment("at"),
    _moment("undone_at"),
)
"""The records that a person decided together, written down before they are sent to Argilla."""

duplicate_rulings = Table(
    "duplicate_rulings",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("task", Text, ForeignKey("tasks.name"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("records", JSONB, nullable=False),
    Column("others", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at"),
    Column("undone_by", Text),
    _moment("undone_at"),
)
"""What people said of duplicates; it is laid over every search, in this order, until it is taken back."""

sources = Table(
    "sources",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("task", Text, ForeignKey("tasks.name"), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("member", Text),
    Column("as_table", Boolean, nullable=False),
    Column("mapping", JSONB, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("saved_by", Text, nullable=False),
    _moment("saved_at"),
    _moment("refreshed_at"),
    Column("outcome", JSONB),
    Column("last_import", Text),
)
"""Where imports of a task come from, each under a name of its own, and what the last refresh brought."""

mappings = Table(
    "mappings",
    metadata,
    Column("task", Text, ForeignKey("tasks.name"), primary_key=True),
    Column("columns_hash", Text, primary_key=True),
    Column("mapping", JSONB, nullable=False),
    Column("used_by", Text, nullable=False),
    _moment("used_at"),
)
"""The mapping that was last used for a task and a set of column names."""

left_out_records = Table(
    "left_out_records",
    metadata,
    Column("task", Text, ForeignKey("tasks.name"), primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("why", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
"""Records that are neither labelled, reviewed nor trained on any more, each with the reason."""

preparations = Table(
    "preparations",
    metadata,
    Column("task", Text, ForeignKey("tasks.name"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("recipe", JSONB, nullable=False),
    Column("policy", JSONB, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at"),
)
"""The cleaning recipe and redaction policy of a task, by revision: the highest counts."""

redaction_rulings = Table(
    "redaction_rulings",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("task", Text, ForeignKey("tasks.name"), nullable=False),
    Column("value_mac", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ruling", Text, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at"),
    Column("undone_by", Text),
    _moment("undone_at"),
)
"""What people said of doubtful identifiers, by a keyed hash of the value: the value itself stands nowhere."""

dataset_names = Table(
    "dataset_names",
    metadata,
    Column("task", Text, ForeignKey("tasks.name"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("version", Text),
    Column("why", Text, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at"),
)
"""Every move of a name to a dataset version: the highest revision counts; without a version it names none."""

dataset_definitions = Table(
    "dataset_definitions",
    metadata,
    Column("task", Text, ForeignKey("tasks.name"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("definition", JSONB, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("saved_by", Text, nullable=False),
    _moment("saved_at"),
)
"""What dataset versions of a task are built from. A version keeps its own copy: these may change."""

erasures = Table(
    "erasures",
    metadata,
    Column("erasure_id", Text, primary_key=True),
    Column("requested_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _moment("requested_at"),
    _moment("finished_at"),
    Column("report", JSONB),
)
"""What was erased on whose word; the report holds counts and places, never a text."""

erased_records = Table(
    "erased_records",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("erasure_id", Text, ForeignKey("erasures.erasure_id"), nullable=False),
)
"""Hashes of the ids of erased records: no import brings one of them back."""

backups_made = Table(
    "backups_made",
    metadata,
    Column("path", Text, primary_key=True),
    _moment("taken_at"),
)
"""Where backups of this project were written, so that an erasure can name them."""

stated_licences = Table(
    "stated_licences",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("task", Text, ForeignKey("tasks.name"), nullable=False),
    Column("import_id", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at"),
)
"""Licences of imports that people stated after the import; the newest of an import counts."""

export_overrides = Table(
    "export_overrides",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("task", Text, ForeignKey("tasks.name"), nullable=False),
    Column("version", Text, nullable=False),
    Column("against", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    _moment("at"),
    Column("withdrawn_by", Text),
    _moment("withdrawn_at"),
)
"""Admins' words that rows of a dataset version may be used, whatever stood `against` them then."""

dataset_exports = Table(
    "dataset_exports",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("task", Text, ForeignKey("tasks.name"), nullable=False),
    Column("version", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("splits", JSONB, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("left_out", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("destination", Text, nullable=False),
    Column("override_seq", BigInteger),
    Column("by", Text, nullable=False),
    _moment("at"),
)
"""What left the project: which rows, as which format, where to (`file` or `hub:NAME@COMMIT`), by whom."""
