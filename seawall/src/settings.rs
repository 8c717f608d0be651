//! Settings: one list of keys, a file, the environment over it, flags over both.
//!
//! The list [`SETTINGS`] carries every plain key with its default and meaning; the default file
//! that `seawall config` prints and the reference page are made from it.

use audit::tree::WitnessKey;
use miette::{Diagnostic, NamedSource, SourceSpan};
use model::{DisputeBody, PolicyId, Queue, ServiceId, limits};
use review::Ladder;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One plain key: where it stands, its default as TOML, and what it means.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The key with its table, such as `server.listen`.
    pub key: &'static str,
    /// The default, as TOML.
    pub default: &'static str,
    /// What it means, with unit and range.
    pub meaning: &'static str,
}

/// Every plain key. The environment variable of `server.listen` is `SEAWALL_SERVER_LISTEN`.
pub const SETTINGS: &[Setting] = &[
    Setting {
        key: "server.listen",
        default: "\"127.0.0.1:8080\"",
        meaning: "Address and port of the HTTP server. Put a reverse proxy with TLS before it; \
                  port 0 takes any free port and tells it.",
    },
    Setting {
        key: "server.secure_cookies",
        default: "true",
        meaning: "Whether the console's cookies travel over TLS alone. Browsers make an exception \
                  for localhost in part only; set it to false for plain HTTP on your own machine.",
    },
    Setting {
        key: "server.origin",
        default: "\"seawall\"",
        meaning: "The name of this installation in signed checkpoints and events, such as \
                  `seawall.example.org`.",
    },
    Setting {
        key: "server.public_address",
        default: "\"\"",
        meaning: "The address under which people outside reach this server, such as \
                  `https://seawall.example.org`; links in letters and statements begin with it. \
                  Of its pages only `/appeal`, `/notice` and `/static` need to be reachable from \
                  outside.",
    },
    Setting {
        key: "server.posts_per_minute",
        default: "12",
        meaning: "How many forms of the public pages one address may send in a minute, and pages \
                  in ten seconds; from 1.",
    },
    Setting {
        key: "storage.database",
        default: "\"seawall.db\"",
        meaning: "Path of the SQLite file, relative to the settings file, or a PostgreSQL address \
                  such as `postgres://seawall:password@db.internal/seawall`.",
    },
    Setting {
        key: "storage.evidence",
        default: "\"evidence\"",
        meaning: "Folder of evidence files, relative to the settings file.",
    },
    Setting {
        key: "storage.datasets",
        default: "\"datasets\"",
        meaning: "Folder of datasets that studies may look at, one folder each, relative to the \
                  settings file; it need not be there.",
    },
    Setting {
        key: "storage.log_key",
        default: "\"log.key\"",
        meaning: "File of the key that signs checkpoints of the log, relative to the settings \
                  file; made where it is absent, readable by its owner alone.",
    },
    Setting {
        key: "storage.link_key",
        default: "\"link.key\"",
        meaning: "File of the key that links to decisions are signed with, relative to the \
                  settings file; made where it is absent, readable by its owner alone. Without it \
                  links that were sent no longer open.",
    },
    Setting {
        key: "appeals.months",
        default: "6",
        meaning: "Months after a decision in which appeals are taken: at least 6 (DSA Art 20(1)), \
                  at most 120.",
    },
    Setting {
        key: "appeals.days",
        default: "14",
        meaning: "Days within which an appeal should be answered where no law gives a period: the \
                  DSA asks for no undue delay (Art 20(4)); 1 to 90.",
    },
    Setting {
        key: "appeals.specific_measures",
        default: "[]",
        meaning: "Policies whose decisions are specific measures against terrorist content (TCO \
                  Art 5): appeals against them are answered within two weeks (TCO Art 10(2)).",
    },
    Setting {
        key: "notices.services",
        default: "[]",
        meaning: "Services for which the public form at `/notice/SERVICE` takes notices (DSA Art \
                  16).",
    },
    Setting {
        key: "rules.first",
        default: "[]",
        meaning: "Rule files that are put into force when the installation has none yet, relative \
                  to the settings file. Without any, a match in a bank asks for review.",
    },
    Setting {
        key: "studies.run",
        default: "true",
        meaning: "Whether this process runs the studies that people order. Where several processes \
                  share a database, one with much memory may run them for all.",
    },
    Setting {
        key: "transparency.public",
        default: "false",
        meaning: "Whether anybody may read the published log under `/v1/log/`, without a key. It \
                  holds no content and no personal data, but it tells how much happens and when.",
    },
    Setting {
        key: "transparency.publish_seconds",
        default: "300",
        meaning: "How often a checkpoint of the log is signed, shown to the witnesses and \
                  published where records came, in seconds, up to a day; 0 never does.",
    },
    Setting {
        key: "statements.territories",
        default: "[]",
        meaning: "States of the European Economic Area, such as `[\"DE\", \"IE\"]`, that a \
                  restriction holds in as statements of reasons tell it. Empty means all of them.",
    },
    Setting {
        key: "statements.complaint_page",
        default: "\"\"",
        meaning: "The page where people complain, told in every statement; `{statement}` stands \
                  for the id of the statement. Empty tells of the right alone.",
    },
    Setting {
        key: "statements.out_of_court_page",
        default: "\"\"",
        meaning: "A page that names certified bodies for settling disputes out of court, told in \
                  every statement. Empty tells of the right alone.",
    },
    Setting {
        key: "evidence.keys",
        default: "\"evidence-keys\"",
        meaning: "Folder of the keys of evidence, relative to the settings file; made where \
                  nothing was sealed yet, readable by its owner alone. Name one on another disk, \
                  and back it up apart from the evidence: whoever has both can read it.",
    },
    Setting {
        key: "evidence.second_person",
        default: "false",
        meaning: "Whether what is preserved is seen or exported only once a second person allowed \
                  it.",
    },
    Setting {
        key: "evidence.time_stamp_url",
        default: "\"\"",
        meaning: "Address of a time-stamp authority (RFC 3161) that stamps what is preserved; it \
                  learns a digest and nothing else. Empty for none.",
    },
    Setting {
        key: "evidence.time_stamp_roots",
        default: "\"\"",
        meaning: "File of the certificates in PEM that you trust to stand above that authority, \
                  relative to the settings file.",
    },
    Setting {
        key: "evidence.time_stamp_policy",
        default: "\"\"",
        meaning: "The policy to ask that authority for, such as `1.2.3.4.1`; empty for its own.",
    },
    Setting {
        key: "outside.allow",
        default: "[]",
        meaning: "`host:port` pairs on your own network that media may be fetched from and actions \
                  delivered to. Everything else that is not a public address is refused.",
    },
    Setting {
        key: "log.filter",
        default: "\"info\"",
        meaning: "What is logged to standard error: `error`, `warn`, `info`, `debug`, `trace`, or \
                  by module such as `info,seawall=debug`.",
    },
    Setting {
        key: "log.format",
        default: "\"text\"",
        meaning: "`text` for people, `json` for collectors.",
    },
];

