//! Connections: one writer and a pool of readers, on SQLite or PostgreSQL.

use crate::{Error, Location, Result};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};
use std::time::Duration;

/// Connections that serve reads.
const READERS: u32 = 4;

/// One set of connections.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    connection: DatabaseConnection,
}

/// Opens the writer's connection and the readers'.
pub(crate) async fn connect(location: &Location) -> Result<(Database, Database)> {
    match location {
        Location::Sqlite(path) => {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(|error| Error::Open {
                    location: path.display().to_string(),
                    detail: format!("the folder cannot be made: {error}"),
                })?;
            }
            let address = format!("sqlite://{}?mode=rwc", path.display());
            Ok((open(&address, 1).await?, open(&address, READERS).await?))
        }
        Location::Postgres(address) => Ok((open(address, 1).await?, open(address, READERS).await?)),
    }
}

async fn open(address: &str, connections: u32) -> Result<Database> {
    let mut options = ConnectOptions::new(address.to_owned());
    options
        .max_connections(connections)
        .min_connections(1)
        .connect_timeout(Duration::from_secs(10))
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .test_before_acquire(address.starts_with("postgres"));
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("foreign_keys", "ON")
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", "-32000")
            .busy_timeout(Duration::from_secs(30))
    });
    let connection = sea_orm::Database::connect(options).await.map_err(|error| Error::Open {
        location: without_password(address),
        detail: error.to_string(),
    })?;
    Ok(Database { connection })
}

/// The address as it may be shown: the password left out.
fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let Some((login, host)) = rest.rsplit_once('@') else { return address.to_owned() };
    let user = login.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}:…@{host}")
}

impl Database {
    pub(crate) fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    /// Begins a write transaction, on SQLite an immediate one: a deferred one that turns into a
    /// write fails under contention.
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self
            .connection
            .begin_with_options(options)
            .await
            .map_err(|error| Error::from_driver("beginning a transaction", error))?;
        Ok(Transaction { inner })
    }

    /// Reads every row that a statement gives.
    pub(crate) async fn rows(
        &self,
        doing: &'static str,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>> {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        self.connection
            .query_all_raw(statement)
            .await
            .map_err(|error| Error::from_driver(doing, error))
    }

    /// Reads the first row that a statement gives.
    pub(crate) async fn row(
        &self,
        doing: &'static str,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>> {
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        self.connection
            .query_one_raw(statement)
            .await
            .map_err(|error| Error::from_driver(doing, error))
    }
}

/// One write transaction.
pub(crate) struct Transaction {
    inner: DatabaseTransaction,
}

impl Transaction {
    /// Runs a statement and gives the number of rows that it changed.
    pub(crate) async fn run(
        &self,
        doing: &'static str,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<u64> {
        let backend = self.inner.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        let result = self.inner.execute_raw(statement).await;
        Ok(result.map_err(|error| Error::from_driver(doing, error))?.rows_affected())
    }

    /// Reads the first row that a statement gives.
    pub(crate) async fn row(
        &self,
        doing: &'static str,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<QueryResult>> {
        let backend = self.inner.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        let result = self.inner.query_one_raw(statement).await;
        result.map_err(|error| Error::from_driver(doing, error))
    }

    /// Reads every row that a statement gives.
    pub(crate) async fn rows(
        &self,
        doing: &'static str,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<QueryResult>> {
        let backend = self.inner.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        let result = self.inner.query_all_raw(statement).await;
        result.map_err(|error| Error::from_driver(doing, error))
    }

    /// Runs a statement without values.
    pub(crate) async fn plain(&self, doing: &'static str, sql: &str) -> Result<()> {
        let result = self.inner.execute_unprepared(sql).await;
        result.map(drop).map_err(|error| Error::from_driver(doing, error))
    }

    /// Makes everything durable.
    pub(crate) async fn commit(self) -> Result<()> {
        self.inner.commit().await.map_err(|error| Error::from_driver("committing", error))
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn passwords_are_not_shown() {
        for (address, shown) in [
            ("postgres://sea:secret@db:5432/wall", "postgres://sea:…@db:5432/wall"),
            ("postgres://db/wall", "postgres://db/wall"),
            ("sqlite:///var/lib/seawall.db?mode=rwc", "sqlite:///var/lib/seawall.db?mode=rwc"),
        ] {
            assert_eq!(without_password(address), shown);
        }
    }
}
