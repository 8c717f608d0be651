//! The sealed log as a published tree: its head, its tiles, its proofs, its checkpoints.

use crate::{Engine, Error, Result};
use audit::tree::{
    Edge, Hash, Layer, ProofError, ProofPlan, Tile, TreeBroken, TreeHead, leaf_hash,
    read_tree_head, write_bundle,
};
use model::Timestamp;
use store::Change;

/// The latest published checkpoint of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// What it says.
    pub head: TreeHead,
    /// The checkpoint as a C2SP signed note, with what witnesses signed.
    pub note: String,
    /// When it was published.
    pub at: Timestamp,
}

impl Engine {
    /// Reads the size and the root of the tree.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn tree_head(&self) -> Result<TreeHead> {
        Ok(self.inner.store.tree_edge().await?.head())
    }

    /// Reads the latest published checkpoint; `None` where none was published yet.
    ///
    /// # Errors
    /// Where the store fails, or what it holds is no checkpoint.
    pub async fn published(&self) -> Result<Option<Published>> {
        let Some(row) = self.inner.store.published().await? else { return Ok(None) };
        let read = read_tree_head(&row.note).map_err(|error| Error::Damaged {
            what: "published checkpoint",
            detail: error.to_string(),
        })?;
        Ok(Some(Published { head: read.head, note: row.note, at: row.at }))
    }

    /// Reads a tile of hashes or an entry bundle of the tree of so many records; `None` where that
    /// tree has no such tile.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn tile(&self, tile: &Tile, size: u64) -> Result<Option<Vec<u8>>> {
        if tile.end() > size {
            return Ok(None);
        }
        match tile.layer() {
            Layer::Hashes { .. } => Ok(self.inner.store.tile(tile).await?),
            Layer::Entries => self.entry_bundle(tile).await,
        }
    }

    async fn entry_bundle(&self, tile: &Tile) -> Result<Option<Vec<u8>>> {
        let width = usize::from(tile.width());
        let records = self.records(tile.index() * 256, width).await?;
        let bundle = write_bundle(records.iter().map(|(bytes, _)| bytes.as_slice()));
        Ok((records.len() == width).then_some(bundle))
    }

    /// Proves that a record is in the tree of so many records (RFC 6962 section 2.1.1).
    ///
    /// # Errors
    /// [`Error::NotFound`] where that tree has no such record, or where the store fails.
    pub async fn prove_inclusion(&self, record: u64, size: u64) -> Result<Vec<Hash>> {
        let plan = ProofPlan::inclusion(record, size).map_err(unproven)?;
        self.answer(&plan).await
    }

    /// Proves that the tree of so many records holds an earlier one (RFC 6962 section 2.1.2).
    ///
    /// # Errors
    /// [`Error::NotFound`] where the earlier one is larger, or where the store fails.
    pub async fn prove_consistency(&self, earlier: u64, size: u64) -> Result<Vec<Hash>> {
        let plan = ProofPlan::consistency(earlier, size).map_err(unproven)?;
        self.answer(&plan).await
    }

    async fn answer(&self, plan: &ProofPlan) -> Result<Vec<Hash>> {
        let tiles = self.inner.store.tiles(&plan.tiles()).await?;
        plan.answer(&tiles).map_err(unproven)
    }

    /// The head of the tree as it may be signed next: it holds everything that was published
    /// before.
    ///
    /// # Errors
    /// [`Error::Tree`] where it does not, as after a database was put back or changed: nothing may
    /// be signed then, since two histories of one log would be in the world.
    pub async fn head_to_publish(&self) -> Result<TreeHead> {
        let head = self.tree_head().await?;
        let Some(published) = self.published().await? else { return Ok(head) };
        let earlier = published.head;
        if earlier.size > head.size {
            let broken = TreeBroken::Cut { size: head.size, earlier: earlier.size };
            return Err(Error::Tree(broken));
        }
        let plan = ProofPlan::root(earlier.size, head.size).map_err(unproven)?;
        if self.answer(&plan).await? != [earlier.root] {
            return Err(Error::Tree(TreeBroken::Rewritten { size: earlier.size }));
        }
        Ok(head)
    }

    /// Publishes a signed checkpoint. One that is older than the published one, or of the same tree
    /// with fewer signatures, changes nothing.
    ///
    /// # Errors
    /// Where the note is no checkpoint of this tree, or the store fails.
    pub async fn publish(&self, note: &str) -> Result<()> {
        let read =
            read_tree_head(note).map_err(|error| Error::invalid("note", error.to_string()))?;
        let head = self.tree_head().await?;
        let size = read.head.size;
        let plan = ProofPlan::root(size, head.size).map_err(unproven)?;
        if self.answer(&plan).await? != [read.head.root] {
            return Err(Error::invalid("note", "it is a checkpoint of another tree"));
        }
        let change = Change::CheckpointPublished { size, note: note.to_owned() };
        match self.inner.store.keep(vec![change], self.now()).await {
            Err(error) if error.is_conflict() => Ok(()),
            kept => Ok(kept?),
        }
    }
}

