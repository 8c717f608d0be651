//! The tree of the records: it grows in the same transaction as they do, and is read tile by tile.
//!
//! A row holds the hashes of one tile, those at the right edge as far as they go. Hashes are only
//! ever added behind others, so that what is read while the tree grows is right for every smaller
//! size.

use crate::database::{Database, Transaction};
use crate::read::columns;
use crate::{Error, Result, Store, writer};
use audit::Head;
use audit::tree::{Edge, Hash, Tile, TileSet, leaf_hash};
use model::{Timestamp, limits};
use sea_orm::{QueryResult, Value};

/// Records that are read at once while the tree is built.
const PAGE: i64 = 1_000;
/// Records of one transaction while the tree of an existing installation is built.
const STRETCH: u64 = 20_000;

const LAST: &str =
    "SELECT place, hashes FROM tree_tiles WHERE level = 0 ORDER BY place DESC LIMIT 1";
const ONE: &str = "SELECT hashes FROM tree_tiles WHERE level = $1 AND place = $2";

/// The latest published checkpoint of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedRow {
    /// How many records it covers.
    pub size: u64,
    /// The checkpoint as a signed note, with what witnesses signed.
    pub note: String,
    /// When it was published.
    pub at: Timestamp,
}

/// Builds the tree of records that were sealed before there was one, a stretch at a time, so that
/// it goes on where it was interrupted.
///
/// # Errors
/// Where the database fails, or its tree does not fit its records.
pub(crate) async fn build(database: &Database) -> Result<()> {
    loop {
        let transaction = database.begin().await?;
        let head = writer::read_head(&transaction).await?;
        let mut edge = read_edge(&transaction).await?;
        let reached = head.next.min(edge.size().saturating_add(STRETCH));
        catch_up(&transaction, &mut edge, reached).await?;
        transaction.commit().await?;
        if edge.size() >= head.next {
            return check_size(&edge, &head);
        }
        tracing::info!(records = edge.size(), of = head.next, "building the tree of the log");
    }
}

/// The edge of the tree at the head of the log: the one that is known where it still fits, or else
/// the stored one, with the records that another version sealed without it.
pub(crate) async fn edge_at(
    transaction: &Transaction,
    known: Option<Edge>,
    head: &Head,
) -> Result<Edge> {
    if let Some(edge) = known.filter(|edge| edge.size() == head.next) {
        return Ok(edge);
    }
    let mut edge = read_edge(transaction).await?;
    catch_up(transaction, &mut edge, head.next).await?;
    check_size(&edge, head)?;
    Ok(edge)
}

/// Appends leaves and writes the tiles that changed.
pub(crate) async fn grow(
    transaction: &Transaction,
    edge: &mut Edge,
    leaves: impl Iterator<Item = Hash>,
) -> Result<()> {
    let sql = "INSERT INTO tree_tiles (level, place, hashes) VALUES ($1, $2, $3) \
               ON CONFLICT (level, place) DO UPDATE SET hashes = excluded.hashes";
    for (tile, hashes) in edge.append(leaves) {
        let [level, place] = place_of(&tile);
        transaction.run("growing the tree", sql, vec![level, place, hashes.into()]).await?;
    }
    Ok(())
}

fn check_size(edge: &Edge, head: &Head) -> Result<()> {
    if edge.size() == head.next {
        return Ok(());
    }
    let (size, next) = (edge.size(), head.next);
    Err(damaged(format!(
        "it has {size} leaves, and the log {next} records: restore the database from a backup"
    )))
}

/// Appends the stored records up to a place.
async fn catch_up(transaction: &Transaction, edge: &mut Edge, reached: u64) -> Result<()> {
    let sql = "SELECT bytes FROM records WHERE seq >= $1 AND seq < $2 ORDER BY seq LIMIT $3";
    while edge.size() < reached {
        let values = vec![signed(edge.size()), signed(reached), PAGE.into()];
        let rows = transaction.rows("reading records for the tree", sql, values).await?;
        if rows.is_empty() {
            return Err(damaged(format!("record {} is missing", edge.size())));
        }
        let leaves: Result<Vec<Hash>> = rows.iter().map(leaf_of).collect();
        grow(transaction, edge, leaves?.into_iter()).await?;
    }
    Ok(())
}

fn leaf_of(row: &QueryResult) -> Result<Hash> {
    let bytes: Vec<u8> = columns(row, "record").get(0)?;
    Ok(leaf_hash(&bytes))
}