/// What follows the plain keys in the default file: the tables that an operator fills.
const TABLES: &str = r#"
# Queues, with what they promise. A rule may name others; those promise nothing.
# [[queue]]
# name = "matches"
# title = "Matches with a bank"
# target_minutes = 60

# Policies: the norms and legal grounds that rules and decisions rest on. A changed text is a new
# version; earlier decisions keep the version that they were made under.
# [[policy]]
# id = "violent-extremism"
# title = "Violent extremism"
# text = "We remove content that supports, recruits for or instructs in violent extremism. …"

# The legal side of a policy, told in statements of reasons: whether content against it is illegal
# (`law`) or against the terms (`terms`), the provision or clause, why, and the words of the DSA
# Transparency Database for it. Without it a policy is a clause of the terms of its own title.
# [policy.norm]
# basis = "terms"
# reference = "Terms of use, clause 4: violent extremism"
# explanation = "Content may not support, recruit for or instruct in violent extremism."
# arabic = { reference = "شروط الاستخدام، البند 4", explanation = "لا يجوز دعم التطرف." }
# url = "https://forum.example.org/terms"
# category = "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"
# keywords = ["KEYWORD_TERRORIST_CONTENT"]

# Statements of reasons of a service that go to the DSA Transparency Database. Without this nothing
# is sent. Begin with the sandbox that the Digital Services Coordinator gives you, or with
# `seawall statements stand-in`.
# [transparency_database.forum]
# url = "https://database.example.org/api/v1"
# token = "…"
# batch = 100
# requests_per_second = 200
# requests_per_minute = 12000

# What strikes lead to; shown to reviewers, never done by itself.
# [ladder]
# steps = [{ strikes = 2, action = "warn" }, { strikes = 4, action = "suspend" }]
# expires_days = 365
# warning_days = 180

# Bodies that settle disputes out of court, certified under DSA Art 21; people are told of them.
# [[dispute_body]]
# name = "Harbour Dispute Settlement"
# url = "https://disputes.example"

# The addresses under which a service shows an item or an account, so that links of orders are
# found; who the service is, on the forms that it sends; and who is warned when time runs out.
# [orders]
# time_zone = "Europe/Brussels"
# alert_minutes = [30, 15, 5]
# alert_days = [14, 7, 1]
# alert_to = ["duty@forum.example.org", "https://alerts.forum.example.org/hook"]
# domain_suffices = false
# [orders.addressee]
# name = "Forum Example Ltd"
# member_state = "IE"
# email = "orders@forum.example.org"
# [orders.links]
# forum = ["https://forum.example.org/p/{item}", "https://forum.example.org/u/{account}"]

# Reports of threats: the people of your own who look after threats to staff, the telephone at which
# somebody answers authorities, and after how many minutes somebody is warned that a report waits
# for its second person, or has not reached everybody.
# [threats]
# staff_to = ["safety@forum.example.org"]
# phone = "+353 1 000 0000"
# alert_minutes = [0, 10, 30]

# The mail server that letters go out through, and the mailboxes that orders come to. `security` is
# `tls`, `start_tls` or `none`; passwords may stand in a file of their own.
# [mail.out]
# host = "mail.example.org"
# port = 465
# security = "tls"
# user = "seawall"
# password_file = "mail.password"
# from = "Forum Example <orders@forum.example.org>"
# [mail.in.forum]
# host = "mail.example.org"
# port = 993
# security = "tls"
# user = "orders"
# password_file = "mail.password"
# folder = "INBOX"
# taken = "Taken"
# [mail.keys]
# ask = true
# [mail.keys.written]
# "k1._domainkey.a.example" = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

