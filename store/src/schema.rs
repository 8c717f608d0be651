//! The tables, as numbered steps in SQL that both engines understand.
//!
//! `{BYTES}` is the one word that differs: `BLOB` on SQLite, `BYTEA` on PostgreSQL. Times are whole
//! microseconds, ids text, documents JSON text. A step is never changed once released; a change is
//! a new step.

use crate::database::Database;
use crate::{Error, Result};
use sea_orm::DbBackend;

/// Each step is a list of statements; its number is its place, from 1.
const STEPS: &[&[&str]] = &[
    &[
        "CREATE TABLE log_head (id BIGINT PRIMARY KEY, next BIGINT NOT NULL, hash {BYTES} NOT \
         NULL)",
        "CREATE TABLE records (seq BIGINT PRIMARY KEY, at_us BIGINT NOT NULL, kind BIGINT NOT \
         NULL, \
     bytes {BYTES} NOT NULL, hash {BYTES} NOT NULL)",
        "CREATE TABLE events (seq BIGINT PRIMARY KEY, at_us BIGINT NOT NULL, kind TEXT NOT NULL, \
     body TEXT NOT NULL)",
        "CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL)",
        "CREATE TABLE accounts (service TEXT NOT NULL, id TEXT NOT NULL, salt {BYTES} NOT NULL, \
     first_us BIGINT NOT NULL, PRIMARY KEY (service, id))",
        "CREATE TABLE items (service TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, \
     salt {BYTES} NOT NULL, digest {BYTES} NOT NULL, verdict TEXT NOT NULL, at_us BIGINT NOT NULL, \
     PRIMARY KEY (service, id))",
        "CREATE INDEX items_account ON items (service, account, at_us)",
        "CREATE TABLE verdicts (id TEXT PRIMARY KEY, service TEXT NOT NULL, item TEXT NOT NULL, \
     account TEXT NOT NULL, at_us BIGINT NOT NULL, outcome TEXT NOT NULL, case_id TEXT, \
     item_json TEXT NOT NULL, history_json TEXT NOT NULL, supplied_json TEXT NOT NULL, \
     signals_json TEXT NOT NULL, verdict_json TEXT NOT NULL)",
        "CREATE INDEX verdicts_account ON verdicts (service, account, at_us)",
        "CREATE INDEX verdicts_item ON verdicts (service, item, at_us)",
        "CREATE TABLE evidence (sha256 TEXT PRIMARY KEY, bytes BIGINT NOT NULL, \
     media_type TEXT NOT NULL, at_us BIGINT NOT NULL)",
        "CREATE TABLE cases (id TEXT PRIMARY KEY, service TEXT NOT NULL, subject TEXT NOT NULL, \
     account TEXT NOT NULL, queue TEXT NOT NULL, priority BIGINT NOT NULL, status TEXT NOT NULL, \
     claimed_by TEXT, claimed_until_us BIGINT, due_us BIGINT, opened_us BIGINT NOT NULL, \
     decided_us BIGINT, revision BIGINT NOT NULL, open_key TEXT, body TEXT NOT NULL)",
        "CREATE UNIQUE INDEX cases_open_key ON cases (open_key)",
        "CREATE INDEX cases_queue ON cases (status, queue, priority, opened_us)",
        "CREATE INDEX cases_subject ON cases (service, subject)",
        "CREATE INDEX cases_account ON cases (service, account, opened_us)",
        "CREATE TABLE notices (id TEXT PRIMARY KEY, service TEXT NOT NULL, subject TEXT NOT NULL, \
     case_id TEXT NOT NULL, at_us BIGINT NOT NULL, body TEXT NOT NULL)",
        "CREATE INDEX notices_subject ON notices (service, subject)",
        "CREATE TABLE decisions (id TEXT PRIMARY KEY, case_id TEXT NOT NULL, service TEXT NOT \
         NULL, \
     account TEXT NOT NULL, ruling TEXT NOT NULL, at_us BIGINT NOT NULL, reversed_us BIGINT, \
     body TEXT NOT NULL)",
        "CREATE INDEX decisions_case ON decisions (case_id, at_us)",
        "CREATE INDEX decisions_account ON decisions (service, account)",
        "CREATE TABLE strikes (decision TEXT PRIMARY KEY, service TEXT NOT NULL, \
     account TEXT NOT NULL, at_us BIGINT NOT NULL)",
        "CREATE INDEX strikes_account ON strikes (service, account)",
        "CREATE TABLE labels (service TEXT NOT NULL, target TEXT NOT NULL, name TEXT NOT NULL, \
     action TEXT NOT NULL, at_us BIGINT NOT NULL, PRIMARY KEY (service, target, name, action))",
        "CREATE TABLE outbox (id TEXT PRIMARY KEY, case_id TEXT NOT NULL, service TEXT NOT NULL, \
     at_us BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL, \
     leased BIGINT NOT NULL, \
     next_us BIGINT NOT NULL, delivered_us BIGINT, problem TEXT, body TEXT NOT NULL)",
        "CREATE INDEX outbox_due ON outbox (service, state, next_us)",
        "CREATE INDEX outbox_case ON outbox (case_id)",
        "CREATE TABLE entries (id TEXT PRIMARY KEY, bank TEXT NOT NULL, kind TEXT NOT NULL, \
     value TEXT NOT NULL, value_digest TEXT NOT NULL, added_revision BIGINT NOT NULL, \
     retired_revision BIGINT, body TEXT NOT NULL)",
        "CREATE UNIQUE INDEX entries_active ON entries (bank, kind, value_digest) \
     WHERE retired_revision IS NULL",
        "CREATE INDEX entries_revision ON entries (added_revision)",
        "CREATE TABLE rule_sets (version TEXT PRIMARY KEY, files TEXT NOT NULL, at_us BIGINT NOT \
         NULL, \
     author TEXT NOT NULL, promoted BIGINT NOT NULL)",
        "CREATE TABLE policies (id TEXT NOT NULL, version BIGINT NOT NULL, title TEXT NOT NULL, \
     body TEXT NOT NULL, at_us BIGINT NOT NULL, PRIMARY KEY (id, version))",
        "CREATE TABLE users (id TEXT PRIMARY KEY, login TEXT NOT NULL UNIQUE, role TEXT NOT NULL, \
     password TEXT NOT NULL, totp TEXT, totp_step BIGINT NOT NULL, language TEXT NOT NULL, \
     disabled BIGINT NOT NULL, at_us BIGINT NOT NULL)",
        "CREATE TABLE sessions (token TEXT PRIMARY KEY, user_id TEXT NOT NULL, \
     form_token TEXT NOT NULL, expires_us BIGINT NOT NULL)",
        "CREATE TABLE api_keys (id TEXT PRIMARY KEY, digest TEXT NOT NULL, name TEXT NOT NULL, \
     scopes TEXT NOT NULL, service TEXT, at_us BIGINT NOT NULL, revoked_us BIGINT)",
        "CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest)",
        "CREATE TABLE idempotency (owner TEXT NOT NULL, token TEXT NOT NULL, digest {BYTES} NOT \
         NULL, \
     status BIGINT NOT NULL, answer TEXT NOT NULL, at_us BIGINT NOT NULL, \
     PRIMARY KEY (owner, token))",
        "CREATE INDEX idempotency_at ON idempotency (at_us)",
        "INSERT INTO counters (name, value) VALUES ('banks', 0), ('rules', 0)",
    ],
    &[
        "CREATE TABLE studies (id TEXT PRIMARY KEY, state TEXT NOT NULL, at_us BIGINT NOT NULL, \
     expires_us BIGINT NOT NULL, leased_us BIGINT NOT NULL, revision BIGINT NOT NULL, \
     pseudonym_key {BYTES} NOT NULL, progress TEXT NOT NULL, body TEXT NOT NULL)",
        "CREATE INDEX studies_state ON studies (state, at_us)",
        "CREATE TABLE study_documents (study TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT \
         NULL, \
     at_us BIGINT NOT NULL, PRIMARY KEY (study, name))",
        "CREATE TABLE study_codes (study TEXT NOT NULL, account TEXT NOT NULL, coder TEXT NOT \
         NULL, \
     round TEXT NOT NULL, answer TEXT NOT NULL, at_us BIGINT NOT NULL, \
     PRIMARY KEY (study, account, coder, round))",
        "CREATE TABLE study_signals (study TEXT NOT NULL, service TEXT NOT NULL, \
     account TEXT NOT NULL, expires_us BIGINT NOT NULL, body TEXT NOT NULL, \
     PRIMARY KEY (study, service, account))",
        "CREATE INDEX study_signals_account ON study_signals (service, account, expires_us)",
        "CREATE TABLE follows (service TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, \
     at_us BIGINT, PRIMARY KEY (service, source, target))",
    ],
    &[
        "CREATE INDEX entries_retired ON entries (retired_revision)",
        "CREATE TABLE entry_opinions (entry TEXT NOT NULL, revision BIGINT NOT NULL, \
     kind TEXT NOT NULL, speaker TEXT NOT NULL, note TEXT NOT NULL, at_us BIGINT NOT NULL, \
     PRIMARY KEY (entry, revision))",
        "CREATE INDEX entry_opinions_revision ON entry_opinions (revision)",
        "CREATE TABLE bank_settings (bank TEXT NOT NULL, revision BIGINT NOT NULL, \
     body TEXT NOT NULL, PRIMARY KEY (bank, revision))",
        "CREATE TABLE entry_matches (entry TEXT NOT NULL, hour BIGINT NOT NULL, \
     items BIGINT NOT NULL, PRIMARY KEY (entry, hour))",
        "CREATE INDEX entry_matches_hour ON entry_matches (hour)",
        "CREATE TABLE known_words (revision BIGINT PRIMARY KEY, body {BYTES} NOT NULL)",
        "CREATE TABLE learned_models (id BIGINT PRIMARY KEY, at_us BIGINT NOT NULL, \
     model {BYTES}, report TEXT NOT NULL)",
        "ALTER TABLE cases ADD COLUMN score BIGINT NOT NULL DEFAULT 500",
        "CREATE INDEX verdicts_at ON verdicts (at_us)",
        "INSERT INTO counters (name, value) VALUES ('learned', 0)",
    ],
    &[
        "CREATE TABLE orders (id TEXT PRIMARY KEY, service TEXT NOT NULL, status TEXT NOT NULL, \
     due_us BIGINT, at_us BIGINT NOT NULL, revision BIGINT NOT NULL, body TEXT NOT NULL, \
     known_as TEXT)",
        "CREATE UNIQUE INDEX orders_known_as ON orders (known_as)",
        "CREATE INDEX orders_due ON orders (due_us)",
        "CREATE INDEX orders_status ON orders (status, at_us)",
        "CREATE TABLE order_items (order_id TEXT NOT NULL, service TEXT NOT NULL, \
     item TEXT NOT NULL, PRIMARY KEY (order_id, service, item))",
        "CREATE INDEX order_items_item ON order_items (service, item)",
        "CREATE TABLE authorities (id TEXT PRIMARY KEY, body TEXT NOT NULL)",
        "CREATE TABLE duties (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, address TEXT, \
     from_us BIGINT NOT NULL, until_us BIGINT NOT NULL)",
        "CREATE INDEX duties_until ON duties (until_us)",
        "CREATE TABLE mails (sha256 TEXT PRIMARY KEY, at_us BIGINT NOT NULL, message_id TEXT, \
     sender TEXT NOT NULL, subject TEXT NOT NULL, about TEXT)",
        "CREATE INDEX mails_about ON mails (about)",
        "CREATE TABLE letters (id TEXT PRIMARY KEY, service TEXT NOT NULL, about TEXT NOT NULL, \
     kind TEXT NOT NULL, at_us BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL, \
     next_us BIGINT NOT NULL, sent_us BIGINT, problem TEXT, body TEXT NOT NULL)",
        "CREATE INDEX letters_due ON letters (state, next_us)",
        "CREATE INDEX letters_about ON letters (about, at_us)",
    ],
    &[
        "CREATE TABLE tree_tiles (level BIGINT NOT NULL, place BIGINT NOT NULL, \
     hashes {BYTES} NOT NULL, PRIMARY KEY (level, place))",
        "CREATE TABLE tree_checkpoint (id BIGINT PRIMARY KEY, size BIGINT NOT NULL, \
     note TEXT NOT NULL, at_us BIGINT NOT NULL)",
    ],
    &[
        "CREATE TABLE norms (policy TEXT NOT NULL, version BIGINT NOT NULL, body TEXT NOT NULL, \
     at_us BIGINT NOT NULL, PRIMARY KEY (policy, version))",
        "CREATE TABLE statement_templates (kind TEXT NOT NULL, language TEXT NOT NULL, \
     version BIGINT NOT NULL, body TEXT NOT NULL, author TEXT NOT NULL, at_us BIGINT NOT NULL, \
     PRIMARY KEY (kind, language, version))",
        "CREATE TABLE statements (id TEXT PRIMARY KEY, kind TEXT NOT NULL, service TEXT NOT NULL, \
     account TEXT NOT NULL, case_id TEXT NOT NULL, decision TEXT NOT NULL, at_us BIGINT NOT NULL, \
     state TEXT NOT NULL, attempts BIGINT NOT NULL, next_us BIGINT NOT NULL, \
     delivered_us BIGINT, problem TEXT, body TEXT NOT NULL)",
        "CREATE INDEX statements_due ON statements (service, state, next_us)",
        "CREATE INDEX statements_case ON statements (case_id, at_us)",
        "CREATE INDEX statements_decision ON statements (decision)",
        "CREATE INDEX statements_at ON statements (at_us, id)",
        "CREATE TABLE submissions (puid TEXT PRIMARY KEY, statement TEXT NOT NULL, \
     service TEXT NOT NULL, at_us BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL, \
     next_us BIGINT NOT NULL, taken_us BIGINT, known_as TEXT, problem TEXT, body TEXT NOT NULL)",
        "CREATE INDEX submissions_due ON submissions (state, next_us)",
        "CREATE INDEX submissions_statement ON submissions (statement)",
    ],
    &[
        "CREATE TABLE preservations (id TEXT PRIMARY KEY, service TEXT NOT NULL, \
     case_id TEXT NOT NULL, decision TEXT NOT NULL, state TEXT NOT NULL, until_us BIGINT NOT NULL, \
     held BIGINT NOT NULL, revision BIGINT NOT NULL, body TEXT NOT NULL)",
        "CREATE INDEX preservations_due ON preservations (state, held, until_us)",
        "CREATE INDEX preservations_case ON preservations (case_id)",
        "CREATE TABLE preserved_items (service TEXT NOT NULL, item TEXT NOT NULL, \
     preservation TEXT NOT NULL, PRIMARY KEY (service, item, preservation))",
        "CREATE TABLE time_stamps (preservation TEXT PRIMARY KEY, sha256 TEXT NOT NULL, \
     answer {BYTES} NOT NULL, at_us BIGINT NOT NULL)",
        "CREATE TABLE evidence_uses (sha256 TEXT NOT NULL, service TEXT NOT NULL, \
     item TEXT NOT NULL, PRIMARY KEY (sha256, service, item))",
        "ALTER TABLE verdicts ADD COLUMN erased_us BIGINT",
    ],
    &[
        "CREATE TABLE appeals (id TEXT PRIMARY KEY, service TEXT NOT NULL, decision TEXT NOT \
         NULL, \
     appellant TEXT NOT NULL, status TEXT NOT NULL, at_us BIGINT NOT NULL, \
     due_us BIGINT NOT NULL, revision BIGINT NOT NULL, body TEXT NOT NULL)",
        "CREATE INDEX appeals_decision ON appeals (decision)",
        "CREATE INDEX appeals_status ON appeals (status, due_us)",
        "CREATE INDEX appeals_at ON appeals (at_us)",
        "CREATE UNIQUE INDEX appeals_once ON appeals (decision, appellant) \
     WHERE status <> 'refused'",
        "CREATE TABLE flaggers (id TEXT PRIMARY KEY, key_id TEXT NOT NULL, \
     revision BIGINT NOT NULL, body TEXT NOT NULL)",
        "CREATE UNIQUE INDEX flaggers_key ON flaggers (key_id)",
        "CREATE TABLE notifiers (id TEXT PRIMARY KEY, revision BIGINT NOT NULL, \
     body TEXT NOT NULL)",
        "ALTER TABLE notices ADD COLUMN notifier TEXT",
        "ALTER TABLE notices ADD COLUMN unfounded BIGINT NOT NULL DEFAULT 0",
        "CREATE INDEX notices_notifier ON notices (notifier, at_us)",
        "CREATE INDEX notices_case ON notices (case_id)",
        "CREATE TABLE ladders (version BIGINT PRIMARY KEY, body TEXT NOT NULL, \
     author TEXT NOT NULL, reason TEXT NOT NULL, at_us BIGINT NOT NULL)",
    ],
    &[
        "CREATE TABLE threats (id TEXT PRIMARY KEY, service TEXT NOT NULL, case_id TEXT NOT NULL, \
     status TEXT NOT NULL, at_us BIGINT NOT NULL, revision BIGINT NOT NULL, body TEXT NOT NULL)",
        "CREATE INDEX threats_status ON threats (status, at_us)",
        "CREATE INDEX threats_case ON threats (case_id)",
    ],
    &[
        "CREATE TABLE exposures (id TEXT PRIMARY KEY, service TEXT NOT NULL, status TEXT NOT NULL, \
     due_us BIGINT, at_us BIGINT NOT NULL, revision BIGINT NOT NULL, body TEXT NOT NULL, \
     open_key TEXT)",
        "CREATE UNIQUE INDEX exposures_open_key ON exposures (open_key)",
        "CREATE INDEX exposures_due ON exposures (due_us)",
        "CREATE TABLE measures_reports (exposure TEXT NOT NULL, number BIGINT NOT NULL, \
     sha256 TEXT NOT NULL, at_us BIGINT NOT NULL, body TEXT NOT NULL, \
     PRIMARY KEY (exposure, number))",
        "CREATE INDEX orders_at ON orders (at_us)",
    ],
];