async fn read_edge(transaction: &Transaction) -> Result<Edge> {
    let doing = "reading the edge of the tree";
    let size = size_of(transaction.row(doing, LAST, vec![]).await?.as_ref())?;
    let mut contents = Vec::new();
    for tile in Edge::tiles_of(size) {
        let row = transaction.row(doing, ONE, place_of(&tile).to_vec()).await?;
        contents.push(hashes_of(row.as_ref())?);
    }
    whole_edge(size, &contents)
}

/// The number of leaves, from the last tile of leaf hashes.
fn size_of(row: Option<&QueryResult>) -> Result<u64> {
    let Some(row) = row else { return Ok(0) };
    let row = columns(row, "tile");
    let (place, hashes): (u64, Vec<u8>) = (row.count(0)?, row.get(1)?);
    Ok(place * 256 + (hashes.len() / 32) as u64)
}

fn hashes_of(row: Option<&QueryResult>) -> Result<Vec<u8>> {
    row.map_or_else(|| Ok(Vec::new()), |row| columns(row, "tile").get(0))
}

fn whole_edge(size: u64, contents: &[Vec<u8>]) -> Result<Edge> {
    Edge::from_tiles(size, contents).ok_or_else(|| {
        damaged(format!(
            "tiles at the edge of {size} leaves are missing: empty the table tree_tiles, and it is \
             built from the records again"
        ))
    })
}

fn damaged(detail: String) -> Error {
    Error::Damaged { what: "tree of the log", detail }
}

fn place_of(tile: &Tile) -> [Value; 2] {
    [i64::from(tile.level()).into(), signed(tile.index())]
}

fn signed(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

impl Store {
    /// Reads the right edge of the tree, which tells its size and root.
    ///
    /// # Errors
    /// Where the database fails, or tiles are missing.
    pub async fn tree_edge(&self) -> Result<Edge> {
        let doing = "reading the edge of the tree";
        let size = size_of(self.read.row(doing, LAST, vec![]).await?.as_ref())?;
        let mut contents = Vec::new();
        for tile in Edge::tiles_of(size) {
            // It may be wider by now; the edge takes what it had.
            let row = self.read.row(doing, ONE, place_of(&tile).to_vec()).await?;
            contents.push(hashes_of(row.as_ref())?);
        }
        whole_edge(size, &contents)
    }

    /// Reads tiles of hashes, as many as a proof needs, in one statement. Those that are not there
    /// are left out, and a narrower one is given as it is.
    ///
    /// # Errors
    /// Where the database fails.
    ///
    /// # Panics
    /// Where more than [`limits::PAGE_ROWS`] tiles are asked for.
    pub async fn tiles(&self, tiles: &[Tile]) -> Result<TileSet> {
        assert!(tiles.len() <= limits::PAGE_ROWS, "a proof needs few tiles");
        if tiles.is_empty() {
            return Ok(TileSet::default());
        }
        let wanted: Vec<String> = (0..tiles.len())
            .map(|tile| format!("(level = ${} AND place = ${})", 2 * tile + 1, 2 * tile + 2))
            .collect();
        let sql =
            format!("SELECT level, place, hashes FROM tree_tiles WHERE {}", wanted.join(" OR "));
        let values = tiles.iter().flat_map(place_of).collect();
        let rows = self.read.rows("reading tiles", &sql, values).await?;
        let mut set = TileSet::default();
        for row in &rows {
            let row = columns(row, "tile");
            let (level, place, hashes): (u64, u64, Vec<u8>) =
                (row.count(0)?, row.count(1)?, row.get(2)?);
            let found = |tile: &&Tile| u64::from(tile.level()) == level && tile.index() == place;
            if let Some(tile) = tiles.iter().find(found) {
                set.insert(*tile, &hashes);
            }
        }
        Ok(set)
    }

    /// Reads a tile of hashes, exactly as wide as it is asked for; `None` where it is not there.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn tile(&self, tile: &Tile) -> Result<Option<Vec<u8>>> {
        let row = self.read.row("reading a tile", ONE, place_of(tile).to_vec()).await?;
        let hashes = hashes_of(row.as_ref())?;
        Ok(hashes.get(..usize::from(tile.width()) * 32).map(<[u8]>::to_vec))
    }

    /// Reads the latest published checkpoint of the tree.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn published(&self) -> Result<Option<PublishedRow>> {
        let sql = "SELECT size, note, at_us FROM tree_checkpoint WHERE id = 1";
        let row = self.read.row("reading the published checkpoint", sql, vec![]).await?;
        let Some(row) = row else { return Ok(None) };
        let row = columns(&row, "published checkpoint");
        Ok(Some(PublishedRow { size: row.count(0)?, note: row.text(1)?, at: row.time(2)? }))
    }
}