# Where the actions for a service are delivered, signed as Standard Webhooks. Two secrets while you
# change from one to the other.
# [webhook.forum]
# url = "https://forum.example.org/hooks/seawall"
# secrets = ["whsec_…"]

# Witnesses, who sign the checkpoints of the log beside you, so that nobody can be shown another log
# than everybody else: where they take checkpoints (C2SP tlog-witness), and their verifier key.
# [[witness]]
# url = "https://witness.example.org"
# key = "witness.example.org+bd9d9815+BO1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR"
"#;

/// The settings, checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The HTTP server.
    pub server: Server,
    /// Where state is kept.
    pub storage: Storage,
    /// Rules to begin with.
    pub rules: Rules,
    /// Appeals.
    pub appeals: Appeals,
    /// Notices.
    pub notices: Notices,
    /// Studies.
    pub studies: Studies,
    /// The published log.
    pub transparency: Transparency,
    /// What people are told.
    pub statements: Statements,
    /// Evidence.
    pub evidence: EvidenceSettings,
    /// What may be reached.
    pub outside: Outside,
    /// What is logged.
    pub log: Log,
    /// Queues.
    #[serde(default, rename = "queue")]
    pub queues: Vec<Queue>,
    /// Policies.
    #[serde(default, rename = "policy")]
    pub policies: Vec<Policy>,
    /// What strikes lead to.
    #[serde(default)]
    pub ladder: Ladder,
    /// Bodies that settle disputes out of court.
    #[serde(default, rename = "dispute_body")]
    pub dispute_bodies: Vec<DisputeBody>,
    /// Where actions go, by service.
    #[serde(default, rename = "webhook")]
    pub webhooks: BTreeMap<ServiceId, Webhook>,
    /// Who signs checkpoints of the log beside this installation.
    #[serde(default, rename = "witness")]
    pub witnesses: Vec<Witness>,
    /// Orders of authorities.
    #[serde(default)]
    pub orders: Orders,
    /// Reports of threats.
    #[serde(default)]
    pub threats: Threats,
    /// Mail.
    #[serde(default)]
    pub mail: Mail,
    /// Where statements of a service are submitted, by service.
    #[serde(default, rename = "transparency_database")]
    pub transparency_databases: BTreeMap<ServiceId, TransparencyDatabase>,
    /// The folder that relative paths start from.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// The HTTP server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub listen: String,
    /// Whether cookies travel over TLS alone.
    pub secure_cookies: bool,
    /// The name of this installation.
    pub origin: String,
    /// The address under which people outside reach it.
    pub public_address: String,
    /// Forms of the public pages that one address may send in a minute.
    pub posts_per_minute: std::num::NonZeroU32,
}

/// Where state is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// SQLite file or PostgreSQL address.
    pub database: String,
    /// Folder of evidence files.
    pub evidence: PathBuf,
    /// Folder of datasets.
    pub datasets: PathBuf,
    /// File of the key that signs checkpoints.
    pub log_key: PathBuf,
    /// File of the key that signs links.
    pub link_key: PathBuf,
}

/// Appeals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appeals {
    /// Months in which they are taken.
    pub months: u16,
    /// Days within which they should be answered.
    pub days: u16,
    /// Policies whose decisions are specific measures.
    pub specific_measures: Vec<PolicyId>,
}

/// Notices.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notices {
    /// Services whose public form is open.
    pub services: Vec<ServiceId>,
}

/// Rules to begin with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Files.
    pub first: Vec<PathBuf>,
}

/// Studies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Studies {
    /// Whether this process runs them.
    pub run: bool,
}

/// The published log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transparency {
    /// Whether anybody may read it.
    pub public: bool,
    /// Seconds between two checkpoints; 0 where none is published.
    pub publish_seconds: u64,
}

/// What people are told.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statements {
    /// States that restrictions hold in; none means all of the Area.
    pub territories: Vec<String>,
    /// The page of complaints.
    pub complaint_page: String,
    /// The page of bodies for settling disputes out of court.
    pub out_of_court_page: String,
}

/// Where statements of a service are submitted.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransparencyDatabase {
    /// The address before the paths of the calls.
    pub url: String,
    /// The token of the platform.
    pub token: String,
    /// Most statements of a request.
    #[serde(default = "batch_most")]
    pub batch: usize,
    /// Most requests in a second.
    #[serde(default = "requests_per_second")]
    pub requests_per_second: u32,
    /// Most requests in a minute.
    #[serde(default = "requests_per_minute")]
    pub requests_per_minute: u32,
}

impl std::fmt::Debug for TransparencyDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransparencyDatabase").field("url", &self.url).finish_non_exhaustive()
    }
}

fn batch_most() -> usize {
    law::statement::interface().batch_most
}

fn requests_per_second() -> u32 {
    law::statement::interface().requests_per_second
}

fn requests_per_minute() -> u32 {
    law::statement::interface().requests_per_minute
}

