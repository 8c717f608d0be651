//! Every bound of Seawall in one place: sizes, counts, depths and times.
//!
//! Units stand in the names. A limit is raised here and nowhere else.

/// Longest text of one item, in bytes of UTF-8. Longer text is refused with the place and size.
pub const ITEM_TEXT_BYTES: usize = 1_048_576;
/// Longest JSON of one item, without its media bytes.
pub const ITEM_JSON_BYTES: usize = 2_097_152;
/// Deepest nesting of unknown fields that are kept with an item.
pub const ITEM_JSON_DEPTH: usize = 32;
/// Most links of one item.
pub const ITEM_LINKS: usize = 256;
/// Longest single link, in bytes.
pub const LINK_BYTES: usize = 8_192;
/// Most media of one item.
pub const ITEM_MEDIA: usize = 32;
/// Most items in one submission over HTTP.
pub const SUBMISSION_ITEMS: usize = 1_000;
/// Largest request body over HTTP, in bytes.
pub const REQUEST_BYTES: usize = 52_428_800;
/// Largest single media file, in bytes.
pub const MEDIA_BYTES: usize = 33_554_432;
/// Largest picture that is decoded, in pixels.
pub const IMAGE_PIXELS: u64 = 40_000_000;
/// Longest side of a picture that is decoded, in pixels.
pub const IMAGE_SIDE_PIXELS: u32 = 20_000;
/// Most memory that decoding one picture may allocate, in bytes.
pub const IMAGE_DECODE_BYTES: u64 = 268_435_456;
/// Longest time that decoding one picture may take, in milliseconds.
pub const IMAGE_DECODE_MS: u64 = 5_000;
/// Longest time that taking a video apart may take, in milliseconds.
pub const VIDEO_MS: u64 = 60_000;
/// Most frames of one video that are hashed, about one a second.
pub const VIDEO_FRAMES: u64 = 3_600;
/// Longest identifier that a service may give, in bytes.
pub const ID_BYTES: usize = 256;
/// Longest handle, display name or short label, in bytes.
pub const NAME_BYTES: usize = 1_024;
/// Longest biography of an account, in bytes.
pub const BIO_BYTES: usize = 16_384;
/// Longest reason, note or description that a person writes, in bytes.
pub const REASON_BYTES: usize = 16_384;
/// Earliest accepted time: 1970-01-01T00:00:00Z, in microseconds.
pub const TIME_MIN_US: i64 = 0;
/// Latest accepted time: 2200-01-01T00:00:00Z, in microseconds.
pub const TIME_MAX_US: i64 = 7_258_118_400_000_000;
/// Longest bank entry value, in bytes.
pub const ENTRY_BYTES: usize = 65_536;
/// Longest term, in characters after folding.
pub const TERM_CHARS: usize = 256;
/// Most labels, views or other terms of one bank entry.
pub const ENTRY_LIST: usize = 64;
/// Most entries of all banks together.
pub const BANK_ENTRIES: usize = 20_000_000;
/// Most matches that are kept of one item; the count beyond it is still told.
pub const ITEM_MATCHES: usize = 256;
/// Most spans that are kept of one match.
pub const MATCH_SPANS: usize = 64;
/// Longest folded text for each byte of the original, as a factor: phrase ligatures expand.
pub const FOLD_EXPANSION: usize = 18;
/// Largest distance, in bits of 256, at which two PDQ hashes are taken for the same picture.
pub const PDQ_DISTANCE_BITS: u32 = 31;
/// Least PDQ quality, 0 to 100, at which a hash is used for matching.
pub const PDQ_QUALITY: u8 = 50;
/// Least share of a video's frames that a known video has, in percent, to be taken for a part of
/// it.
pub const VPDQ_PERCENT: f64 = 80.0;
/// Items in one hour from which on an entry may be taken for flooding, where its bank says nothing.
pub const FLOOD_ITEMS: u32 = 200;
/// How many times its busiest hour of the week before an entry must match to be taken for flooding.
pub const FLOOD_FACTOR: u64 = 10;
/// How long a person's word keeps an entry out of quarantine, in hours.
pub const FLOOD_REST_HOURS: i64 = 24;
/// How long the hours are kept in which entries matched, in days.
pub const MATCH_HOURS_DAYS: i64 = 35;
/// Items of the stream whose texts are kept at hand to find nearly equal ones.
pub const RECENT_TEXTS: usize = 50_000;
/// How long they are, in seconds.
pub const RECENT_TEXTS_SECONDS: i64 = 86_400;
/// Entries that may join the banks before all look-ups are built anew, which happens beside the
/// work.
pub const BANK_DELTA_ENTRIES: usize = 50_000;
/// Most rules in one rule set.
pub const RULES: usize = 2_000;
/// Largest rule file, in bytes.
pub const RULE_FILE_BYTES: usize = 1_048_576;
/// Longest condition of one rule, in bytes.
pub const RULE_CONDITION_BYTES: usize = 16_384;
/// Deepest nesting of a condition.
pub const RULE_DEPTH: usize = 64;
/// Highest estimated cost of one rule, in units of about a nanosecond per unit of input.
pub const RULE_COST: u64 = 1_000_000;
/// Largest compiled regular expression, in bytes.
pub const REGEX_BYTES: usize = 1_048_576;
/// Most events that are kept in the history of one case.
pub const CASE_EVENTS: usize = 1_000;
/// Most items that join one case.
pub const CASE_ITEMS: usize = 1_000;
/// Most notices that join one case.
pub const CASE_NOTICES: usize = 1_000;
/// Most labels of one decision.
pub const DECISION_LABELS: usize = 64;
/// How long a claim on a case holds without renewal, in seconds.
pub const CLAIM_LEASE_SECONDS: i64 = 900;
/// Largest encoded record, in bytes: its length fits the 16 bits that an entry of a published log
/// has for it.
pub const RECORD_BYTES: usize = 65_535;
/// Longest text of one field of a record, in bytes; a longer one is cut and marked as cut.
pub const RECORD_TEXT_BYTES: usize = 768;
/// Largest encoded list of one field of a record, in bytes; the count of the whole is still told.
pub const RECORD_LIST_BYTES: usize = 6_144;
/// Largest signed checkpoint, in bytes.
pub const CHECKPOINT_BYTES: usize = 16_384;
/// Most witnesses that one installation asks to sign its checkpoints.
pub const WITNESSES: usize = 16;
/// Longest wait between two published checkpoints, in seconds.
pub const PUBLISH_SECONDS: u64 = 86_400;
/// Most hashes of one proof about the published log, as C2SP tlog-witness says.
pub const PROOF_HASHES: usize = 63;
/// Longest idempotency key, in bytes.
pub const IDEMPOTENCY_KEY_BYTES: usize = 255;
/// How long an idempotency key is remembered, in hours.
pub const IDEMPOTENCY_HOURS: i64 = 72;
/// Most rows of one page of a listing.
pub const PAGE_ROWS: usize = 500;
/// Attempts at delivering one action before it is a dead letter.
pub const DELIVERY_ATTEMPTS: u32 = 24;
/// Longest wait between two attempts at delivery, in seconds.
pub const DELIVERY_BACKOFF_SECONDS: i64 = 21_600;
/// Longest wait for an answer to a webhook, in milliseconds.
pub const DELIVERY_TIMEOUT_MS: u64 = 15_000;
/// Longest answer of a webhook that is read, in bytes.
pub const DELIVERY_ANSWER_BYTES: usize = 65_536;
/// Longest session of a person in the console without activity, in seconds.
pub const SESSION_IDLE_SECONDS: i64 = 43_200;
/// Failed sign-ins of one login within `SIGN_IN_WINDOW_SECONDS` before it must wait.
pub const SIGN_IN_FAILURES: u32 = 8;
/// Window in which failed sign-ins are counted, in seconds.
pub const SIGN_IN_WINDOW_SECONDS: i64 = 900;
/// Shortest password of a person, in characters.
pub const PASSWORD_CHARS: usize = 10;
/// Requests that one key may make in a second, sustained.
pub const KEY_REQUESTS_PER_SECOND: u32 = 2_000;
/// Changes that one transaction of the writer groups at most.
pub const COMMIT_GROUP: usize = 500;
/// Longest wait of the writer for more changes to group, in milliseconds.
pub const COMMIT_WAIT_MS: u64 = 5;
/// Changes that may wait for the writer before callers are told to slow down.
pub const COMMIT_QUEUE: usize = 4_096;
/// Shortest stated purpose of a study, in characters.
pub const STUDY_PURPOSE_MIN_CHARS: usize = 10;
/// Longest stated purpose of a study, in bytes.
pub const STUDY_PURPOSE_BYTES: usize = 4_000;
/// Largest parameters of a study as JSON, in bytes.
pub const STUDY_PARAMETERS_BYTES: usize = 65_536;
/// Longest time that the data of a study is kept, in days.
pub const STUDY_RETENTION_DAYS: u32 = 730;
/// Largest result of a study as JSON, in bytes.
pub const STUDY_RESULT_BYTES: usize = 268_435_456;
/// How long a worker holds a study without saying how far it is, in seconds.
pub const STUDY_LEASE_SECONDS: i64 = 60;
/// Studies that may wait or run at once.
pub const STUDIES_OPEN: usize = 100;
/// Follows that one request may bring.
pub const FOLLOWS_PER_REQUEST: usize = 10_000;

