//! An export of a case that an outsider can check with public tools: a bag (RFC 8493) with
//! originals, working copies, capture metadata, the records of the case with their proofs, a
//! checkpoint and time stamps.

use super::{AccessInput, check_text};
use crate::facts;
use crate::intake::to_json;
use crate::once::Actor;
use crate::{Engine, Error, Result};
use audit::Head;
use audit::tree::{ProofFile, TreeHead};
use evidence::Digests;
use evidence::bag::{Bag, BagError};
use model::{
    Case, CaseId, Original, Preservation, PreservationId, PreservationState, Timestamp, limits,
};
use serde::Serialize;
use store::PreservationFilter;

/// What is to be exported, and what for.
#[derive(Clone, Copy)]
pub struct ExportInput<'a> {
    /// What for and why.
    pub access: &'a AccessInput,
    /// Who signs the checkpoints that lie in the bag.
    pub signer: &'a dyn CheckpointSigner,
}

/// Signs checkpoints with the key of the installation, which the engine does not have.
pub trait CheckpointSigner: Sync {
    /// Signs a checkpoint of the chain of records.
    fn checkpoint(&self, head: &Head, at: Timestamp) -> String;

    /// Signs a checkpoint of the tree of records.
    fn tree_checkpoint(&self, head: &TreeHead) -> String;
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The case.
    pub case: CaseId,
    /// Preservations of it.
    pub preservations: usize,
    /// Originals.
    pub originals: usize,
    /// Records.
    pub records: usize,
    /// Files of the payload.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// What a time stamp is of: the originals with their digests and capture metadata.
#[derive(Serialize)]
struct Manifest<'a> {
    preservation: &'a PreservationId,
    service: &'a model::ServiceId,
    case: &'a CaseId,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'a model::DecisionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    threat: Option<&'a model::ThreatId>,
    removed_at: model::Timestamp,
    originals: &'a [Original],
}

/// The manifest of a preservation as JSON; the same originals give the same bytes.
pub(super) fn manifest(preservation: &Preservation) -> Result<String> {
    let manifest = Manifest {
        preservation: &preservation.id,
        service: &preservation.service,
        case: &preservation.case,
        decision: preservation.decision.as_ref(),
        threat: preservation.threat.as_ref(),
        removed_at: preservation.removed_at,
        originals: &preservation.originals,
    };
    Ok(to_json("manifest", &manifest)? + "\n")
}

/// Where the files of a bag go: path and bytes.
type Sink<'a> = &'a mut dyn FnMut(&str, &[u8]) -> std::io::Result<()>;

/// A bag on its way to a sink.
struct Filling<'a> {
    bag: Bag,
    sink: Sink<'a>,
    files: usize,
    bytes: u64,
}

impl Filling<'_> {
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let path = self.bag.payload(path, Digests::of(bytes)).map_err(unfit)?;
        self.files += 1;
        self.bytes += bytes.len() as u64;
        (self.sink)(&path, bytes).map_err(|error| unwritten(&error))
    }
}

fn unfit(error: BagError) -> Error {
    Error::Damaged { what: "bag", detail: error.to_string() }
}

fn unwritten(error: &std::io::Error) -> Error {
    Error::invalid("out", format!("the bag cannot be written: {error}"))
}

impl Engine {
    /// Writes what belongs to a case as a bag, a file at a time.
    ///
    /// # Errors
    /// Where nothing of the case is preserved, no reason is given, a second person has not allowed
    /// what the settings want allowed, an original is damaged, or the sink fails.
    pub async fn export_evidence(
        &self,
        case: &CaseId,
        input: &ExportInput<'_>,
        actor: &Actor,
        sink: Sink<'_>,
    ) -> Result<Exported> {
        check_text("reason", "why it has to be exported", &input.access.reason)?;
        let case = self.case(case).await?;
        let filter = PreservationFilter {
            case: Some(case.id.clone()),
            limit: limits::PAGE_ROWS,
            ..PreservationFilter::default()
        };
        let preservations = self.preservations(&filter).await?;
        if preservations.is_empty() {
            return Err(Error::NotFound {
                what: "preservation of the case",
                id: case.id.to_string(),
            });
        }
        for preservation in &preservations {
            self.check_export(preservation, actor)?;
        }
        self.record_exports(&preservations, input, actor).await?;
        let mut filling = Filling { bag: Bag::new(), sink, files: 0, bytes: 0 };
        let mut originals = 0;
        for preservation in &preservations {
            originals += preservation.originals.len();
            self.put_preservation(preservation, &mut filling).await?;
        }
        let records = self.put_records(&case, input, &mut filling).await?;
        self.finish_bag(&case, input, filling).map(|(files, bytes)| Exported {
            case: case.id.clone(),
            preservations: preservations.len(),
            originals,
            records,
            files,
            bytes,
        })
    }

    fn check_export(&self, preservation: &Preservation, actor: &Actor) -> Result<()> {
        if preservation.state == PreservationState::Ordered {
            let problem = format!("{} is not sealed yet; try again shortly", preservation.id);
            return Err(Error::invalid("case", problem));
        }
        let is_open = preservation.accesses.iter().any(|access| {
            access.by == actor.name() && access.until.is_some_and(|until| until > self.now())
        });
        let is_deleted = preservation.state == PreservationState::Deleted;
        if self.inner.second_person && !is_open && !is_deleted {
            let problem =
                format!("ask for access to {}, and have a second person allow it", preservation.id);
            return Err(Error::invalid("access", problem));
        }
        Ok(())
    }