/// How evidence is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceSettings {
    /// Folder of keys.
    pub keys: PathBuf,
    /// Whether a second person has to allow access.
    pub second_person: bool,
    /// Address of a time-stamp authority, or empty.
    pub time_stamp_url: String,
    /// File of trusted roots, or empty.
    pub time_stamp_roots: PathBuf,
    /// The policy to ask for, or empty.
    pub time_stamp_policy: String,
}

/// What may be reached.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outside {
    /// `host:port` pairs on the operator's own network.
    pub allow: Vec<String>,
}

/// What is logged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Which events.
    pub filter: String,
    /// In which form.
    pub format: LogFormat,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors.
    Json,
}

/// A policy as the settings give it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Its legal side.
    #[serde(default)]
    pub norm: Option<law::statement::Norm>,
}

/// Where the actions for a service go.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Address.
    pub url: String,
    /// Secrets, the one in use first.
    pub secrets: Vec<String>,
}

/// Somebody who signs checkpoints of the log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witness {
    /// Where it takes checkpoints: `/add-checkpoint` follows.
    pub url: String,
    /// Its verifier key, as `name+hash+key`.
    pub key: String,
}

/// Orders of authorities.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orders {
    /// The time zone in whose calendar days and months are counted; UTC without it.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// A list of deadlines instead of the one that comes with the program.
    #[serde(default)]
    pub deadlines: Option<PathBuf>,
    /// The minutes before the due time at which somebody is warned; 30, 15 and 5 without it.
    #[serde(default)]
    pub alert_minutes: Option<Vec<u16>>,
    /// The days before something is due after an exposure decision at which somebody is warned;
    /// 14, 7 and 1 without it.
    #[serde(default)]
    pub alert_days: Option<Vec<u16>>,
    /// Where warnings go beside to who is on duty.
    #[serde(default)]
    pub alert_to: Vec<String>,
    /// Whether the signature of a registered domain is enough to know who an e-mail is from.
    #[serde(default)]
    pub domain_suffices: bool,
    /// Who the service is, on the forms that it sends.
    #[serde(default)]
    pub addressee: Addressee,
    /// The addresses under which services show their content.
    #[serde(default)]
    pub links: BTreeMap<ServiceId, Vec<String>>,
}

/// Reports of threats.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threats {
    /// The people who look after threats to staff: e-mail addresses.
    #[serde(default)]
    pub staff_to: Vec<String>,
    /// The telephone number at which somebody answers authorities.
    #[serde(default)]
    pub phone: String,
    /// The minutes after which somebody is warned that a report waits; 0, 10 and 30 without it.
    #[serde(default)]
    pub alert_minutes: Option<Vec<u16>>,
}

/// Who the service is, on the forms that it sends.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addressee {
    /// The name of the service or of its legal representative.
    pub name: String,
    /// The two letters of the Member State of its establishment.
    pub member_state: String,
    /// The e-mail address of its contact point.
    pub email: String,
}

/// Mail.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The server that letters go out through; without it they wait.
    #[serde(default)]
    pub out: Option<MailOut>,
    /// The mailboxes that orders come to, by service.
    #[serde(default, rename = "in")]
    pub boxes: BTreeMap<ServiceId, MailIn>,
    /// Keys with which domains sign their mail.
    #[serde(default)]
    pub keys: MailKeys,
}

/// The server that letters go out through.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailOut {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    #[serde(default)]
    pub security: connect::mail::Security,
    /// The name to sign in with.
    #[serde(default)]
    pub user: Option<String>,
    /// The file of the password.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// A certificate to trust beside the usual ones.
    #[serde(default)]
    pub trust: Option<PathBuf>,
    /// The address that letters come from.
    pub from: String,
}

/// A mailbox that orders come to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailIn {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is secured.
    #[serde(default)]
    pub security: connect::mail::Security,
    /// The name to sign in with.
    pub user: String,
    /// The file of the password.
    pub password_file: PathBuf,
    /// A certificate to trust beside the usual ones.
    #[serde(default)]
    pub trust: Option<PathBuf>,
    /// The folder that messages come to.
    #[serde(default = "inbox")]
    pub folder: String,
    /// The folder that messages are moved to once they were taken.
    #[serde(default = "taken")]
    pub taken: String,
    /// How often it is looked into, in seconds; 10 without it.
    #[serde(default)]
    pub every_seconds: Option<u64>,
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn taken() -> String {
    "Taken".to_owned()
}

/// Keys with which domains sign their mail.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailKeys {
    /// Whether the name system is asked for keys that are not written here.
    #[serde(default)]
    pub ask: bool,
    /// Keys by their names, as the domains publish them.
    #[serde(default)]
    pub written: BTreeMap<String, String>,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("the settings file {path} cannot be read: {source}")]
    #[diagnostic(help("`seawall config > seawall.toml` writes one with every key explained"))]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("the settings file {path} is not right: {message}")]
    #[diagnostic(help("`seawall config` prints every key with its meaning"))]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        message: String,
        /// The text of the file.
        #[source_code]
        text: Arc<NamedSource<String>>,
        /// Where.
        #[label("here")]
        place: Option<SourceSpan>,
    },
    /// A value from the environment or a flag is not right.
    #[error("{origin}: {message}")]
    Value {
        /// Where it comes from.
        origin: String,
        /// What is wrong.
        message: String,
    },
}