/// The tree made again from the records while they are verified, and compared with the stored one.
pub(crate) struct TreeCheck<'a> {
    engine: &'a Engine,
    edge: Edge,
    filled: Vec<(Tile, Vec<u8>)>,
    published: Option<Published>,
}

impl<'a> TreeCheck<'a> {
    pub(crate) async fn begin(engine: &'a Engine) -> Result<Self> {
        let published = engine.published().await?;
        Ok(Self { engine, edge: Edge::new(), filled: Vec::new(), published })
    }

    /// Takes the next record.
    pub(crate) fn push(&mut self, record: &[u8]) -> Result<()> {
        let filled = &mut self.filled;
        self.edge.push(leaf_hash(record), &mut |tile, made| filled.push((tile, made.concat())));
        match &self.published {
            Some(published) if published.head.size == self.edge.size() => {
                let size = published.head.size;
                if published.head == self.edge.head() {
                    return Ok(());
                }
                Err(Error::Tree(TreeBroken::Rewritten { size }))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Compares the tiles that are full by now.
    pub(crate) async fn compare(&mut self) -> Result<()> {
        for (tile, made) in std::mem::take(&mut self.filled) {
            self.compare_one(tile, &made).await?;
        }
        Ok(())
    }

    /// Compares the edge, and gives the root.
    pub(crate) async fn end(mut self) -> Result<Hash> {
        self.compare().await?;
        for (tile, made) in self.edge.partial_tiles() {
            self.compare_one(tile, &made.concat()).await?;
        }
        let size = self.edge.size();
        match self.published {
            Some(published) if published.head.size > size => {
                Err(Error::Tree(TreeBroken::Cut { size, earlier: published.head.size }))
            }
            Some(_) | None => Ok(self.edge.head().root),
        }
    }

    async fn compare_one(&self, tile: Tile, made: &[u8]) -> Result<()> {
        let stored = self.engine.inner.store.tile(&tile).await?;
        let stored = stored.ok_or(Error::Tree(TreeBroken::Missing { tile }))?;
        let hashes = stored.chunks(32).zip(made.chunks(32));
        match hashes.into_iter().position(|(one, other)| one != other) {
            Some(place) => Err(Error::Tree(TreeBroken::Tile { tile, place })),
            None => Ok(()),
        }
    }
}

fn unproven(error: ProofError) -> Error {
    match error {
        ProofError::Beyond { asked, .. } => {
            Error::NotFound { what: "record of the published log", id: asked.to_string() }
        }
        ProofError::Missing { .. }
        | ProofError::Length
        | ProofError::Root
        | ProofError::EarlierRoot => {
            Error::Damaged { what: "tree of the log", detail: error.to_string() }
        }
    }
}
