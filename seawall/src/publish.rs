//! Publishing the log: a signed checkpoint, shown to the witnesses first.

use crate::cli::Failure;
use crate::looks::Looks;
use crate::records::LogKey;
use crate::settings::{Settings, Witness};
use crate::state::AppState;
use audit::tree::{
    AddCheckpoint, TreeHead, WitnessAnswer, WitnessKey, attach, cosigned, read_tree_head,
};
use connect::Client;
use engine::Engine;
use futures_util::future::join_all;

/// How often a witness is asked again within one publication, after it said how far it is.
const ATTEMPTS: usize = 3;

/// What came of a publication.
#[derive(Debug)]
pub struct Publication {
    /// The tree that is published now.
    pub head: TreeHead,
    /// The witnesses that signed it.
    pub signed: Vec<String>,
    /// The witnesses that did not, and why.
    pub missing: Vec<(String, String)>,
}

/// What publishing needs beside the engine.
pub struct Publisher<'a> {
    engine: &'a Engine,
    key: &'a LogKey,
    outside: &'a Client,
    witnesses: Vec<(&'a Witness, WitnessKey)>,
}

impl<'a> Publisher<'a> {
    /// Takes the witnesses of the settings.
    ///
    /// # Errors
    /// Where a key of theirs is none.
    pub fn new(
        engine: &'a Engine,
        key: &'a LogKey,
        outside: &'a Client,
        settings: &'a Settings,
    ) -> Result<Self, Failure> {
        let witnesses = settings.witnesses.iter().map(|witness| {
            let key = WitnessKey::parse(&witness.key);
            Ok((witness, key.map_err(|error| Failure::plain(format!("witness.key: {error}")))?))
        });
        Ok(Self { engine, key, outside, witnesses: witnesses.collect::<Result<_, Failure>>()? })
    }

    /// Signs the tree as it is now, asks every witness that has not signed it, and publishes what
    /// came together. Witnesses that do not answer keep nothing from being published: they are
    /// asked again the next time.
    ///
    /// # Errors
    /// Where the tree does not continue what was published, or the engine fails.
    pub async fn publish(&self) -> engine::Result<Publication> {
        let head = self.engine.head_to_publish().await?;
        let before = self.engine.published().await?.filter(|it| self.is_ours(&it.note));
        let mut note = match &before {
            Some(published) if published.head == head => published.note.clone(),
            Some(_) | None => self.key.tree_checkpoint(&head),
        };
        let known = before.map(|published| (published.head.size, published.note));
        let signed = self.signed_on(&note);
        let mut asked = Vec::new();
        for (witness, key) in &self.witnesses {
            if !signed.contains(&key.name().to_string()) {
                let old = self.last_signed(known.as_ref(), key);
                asked.push(self.ask(witness, key, &note, head, old));
            }
        }
        let answers = join_all(asked).await;
        let mut missing = Vec::new();
        for (key, answer) in answers {
            let attached = answer.and_then(|lines| {
                attach(&note, &lines, key).map_err(|error| format!("what it signed: {error}"))
            });
            match attached {
                Ok(longer) => note = longer,
                Err(why) => missing.push((key.name().to_string(), why)),
            }
        }
        self.engine.publish(&note).await?;
        Ok(Publication { head, signed: self.signed_on(&note), missing })
    }

    /// Whether a published checkpoint bears the present name: it may have been changed since.
    fn is_ours(&self, note: &str) -> bool {
        read_tree_head(note).is_ok_and(|read| read.origin == *self.key.tree_origin())
    }

    fn signed_on(&self, note: &str) -> Vec<String> {
        let keys: Vec<WitnessKey> = self.witnesses.iter().map(|(_, key)| key.clone()).collect();
        let found = cosigned(note, &keys).unwrap_or_default();
        found.into_iter().map(|cosignature| cosignature.witness.to_string()).collect()
    }

    /// The size of the tree that a witness signed last as far as is known here; it says so itself
    /// where it is another.
    fn last_signed(&self, known: Option<&(u64, String)>, key: &WitnessKey) -> u64 {
        let signed = |note: &str| cosigned(note, std::slice::from_ref(key));
        match known {
            Some((size, note)) if signed(note).is_ok_and(|found| !found.is_empty()) => *size,
            Some(_) | None => 0,
        }
    }

    /// Asks a witness to sign, and names it with its signature lines, or why there are none.
    async fn ask<'k>(
        &self,
        witness: &Witness,
        key: &'k WitnessKey,
        note: &str,
        head: TreeHead,
        old: u64,
    ) -> (&'k WitnessKey, Result<String, String>) {
        (key, self.signature_of(witness, note, head, old).await)
    }

    async fn signature_of(
        &self,
        witness: &Witness,
        note: &str,
        head: TreeHead,
        mut old: u64,
    ) -> Result<String, String> {
        let url = format!("{}/add-checkpoint", witness.url.trim_end_matches('/'));
        for _ in 0..ATTEMPTS {
            let proof = self.engine.prove_consistency(old, head.size).await;
            let proof = proof.map_err(|error| match error {
                engine::Error::NotFound { .. } => format!(
                    "it signed a tree of {old} records, and this log has {}: the log was cut",
                    head.size
                ),
                other => other.to_string(),
            })?;
            let request = AddCheckpoint { old, proof, note: note.to_owned() };
            let headers = [("content-type", "text/plain; charset=utf-8")];
            let answer = self.outside.post(&url, &headers, request.encode().into_bytes()).await;
            let answer = answer.map_err(|error| error.to_string())?;
            match WitnessAnswer::read(old, answer.status, &answer.body) {
                WitnessAnswer::Signed(lines) => return Ok(lines),
                WitnessAnswer::At(size) => old = size,
                WitnessAnswer::Refused(why) => return Err(why.to_string()),
            }
        }
        Err("it changes what it signed last all the time".to_owned())
    }
}

/// The worker that publishes every so often, until it is stopped.
pub async fn run(state: AppState, mut looks: Looks) {
    while looks.next().await {
        publish_and_tell(&state).await;
    }
}

async fn publish_and_tell(state: &AppState) {
    let AppState { engine, log_key, outside, settings, .. } = state;
    let publisher = match Publisher::new(engine, log_key, outside, settings) {
        Ok(publisher) => publisher,
        Err(failure) => {
            failure.tell();
            return;
        }
    };
    match publisher.publish().await {
        Ok(publication) => {
            for (witness, why) in publication.missing {
                tracing::warn!(witness, why, "a witness did not sign the checkpoint of the log");
            }
        }
        Err(error) => tracing::error!(%error, "no checkpoint of the log was published"),
    }
}