/// The default settings file, every key with its meaning.
#[must_use]
pub fn default_file() -> String {
    let mut text = String::from(
        "# Settings of Seawall. Every key is here with its default. An environment variable such\n\
         # as SEAWALL_SERVER_LISTEN overrides its key, and a flag overrides both.\n",
    );
    let mut table = "";
    for setting in SETTINGS {
        let (name, key) = setting.key.split_once('.').unwrap_or(("", setting.key));
        if name != table {
            text.push_str(&format!("\n[{name}]\n"));
            table = name;
        }
        for line in wrap(setting.meaning, 96) {
            text.push_str(&format!("# {line}\n"));
        }
        text.push_str(&format!("{key} = {}\n", setting.default));
    }
    text.push_str(TABLES);
    text
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + word.chars().count() >= width {
            lines.push(word.to_owned());
        } else {
            let line = &mut lines[last];
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Loads the settings: defaults, the file over them, the environment over it, flags over all.
///
/// Without a file given, `seawall.toml` in the present folder is read where it is there.
///
/// # Errors
/// Where the file cannot be read, has an unknown key or a wrong value; the place is named.
pub fn load(
    file: Option<&Path>,
    environment: impl Fn(&str) -> Option<String>,
    flags: &[(&str, String)],
) -> Result<Settings, SettingsError> {
    let mut table = defaults();
    let given = file.map(Path::to_owned).or_else(|| {
        let usual = PathBuf::from("seawall.toml");
        usual.exists().then_some(usual)
    });
    let mut folder = PathBuf::from(".");
    if let Some(path) = &given {
        merge(&mut table, read_file(path)?);
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            folder = parent.to_owned();
        }
    }
    for setting in SETTINGS {
        let name = variable(setting.key);
        if let Some(text) = environment(&name) {
            set(&mut table, setting, &text, &format!("environment variable {name}"))?;
        }
    }
    for (key, text) in flags {
        if let Some(setting) = SETTINGS.iter().find(|setting| setting.key == *key) {
            set(&mut table, setting, text, "command line")?;
        }
    }
    finish(table, folder, given.as_deref())
}

/// The environment variable of a key.
#[must_use]
pub fn variable(key: &str) -> String {
    format!("SEAWALL_{}", key.replace('.', "_").to_uppercase())
}

fn defaults() -> toml::Table {
    let mut table = toml::Table::new();
    for setting in SETTINGS {
        let value = literal(setting.default).unwrap_or(toml::Value::Boolean(false));
        put(&mut table, setting.key, value);
    }
    table
}

fn literal(text: &str) -> Option<toml::Value> {
    let parsed: toml::Table = format!("value = {text}").parse().ok()?;
    parsed.get("value").cloned()
}

fn put(table: &mut toml::Table, key: &str, value: toml::Value) {
    let Some((name, key)) = key.split_once('.') else { return };
    let inner = table.entry(name).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::Table(inner) = inner {
        inner.insert(key.to_owned(), value);
    }
}

/// Sets a plain key from text: bare text for texts, TOML for everything else.
fn set(
    table: &mut toml::Table,
    setting: &Setting,
    text: &str,
    origin: &str,
) -> Result<(), SettingsError> {
    let value = if setting.default.starts_with('"') {
        toml::Value::String(text.to_owned())
    } else {
        literal(text).ok_or_else(|| SettingsError::Value {
            origin: origin.to_owned(),
            message: format!("`{text}` is no value for {}; write it as in the file", setting.key),
        })?
    };
    put(table, setting.key, value);
    Ok(())
}

fn merge(table: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (table.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(over)) => merge(inner, over),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

fn read_file(path: &Path) -> Result<toml::Table, SettingsError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|source| SettingsError::Unreadable { path: shown.clone(), source })?;
    let wrong = |error: toml::de::Error| SettingsError::File {
        path: shown.clone(),
        message: error.message().to_owned(),
        text: Arc::new(NamedSource::new(&shown, text.clone())),
        place: error.span().map(SourceSpan::from),
    };
    // The file alone lacks keys that have defaults, so it is checked against a laxer shape first:
    // that gives the place of an unknown key or a wrong value.
    let _: FileShape = toml::from_str(&text).map_err(wrong)?;
    text.parse().map_err(wrong)
}

fn finish(
    table: toml::Table,
    folder: PathBuf,
    file: Option<&Path>,
) -> Result<Settings, SettingsError> {
    let origin = file.map_or("settings".to_owned(), |path| path.display().to_string());
    let wrong = |message: String| SettingsError::Value { origin: origin.clone(), message };
    let mut settings: Settings =
        table.try_into().map_err(|error: toml::de::Error| wrong(error.message().to_owned()))?;
    settings.ladder.check().map_err(|problem| wrong(format!("ladder: {problem}")))?;
    check_redress(&settings).map_err(wrong)?;
    for (service, webhook) in &settings.webhooks {
        let place = format!("webhook.{service}");
        if webhook.secrets.is_empty() {
            return Err(wrong(format!("{place}: give at least one secret")));
        }
        for secret in &webhook.secrets {
            connect::Secret::parse(secret)
                .map_err(|problem| wrong(format!("{place}.secrets: {problem}")))?;
        }
        url::Url::parse(&webhook.url)
            .map_err(|problem| wrong(format!("{place}.url: `{}`: {problem}", webhook.url)))?;
    }
    check_transparency(&settings).map_err(wrong)?;
    for policy in &settings.policies {
        let checked = policy.norm.as_ref().map_or(Ok(()), law::statement::Norm::check);
        checked.map_err(|problem| wrong(format!("policy {}.norm: {problem}", policy.id)))?;
    }
    for (service, database) in &settings.transparency_databases {
        check_database(database)
            .map_err(|problem| wrong(format!("transparency_database.{service}.{problem}")))?;
    }
    statement_options(&settings).map_err(wrong)?;
    let stamps = &settings.evidence;
    if !stamps.time_stamp_url.is_empty() && stamps.time_stamp_roots.as_os_str().is_empty() {
        let problem = "name the roots of the authority, or its stamps cannot be verified";
        return Err(wrong(format!("evidence.time_stamp_roots: {problem}")));
    }
    settings.folder = folder;
    settings.order_setup().map_err(wrong)?;
    settings.threat_setup().map_err(wrong)?;
    Ok(settings)
}