    async fn record_exports(
        &self,
        preservations: &[Preservation],
        input: &ExportInput<'_>,
        actor: &Actor,
    ) -> Result<()> {
        let now = self.now();
        let mut entries = Vec::new();
        let mut changes = Vec::new();
        for one in preservations {
            let (salt, seen) = self.account_salt(&one.service, &one.account, now).await?;
            changes.extend(seen);
            let AccessInput { purpose, reason } = input.access;
            entries.push(facts::access(one, "exported", *purpose, reason, &salt, actor));
        }
        self.inner.store.commit(changes, entries, now).await?;
        Ok(())
    }

    async fn put_preservation(
        &self,
        preservation: &Preservation,
        filling: &mut Filling<'_>,
    ) -> Result<()> {
        let id = &preservation.id;
        for original in &preservation.originals {
            let bytes = self.original_bytes(preservation, original).await?;
            filling.put(&format!("originals/{id}/{}", original.name), &bytes)?;
            if original.medium.is_some()
                && let Some(copy) = self.read_vault(None, &original.sha256).await?
            {
                filling.put(&format!("copies/{id}/{}", original.name), &copy)?;
            }
        }
        for archive in &preservation.archives {
            let bytes = self.sealed_bytes(id, &archive.name, &archive.sha256).await?;
            filling.put(&format!("captures/{id}/{}", archive.name), &bytes)?;
        }
        let said = to_json("preservation", preservation)? + "\n";
        filling.put(&format!("metadata/{id}/preservation.json"), said.as_bytes())?;
        filling.put(&format!("metadata/{id}/manifest.json"), manifest(preservation)?.as_bytes())?;
        if let Some(stamp) = self.inner.store.time_stamp(id).await? {
            filling.put(&format!("metadata/{id}/manifest.tsr"), &stamp.answer)?;
        }
        Ok(())
    }

    async fn put_records(
        &self,
        case: &Case,
        input: &ExportInput<'_>,
        filling: &mut Filling<'_>,
    ) -> Result<usize> {
        let records = self.inner.store.records_of_case(&case.id).await?;
        // Signed after the record of this export, so that it is proven too.
        let head = self.head_to_publish().await?;
        let note = input.signer.tree_checkpoint(&head);
        for (seq, bytes) in &records {
            filling.put(&format!("records/{seq:012}.record"), bytes)?;
            let proof = self.prove_inclusion(*seq, head.size).await?;
            let (record, note) = (bytes.clone(), note.clone());
            let file = ProofFile { record, index: *seq, proof, note };
            filling.put(&format!("records/{seq:012}.proof"), file.encode().as_bytes())?;
        }
        let chain = input.signer.checkpoint(&self.head().await?, self.now());
        filling.put("records/checkpoint.txt", chain.as_bytes())?;
        filling.put("README.txt", README.as_bytes())?;
        Ok(records.len())
    }

    fn finish_bag(
        &self,
        case: &Case,
        input: &ExportInput<'_>,
        filling: Filling<'_>,
    ) -> Result<(usize, u64)> {
        let Filling { mut bag, sink, files, bytes } = filling;
        let date: String = self.now().to_string().chars().take(10).collect();
        for (label, value) in [
            ("Source-Organization", case.service.as_str()),
            ("External-Identifier", case.id.as_str()),
            ("Bagging-Date", &date),
            ("Bag-Software-Agent", concat!("Seawall ", env!("CARGO_PKG_VERSION"))),
            ("Access-Purpose", input.access.purpose.as_str()),
        ] {
            bag.info(label, value).map_err(unfit)?;
        }
        for (path, bytes) in bag.finish() {
            sink(&path, &bytes).map_err(|error| unwritten(&error))?;
        }
        Ok((files, bytes))
    }
}

/// What lies in every bag, for whoever opens it.
const README: &str = "\
What Seawall preserved of a case, as a bag (RFC 8493).

  data/originals/ID/      what was removed: N.json is the item, N-M.bin its media, to the byte
  data/copies/ID/         the working copies of media, where they are still there
  data/captures/ID/       captured pages that were handed in, as WARC files (ISO 28500), to the byte
  data/metadata/ID/       preservation.json: when, until when, who looked at it; what the WARC
                          files captured, from where and when
                          manifest.json: the originals with digests and capture metadata
                          manifest.tsr: a time stamp of manifest.json (RFC 3161), where there is one
  data/records/           the records of the case, each as it is sealed in the log, named by its
                          number, and a signed checkpoint of the log; beside each a proof
                          that it is in the log (C2SP tlog-proof)

To check it with tools that are not Seawall's:

  sha256sum --check manifest-sha256.txt tagmanifest-sha256.txt
  bagit.py --validate .
  openssl ts -verify -data data/metadata/ID/manifest.json \\
      -in data/metadata/ID/manifest.tsr -CAfile ROOT.pem

With the verifier key of the installation, without its database, also every record against the log:

  seawall log verify . --key KEY
";