/// Longest e-mail address, in bytes (RFC 5321 allows no longer path).
pub const ADDRESS_BYTES: usize = 254;

/// Longest address of the web that is taken in a form, in bytes.
pub const URL_BYTES: usize = 8_192;

/// Links that one order of an authority may name.
pub const ORDER_LINKS: usize = 1_000;

/// Earlier orders whose place one order may take.
pub const ORDERS_REPLACED: usize = 100;

/// Characters that the reference of an order has at least before another text is said to name it.
pub const ORDER_REFERENCE_CHARS: usize = 4;

/// Largest WARC file that is kept as evidence, in bytes.
pub const ARCHIVE_BYTES: usize = 64 << 20;

/// Captured pages that one WARC file kept as evidence may hold.
pub const ARCHIVE_PAGES: usize = 1_000;

/// Recipients that one report of a threat has at most.
pub const THREAT_RECIPIENTS: usize = 100;

/// Largest form of an order or of a report of a threat, in bytes of JSON.
pub const ORDER_FORM_BYTES: usize = 1 << 20;

/// Largest e-mail that is taken in, in bytes.
pub const MAIL_BYTES: usize = 25 << 20;

/// Attempts to send a letter before it is left to a person.
pub const LETTER_ATTEMPTS: u32 = 24;

