//! Every limit of this crate. What goes beyond one is refused with its place, or reported.

/// Bytes of one line of JSON or CSV; an item may carry a medium in base64.
pub const LINE_BYTES: usize = 67_108_864;
/// Unreadable lines after which reading stops: the form of the file is wrong, not a line.
pub const UNREADABLE_LINES: u64 = 1_000;
/// Unreadable lines that are told with their place.
pub const UNREADABLE_TOLD: usize = 20;
/// Files of one table.
pub const FILES: usize = 10_000;
/// Hashtags of one item.
pub const ITEM_HASHTAGS: usize = 256;
/// Characters of one hashtag; what is longer is none.
pub const HASHTAG_CHARS: usize = 128;
/// Rows of Parquet that are decoded at once.
pub const BATCH_ROWS: usize = 8_192;
/// Bytes of Parquet that are decoded at once, about: long texts come in smaller batches.
pub const BATCH_BYTES: usize = 16_777_216;
/// Rows of one row group that is written.
pub const GROUP_ROWS: usize = 131_072;
/// Bytes of one row group that is written, about.
pub const GROUP_BYTES: usize = 67_108_864;
/// Rows that a plan may give; about 130 bytes each.
pub const RESULT_ROWS: usize = 10_000_000;
/// Accounts that a plan may be asked about, such as the members of a census.
pub const SET_ACCOUNTS: usize = 10_000_000;
/// Actions on one object within one window that are paired; a busier one is left out and told.
pub const WINDOW_ACTIONS: u64 = 2_000;