fn check_transparency(settings: &Settings) -> Result<(), String> {
    let most = limits::PUBLISH_SECONDS;
    if settings.transparency.publish_seconds > most {
        return Err(format!("transparency.publish_seconds: at most {most}"));
    }
    if settings.witnesses.len() > limits::WITNESSES {
        return Err(format!("witness: at most {} of them", limits::WITNESSES));
    }
    let mut names = BTreeSet::new();
    for witness in &settings.witnesses {
        let key = WitnessKey::parse(&witness.key)
            .map_err(|problem| format!("witness.key: `{}`: {problem}", witness.key))?;
        url::Url::parse(&witness.url)
            .map_err(|problem| format!("witness.url: `{}`: {problem}", witness.url))?;
        if !names.insert(key.name().to_string()) {
            return Err(format!("witness: `{}` stands there twice", key.name()));
        }
    }
    Ok(())
}

fn check_database(database: &TransparencyDatabase) -> Result<(), String> {
    let most = batch_most();
    if !(1..=most).contains(&database.batch) {
        return Err(format!("batch: write 1 to {most}"));
    }
    if database.requests_per_second == 0 || database.requests_per_minute == 0 {
        return Err("requests_per_second and requests_per_minute: write 1 or more".to_owned());
    }
    if database.token.trim().is_empty() || database.token.chars().any(char::is_whitespace) {
        return Err("token: write the token of the platform, without spaces".to_owned());
    }
    match url::Url::parse(&database.url) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => Ok(()),
        Ok(_) | Err(_) => Err("url: write the address before `/statements`".to_owned()),
    }
}

fn statement_options(settings: &Settings) -> Result<engine::StatementOptions, String> {
    let told = &settings.statements;
    let mut options = engine::StatementOptions::default();
    if !told.territories.is_empty() {
        let parse = |code: &String| law::statement::Territory::parse(code);
        let territories: Result<_, _> = told.territories.iter().map(parse).collect();
        options.territories =
            territories.map_err(|problem| format!("statements.territories: {problem}"))?;
    }
    let page = |page: &String| (!page.trim().is_empty()).then(|| page.trim().to_owned());
    options.complaint = page(&told.complaint_page);
    options.out_of_court = page(&told.out_of_court_page);
    options.submitting = settings.transparency_databases.keys().cloned().collect();
    Ok(options)
}

/// What the law sets bounds to, and what people are shown.
fn check_redress(settings: &Settings) -> Result<(), String> {
    let Appeals { months, days, .. } = settings.appeals;
    if !(6..=120).contains(&months) {
        return Err(format!("appeals.months: {months} is not 6 to 120; DSA Art 20(1) asks for 6"));
    }
    if !(1..=90).contains(&days) {
        return Err(format!("appeals.days: {days} is not 1 to 90"));
    }
    let is_web = |address: &str| {
        url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
    };
    let address = &settings.server.public_address;
    if !address.is_empty() && !is_web(address) {
        return Err(format!(
            "server.public_address: `{address}` begins with neither https nor http"
        ));
    }
    match settings.dispute_bodies.iter().find(|body| !is_web(&body.url)) {
        Some(body) => Err(format!("dispute_body: `{}` is no address of the web", body.url)),
        None => Ok(()),
    }
}

impl Settings {
    /// How appeals and notices are dealt with.
    ///
    /// # Errors
    /// In words, where the key of links cannot be read or made.
    pub fn redress(&self) -> Result<engine::Redress, String> {
        let key = crate::records::key_bytes(&self.path(&self.storage.link_key))?;
        Ok(engine::Redress {
            link_key: engine::LinkKey::new(key),
            public_address: self.server.public_address.clone(),
            appeal_months: self.appeals.months,
            appeal_days: self.appeals.days,
            specific_measures: self.appeals.specific_measures.clone(),
            dispute_bodies: self.dispute_bodies.clone(),
        })
    }

    /// A path of the settings, relative to the folder of their file.
    #[must_use]
    pub fn path(&self, path: &Path) -> PathBuf {
        if path.is_absolute() { path.to_owned() } else { self.folder.join(path) }
    }