/// Longest template of a statement, in bytes.
pub const STATEMENT_TEMPLATE_BYTES: usize = 32_768;
/// Items that a statement names; more are counted.
pub const STATEMENT_ITEMS: usize = 20;
/// Largest answer of the DSA Transparency Database that is read, in bytes.
pub const DATABASE_ANSWER_BYTES: usize = 4_194_304;
/// Bytes of one chunk of a sealed container of evidence.
pub const EVIDENCE_CHUNK_BYTES: usize = 65_536;
/// Largest wrapped key of one object of evidence, in bytes: some 60 recipients.
pub const EVIDENCE_WRAPPED_BYTES: usize = 8_192;
/// Most files of one bag.
pub const BAG_FILES: usize = 100_000;
/// Largest tag file of a bag that is read, in bytes.
pub const BAG_TAG_BYTES: u64 = 67_108_864;
/// Longest path within a bag, in bytes.
pub const BAG_PATH_BYTES: usize = 240;
/// Longest header of one record of a web archive, in bytes.
pub const ARCHIVE_HEADER_BYTES: usize = 65_536;
/// Largest block of one record of a web archive that is read, in bytes.
pub const ARCHIVE_BLOCK_BYTES: usize = 33_554_432;
/// Most records of one web archive that are read.
pub const ARCHIVE_RECORDS: usize = 100_000;
/// Largest answer of a time-stamp authority, in bytes.
pub const TIME_STAMP_BYTES: usize = 65_536;
/// Most certificates between a time stamp and a root.
pub const TIME_STAMP_CHAIN: usize = 8;
/// Hours that an access to preserved content lasts.
pub const EVIDENCE_ACCESS_HOURS: i64 = 24;
/// Most accesses, prolongations and holds of one preservation, each.
pub const PRESERVATION_ENTRIES: usize = 1_000;
/// Preservations that one look at what is due takes up.
pub const PRESERVATIONS_AT_ONCE: usize = 50;
/// Most steps of a ladder of strikes.
pub const LADDER_STEPS: usize = 20;
/// Largest file of what only the provider knows for a report, in bytes.
pub const PROVIDER_FILE_BYTES: usize = 524_288;
/// Most samples that a provider tells of in one report.
pub const PROVIDER_SAMPLES: usize = 200;
/// Most files of a published report.
pub const REPORT_FILES: usize = 64;
/// Largest file of a published report, in bytes.
pub const REPORT_FILE_BYTES: u64 = 268_435_456;
/// Years that a published version of a report stays public (2024/2835).
pub const REPORT_YEARS: i16 = 5;
/// Most folders that are searched for published reports.
pub const REPORT_FOLDERS: usize = 1_000;
/// Most specific measures of one exposure decision.
pub const EXPOSURE_MEASURES: usize = 200;
/// Rules that one specific measure names.
pub const MEASURE_RULES: usize = 100;
/// Most demands, requests for review, amendments and reports of one exposure decision, each.
pub const EXPOSURE_ENTRIES: usize = 100;
/// Items and cases, each, that the figures of one report on specific measures tell apart.
pub const REPORT_FIGURES: usize = 5_000_000;
