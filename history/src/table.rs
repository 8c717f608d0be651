//! The four tables of a dataset and their columns: one list, from which the schemas of Parquet
//! files, their checks and the header of CSV derive.

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use std::sync::Arc;

/// A table of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// What was posted.
    Items,
    /// Who posts.
    Accounts,
    /// Who follows whom.
    Follows,
    /// What was done to accounts.
    Actions,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A text.
    Text,
    /// An instant in microseconds, UTC.
    Time,
    /// A number from 0.
    Count,
    /// Texts.
    Texts,
}

/// Whether a row can do without a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Every row has it.
    Required,
    /// It may be null, and the column may be absent.
    Optional,
}

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Whether a row can do without it.
    pub need: Need,
}

const fn required(name: &'static str, holds: Holds) -> Column {
    Column { name, holds, need: Need::Required }
}

const fn optional(name: &'static str, holds: Holds) -> Column {
    Column { name, holds, need: Need::Optional }
}

const ITEMS: &[Column] = &[
    required("id", Holds::Text),
    optional("service", Holds::Text),
    optional("kind", Holds::Text),
    required("created_at", Holds::Time),
    required("account", Holds::Text),
    optional("text", Holds::Text),
    optional("language", Holds::Text),
    optional("repost_of", Holds::Text),
    optional("in_reply_to", Holds::Text),
    optional("thread", Holds::Text),
    optional("links", Holds::Texts),
    optional("hashtags", Holds::Texts),
    optional("images", Holds::Texts),
    optional("deleted_at", Holds::Time),
    optional("client", Holds::Text),
];

const ACCOUNTS: &[Column] = &[
    required("id", Holds::Text),
    optional("handle", Holds::Text),
    optional("display_name", Holds::Text),
    optional("bio", Holds::Text),
    optional("language", Holds::Text),
    optional("created_at", Holds::Time),
    optional("followers", Holds::Count),
    optional("following", Holds::Count),
    optional("avatar_pdq", Holds::Text),
    optional("suspended_at", Holds::Time),
    optional("set_apart", Holds::Text),
];

const FOLLOWS: &[Column] =
    &[required("from", Holds::Text), required("to", Holds::Text), optional("at", Holds::Time)];

const ACTIONS: &[Column] = &[
    required("at", Holds::Time),
    required("account", Holds::Text),
    required("action", Holds::Text),
    optional("item", Holds::Text),
];

impl Table {
    /// Every table, in the order in which a folder is read.
    pub const ALL: [Self; 4] = [Self::Items, Self::Accounts, Self::Follows, Self::Actions];

    /// Its name in file names and plans; also the name of the stage while it is read.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Accounts => "accounts",
            Self::Follows => "follows",
            Self::Actions => "actions",
        }
    }

    /// Its columns, in the order in which they are written.
    #[must_use]
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Items => ITEMS,
            Self::Accounts => ACCOUNTS,
            Self::Follows => FOLLOWS,
            Self::Actions => ACTIONS,
        }
    }

    /// Its schema in Parquet files that this crate writes, and in plans.
    #[must_use]
    pub fn schema(self) -> SchemaRef {
        let field = |column: &Column| {
            let null = column.need == Need::Optional;
            Field::new(column.name, column.holds.data_type(), null)
        };
        Arc::new(Schema::new(self.columns().iter().map(field).collect::<Vec<_>>()))
    }

    /// The names of its columns, for messages.
    #[must_use]
    pub fn column_names(self) -> String {
        self.columns().iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }
}

impl Holds {
    /// The type of Arrow that this crate writes.
    #[must_use]
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Count => DataType::UInt64,
            Self::Texts => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
        }
    }

    /// Whether a column of that type can be taken for it, as other programs write it. A time
    /// without a zone is taken as UTC; a column without type is all null.
    #[must_use]
    pub fn takes(self, given: &DataType) -> bool {
        let text = |given: &DataType| match given {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
            DataType::Dictionary(_, of) => matches!(**of, DataType::Utf8 | DataType::LargeUtf8),
            _ => false,
        };
        match self {
            _ if *given == DataType::Null => true,
            Self::Text => text(given),
            Self::Time => matches!(given, DataType::Timestamp(_, _)),
            Self::Count => given.is_integer(),
            Self::Texts => match given {
                DataType::List(of) | DataType::LargeList(of) => text(of.data_type()),
                _ => false,
            },
        }
    }

    /// What it is called in messages.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Time => "a timestamp",
            Self::Count => "a whole number",
            Self::Texts => "a list of texts",
        }
    }
}