    /// How orders are handled.
    ///
    /// # Errors
    /// What is wrong, with the place.
    pub fn order_setup(&self) -> Result<engine::OrderSetup, String> {
        let orders = &self.orders;
        let zone = match &orders.time_zone {
            None => law::TimeZone::UTC,
            Some(name) => law::TimeZone::get(name)
                .map_err(|error| format!("orders.time_zone: `{name}`: {error}"))?,
        };
        let deadlines = match &orders.deadlines {
            None => law::Deadlines::built_in().clone(),
            Some(path) => self.read_deadlines(path)?,
        };
        let mut links = Vec::new();
        for (service, patterns) in &orders.links {
            for pattern in patterns {
                let read = engine::LinkPattern::parse(service.clone(), pattern);
                links.push(read.map_err(|problem| format!("orders.links.{service}: {problem}"))?);
            }
        }
        let addressee = engine::Addressee {
            name: orders.addressee.name.clone(),
            member_state: orders.addressee.member_state.clone(),
            email: orders.addressee.email.clone(),
        };
        for to in &orders.alert_to {
            let is_webhook = to.starts_with("https://") || to.starts_with("http://");
            if !is_webhook {
                model::check_address(to)
                    .map_err(|problem| format!("orders.alert_to: {problem}"))?;
            }
        }
        Ok(engine::OrderSetup {
            links,
            addressee,
            alert_minutes: orders.alert_minutes.clone().unwrap_or_else(|| vec![30, 15, 5]),
            alert_days: orders.alert_days.clone().unwrap_or_else(|| vec![14, 7, 1]),
            alert_to: orders.alert_to.clone(),
            domain_suffices: orders.domain_suffices,
            law: review::orders::Law { deadlines, zone },
        })
    }

    /// How reports of threats are handled.
    ///
    /// # Errors
    /// What is wrong, with the place.
    pub fn threat_setup(&self) -> Result<engine::ThreatSetup, String> {
        let Threats { staff_to, phone, alert_minutes } = &self.threats;
        for to in staff_to {
            model::check_address(to).map_err(|problem| format!("threats.staff_to: {problem}"))?;
        }
        if phone.len() > limits::NAME_BYTES {
            return Err(format!("threats.phone: at most {} bytes", limits::NAME_BYTES));
        }
        Ok(engine::ThreatSetup {
            staff_to: staff_to.clone(),
            phone: phone.clone(),
            alert_minutes: alert_minutes.clone().unwrap_or_else(|| vec![0, 10, 30]),
        })
    }

    fn read_deadlines(&self, path: &Path) -> Result<law::Deadlines, String> {
        let told = |error: &dyn std::fmt::Display| format!("orders.deadlines: {error}");
        let text = std::fs::read_to_string(self.path(path)).map_err(|error| told(&error))?;
        law::Deadlines::parse(&text).map_err(|error| told(&error))
    }

    /// What statements need to know of the installation.
    #[must_use]
    pub fn statement_options(&self) -> engine::StatementOptions {
        statement_options(self).expect("they were checked when the settings were loaded")
    }

    /// Where the state lives.
    #[must_use]
    pub fn location(&self) -> engine::Location {
        match engine::Location::parse(&self.storage.database) {
            engine::Location::Sqlite(path) => engine::Location::Sqlite(self.path(&path)),
            remote @ engine::Location::Postgres(_) => remote,
        }
    }
}