/// Brings the tables up to date in one transaction.
pub(crate) async fn migrate(database: &Database) -> Result<()> {
    let transaction = database.begin().await?;
    let doing = "bringing the tables up to date";
    if database.backend() == DbBackend::Postgres {
        // Two processes may start on an empty database; the second waits and finds it done.
        transaction.plain(doing, "SELECT pg_advisory_xact_lock(7305802196117)").await?;
    }
    let table = "CREATE TABLE IF NOT EXISTS schema_steps (step BIGINT PRIMARY KEY)";
    transaction.plain(doing, table).await?;
    let latest = "SELECT COALESCE(MAX(step), 0) FROM schema_steps";
    let row = transaction.row(doing, latest, vec![]).await?;
    let found: i64 = match row {
        Some(row) => row
            .try_get_by_index(0)
            .map_err(|error| Error::Damaged { what: "schema step", detail: error.to_string() })?,
        None => 0,
    };
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(Error::Later { found, known });
    }
    let bytes = match database.backend() {
        DbBackend::Postgres => "BYTEA",
        _ => "BLOB",
    };
    for (step, statements) in (1i64..).zip(STEPS).filter(|(step, _)| *step > found) {
        for statement in *statements {
            transaction.plain(doing, &statement.replace("{BYTES}", bytes)).await?;
        }
        let note = "INSERT INTO schema_steps (step) VALUES ($1)";
        transaction.run(doing, note, vec![step.into()]).await?;
    }
    transaction.commit().await
}