/// The shape of the file, where every key may be absent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "read for its errors, which name the place in the file")]
struct FileShape {
    server: Option<FileServer>,
    storage: Option<FileStorage>,
    rules: Option<FileRules>,
    appeals: Option<FileAppeals>,
    notices: Option<FileNotices>,
    studies: Option<FileStudies>,
    transparency: Option<FileTransparency>,
    statements: Option<FileStatements>,
    evidence: Option<FileEvidence>,
    outside: Option<FileOutside>,
    log: Option<FileLog>,
    queue: Option<Vec<Queue>>,
    policy: Option<Vec<Policy>>,
    ladder: Option<Ladder>,
    dispute_body: Option<Vec<DisputeBody>>,
    webhook: Option<BTreeMap<ServiceId, Webhook>>,
    witness: Option<Vec<Witness>>,
    orders: Option<Orders>,
    threats: Option<Threats>,
    mail: Option<Mail>,
    transparency_database: Option<BTreeMap<ServiceId, TransparencyDatabase>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileStatements {
    territories: Option<Vec<String>>,
    complaint_page: Option<String>,
    out_of_court_page: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileServer {
    listen: Option<String>,
    secure_cookies: Option<bool>,
    origin: Option<String>,
    public_address: Option<String>,
    posts_per_minute: Option<std::num::NonZeroU32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileNotices {
    services: Option<Vec<ServiceId>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileAppeals {
    months: Option<u16>,
    days: Option<u16>,
    specific_measures: Option<Vec<PolicyId>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileStorage {
    database: Option<String>,
    evidence: Option<PathBuf>,
    datasets: Option<PathBuf>,
    log_key: Option<PathBuf>,
    link_key: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileRules {
    first: Option<Vec<PathBuf>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileStudies {
    run: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileTransparency {
    public: Option<bool>,
    publish_seconds: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileEvidence {
    keys: Option<PathBuf>,
    second_person: Option<bool>,
    time_stamp_url: Option<String>,
    time_stamp_roots: Option<PathBuf>,
    time_stamp_policy: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileOutside {
    allow: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "see FileShape")]
struct FileLog {
    filter: Option<String>,
    format: Option<LogFormat>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn load_text(text: &str) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seawall.toml");
        std::fs::write(&path, text).unwrap();
        load(Some(&path), |_| None, &[])
    }

    #[test]
    fn the_default_file_is_the_defaults() {
        let settings = load_text(&default_file()).unwrap();
        assert_eq!(settings.server.listen, "127.0.0.1:8080");
        assert!(settings.server.secure_cookies);
        assert!(settings.queues.is_empty());
    }

    #[test]
    fn the_tables_of_the_default_file_are_right_when_uncommented() {
        let tables: String = TABLES
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| line.starts_with('[') || line.contains(" = "))
            .map(|line| line.replace("whsec_…", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3") + "\n")
            .collect();
        let settings = load_text(&tables).unwrap();
        assert_eq!(settings.queues.len(), 1);
        assert_eq!(settings.policies.len(), 1);
        assert_eq!(settings.ladder.steps.len(), 2);
        assert_eq!(settings.dispute_bodies.len(), 1);
        assert_eq!(settings.webhooks.len(), 1);
        assert_eq!(settings.witnesses.len(), 1);
        assert_eq!(settings.order_setup().unwrap().links.len(), 2);
        assert_eq!((settings.mail.boxes.len(), settings.mail.keys.written.len()), (1, 1));
        assert_eq!(settings.transparency_databases.len(), 1);
        assert!(settings.policies[0].norm.is_some());
    }

    #[test]
    fn environment_and_flags_override_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seawall.toml");
        std::fs::write(&path, "[server]\nlisten = \"127.0.0.1:1\"\n").unwrap();
        let environment = |name: &str| match name {
            "SEAWALL_SERVER_LISTEN" => Some("127.0.0.1:2".to_owned()),
            "SEAWALL_OUTSIDE_ALLOW" => Some("[\"127.0.0.1:9\"]".to_owned()),
            _ => None,
        };
        let settings = load(Some(&path), environment, &[]).unwrap();
        assert_eq!(settings.server.listen, "127.0.0.1:2");
        assert_eq!(settings.outside.allow, ["127.0.0.1:9"]);
        let flags = [("server.listen", "127.0.0.1:3".to_owned())];
        let settings = load(Some(&path), environment, &flags).unwrap();
        assert_eq!(settings.server.listen, "127.0.0.1:3");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, words) in [
            ("[server]\nlisten = 5\n", "string"),
            ("[server]\nlistne = \"x\"\n", "listne"),
            ("[sever]\n", "sever"),
            ("[server\n", ""),
            ("[ladder]\nsteps = [{ strikes = 0, action = \"warn\" }]\n", "ladder"),
            ("[webhook.forum]\nurl = \"x\"\nsecrets = [\"plain\"]\n", "webhook.forum"),
            ("[webhook.forum]\nurl = \"https://x\"\nsecrets = []\n", "webhook.forum"),
            ("[transparency]\npublish_seconds = 86401\n", "transparency.publish_seconds"),
            ("[transparency]\nopen = true\n", "open"),
            ("[[witness]]\nurl = \"https://x\"\nkey = \"w+1+2\"\n", "witness.key"),
            ("[statements]\nterritories = [\"XX\"]\n", "territories"),
            ("[transparency_database.forum]\nurl = \"x\"\ntoken = \"t\"\n", "database.forum.url"),
            (
                "[transparency_database.forum]\nurl = \"https://x\"\ntoken = \"t\"\nbatch = 101\n",
                "database.forum.batch",
            ),
            (
                "[[policy]]\nid = \"p\"\ntitle = \"t\"\ntext = \"x\"\n[policy.norm]\n\
                 basis = \"law\"\nreference = \"r\"\nexplanation = \"ask me@x\"\n\
                 category = \"STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY\"\n",
                "@",
            ),
            ("[[queue]]\nname = \"\"\ntitle = \"t\"\n", "empty"),
            ("[orders]\ntime_zone = \"Mars/Crater\"\n", "orders.time_zone"),
            ("[orders]\nalert_to = [\"nobody\"]\n", "orders.alert_to"),
            ("[threats]\nstaff_to = [\"nobody\"]\n", "threats.staff_to"),
            ("[orders]\ndeadlines = \"none.json\"\n", "orders.deadlines"),
            ("[orders.links]\nforum = [\"https://forum.example/\"]\n", "orders.links.forum"),
            ("[mail.out]\nhost = \"a\"\nport = 25\n", "from"),
            ("[mail.in.forum]\nsecurity = \"some\"\n", "some"),
            ("[evidence]\nkey = \"k\"\n", "key"),
            ("[evidence]\ntime_stamp_url = \"http://x\"\n", "evidence.time_stamp_roots"),
            ("[appeals]\nmonths = 5\n", "appeals.months"),
            ("[appeals]\ndays = 91\n", "appeals.days"),
            ("[server]\nposts_per_minute = 0\n", "nonzero"),
            ("[server]\npublic_address = \"seawall\"\n", "server.public_address"),
            ("[[dispute_body]]\nname = \"x\"\nurl = \"javascript:0\"\n", "dispute_body"),
        ] {
            let error = load_text(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text:?} gives {error}");
        }
    }
}
