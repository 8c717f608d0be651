//! The DSA Transparency Database: batches of statements, and what its answers mean.
//!
//! A batch is taken whole or not at all. What one statement does wrong is found and set aside, so
//! that it keeps no other waiting. An answer that was lost costs nothing: the next attempt is
//! answered as a duplicate, and a duplicate that the database confirms is a success.

use crate::delivery::retry_after_seconds;
use crate::guard::{Client, ConnectError, header_text};
use model::{Timestamp, limits};
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Where the statements of a service go.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseEndpoint {
    /// The address before the paths of the calls.
    pub url: String,
    /// The token of the platform.
    pub token: String,
}

impl std::fmt::Debug for DatabaseEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabaseEndpoint").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A statement with its id in the database.
#[derive(Debug, Clone, PartialEq)]
pub struct Submitted {
    /// The id.
    pub puid: String,
    /// The fields.
    pub fields: Value,
}

/// What became of one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseAnswer {
    /// The database has it.
    Taken {
        /// Its own id of it, where it told one.
        known_as: Option<String>,
    },
    /// The database refuses it as it is; sending it again changes nothing.
    Refused {
        /// What it says.
        problem: String,
    },
    /// It is not known, or not taken yet: try again.
    Later {
        /// How long the database asks to be left alone, where it does, in seconds.
        wait_seconds: Option<i64>,
        /// What happened.
        problem: String,
    },
}

/// How fast the database may be asked; shared by all who ask with one token.
#[derive(Debug)]
pub struct Pace {
    per_second: usize,
    per_minute: usize,
    /// When the requests of the last minute were made.
    made: Mutex<VecDeque<Instant>>,
}

impl Pace {
    /// A pace of so many requests in any second and any minute; none counts as one.
    #[must_use]
    pub fn new(per_second: u32, per_minute: u32) -> Self {
        let most = |count: u32| usize::try_from(count.max(1)).unwrap_or(usize::MAX);
        let (per_second, per_minute) = (most(per_second), most(per_minute));
        Self { per_second, per_minute, made: Mutex::default() }
    }

    /// Waits until another request may be made, and counts it.
    pub async fn wait(&self) {
        let mut made = self.made.lock().await;
        loop {
            let now = Instant::now();
            match self.free_at(&mut made, now) {
                Some(free) => tokio::time::sleep_until(free).await,
                None => {
                    made.push_back(now);
                    return;
                }
            }
        }
    }

    /// When another request may be made, where that is not now.
    fn free_at(&self, made: &mut VecDeque<Instant>, now: Instant) -> Option<Instant> {
        let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
        while made.front().is_some_and(|first| now.duration_since(*first) >= minute) {
            made.pop_front();
        }
        let before = |most: usize| made.len().checked_sub(most).map(|place| made[place]);
        let of_second = before(self.per_second).map(|at| at + second);
        let of_minute = before(self.per_minute).map(|at| at + minute);
        of_second.max(of_minute).filter(|free| *free > now)
    }
}

/// What the database said to a batch.
enum Batch {
    /// It took all.
    Taken(Value),
    /// It took none: those are the places of statements that it names as wrong, with its words.
    Wrong(Vec<(usize, String)>),
    /// It took none: those are the places of statements that it says it knows already.
    Known(Vec<usize>),
    /// It took none and does not say which is wrong.
    Unnamed(String),
    /// It could not be asked.
    Later(Option<i64>, String),
}

/// Whether the database knows a statement.
enum Existing {
    Yes(Option<String>),
    No,
    Unknown(String),
}

impl Client {
    /// Submits statements, at most a batch, and tells what became of each, in their order.
    ///
    /// Statements that the database names as wrong are refused, and the others sent again without
    /// them; where it names none, the batch is halved until the wrong one stands alone.
    pub async fn submit_statements(
        &self,
        endpoint: &DatabaseEndpoint,
        pace: &Pace,
        statements: &[Submitted],
        now: Timestamp,
    ) -> Vec<DatabaseAnswer> {
        let mut answers: Vec<Option<DatabaseAnswer>> = vec![None; statements.len()];
        let mut waiting: Vec<Vec<usize>> = vec![(0..statements.len()).collect()];
        // Each request answers a statement or halves a batch, so there are fewer than three for
        // each statement; the bound holds whatever the database says.
        let mut left = 3 * statements.len() + 1;
        while let Some(places) = waiting.pop().filter(|places| !places.is_empty()) {
            let batch: Vec<&Submitted> = places.iter().map(|place| &statements[*place]).collect();
            left = left.saturating_sub(1);
            let said = match left {
                0 => Batch::Later(None, "the database gave no answer that helps".to_owned()),
                _ => self.send_batch(endpoint, pace, &batch, now).await,
            };
            match said {
                Batch::Taken(body) => {
                    for place in places {
                        let id = &statements[place].puid;
                        answers[place] = Some(self.taken(endpoint, pace, &body, id).await);
                    }
                }
                Batch::Wrong(named) => {
                    for (index, problem) in &named {
                        let refused = DatabaseAnswer::Refused { problem: problem.clone() };
                        answers[places[*index]] = Some(refused);
                    }
                    waiting.push(unanswered(&places, &answers));
                }
                Batch::Known(named) => {
                    for place in named.iter().map(|index| places[*index]) {
                        let id = &statements[place].puid;
                        answers[place] = Some(self.known(endpoint, pace, id).await);
                    }
                    waiting.push(unanswered(&places, &answers));
                }
                Batch::Unnamed(problem) => match places.as_slice() {
                    [place] => answers[*place] = Some(DatabaseAnswer::Refused { problem }),
                    _ => {
                        let (first, second) = places.split_at(places.len() / 2);
                        waiting.extend([second.to_vec(), first.to_vec()]);
                    }
                },
                Batch::Later(wait_seconds, problem) => {
                    // Whatever keeps this batch from its answer keeps the others from theirs.
                    let later = DatabaseAnswer::Later { wait_seconds, problem };
                    let open = answers.iter_mut().filter(|answer| answer.is_none());
                    open.for_each(|answer| *answer = Some(later.clone()));
                    break;
                }
            }
        }
        answers.into_iter().map(|answer| answer.unwrap_or_else(unasked)).collect()
    }

    async fn send_batch(
        &self,
        endpoint: &DatabaseEndpoint,
        pace: &Pace,
        batch: &[&Submitted],
        now: Timestamp,
    ) -> Batch {
        let fields: Vec<&Value> = batch.iter().map(|statement| &statement.fields).collect();
        let body = json!({ "statements": fields }).to_string();
        let url = format!("{}/statements", endpoint.url.trim_end_matches('/'));
        let token = format!("Bearer {}", endpoint.token);
        let headers = headers(&token);
        pace.wait().await;
        let (host, response) = match self.send_post(&url, &headers, body.into_bytes()).await {
            Ok(sent) => sent,
            Err(error) => return Batch::Later(None, error.to_string()),
        };
        let status = response.status().as_u16();
        let wait = header_text(response.headers(), &RETRY_AFTER);
        let wait = wait.and_then(|text| retry_after_seconds(&text, now));
        let body = self.read_cut(&host, response, limits::DATABASE_ANSWER_BYTES).await;
        let body = match body.map(|bytes| serde_json::from_slice(&bytes)) {
            Ok(Ok(body)) => body,
            // Without its answer it is not known what the database did; the status still tells.
            Ok(Err(_)) | Err(_) => Value::Null,
        };
        understood(&host, status, wait, body, batch)
    }

    /// What a batch that was taken says of one of its statements; where it says nothing, the
    /// database is asked.
    async fn taken(
        &self,
        endpoint: &DatabaseEndpoint,
        pace: &Pace,
        body: &Value,
        puid: &str,
    ) -> DatabaseAnswer {
        let statements = body["statements"].as_array();
        let mut named = statements.into_iter().flatten();
        match named.find(|statement| statement["puid"] == puid) {
            Some(statement) => DatabaseAnswer::Taken { known_as: own_id(statement) },
            None => self.known(endpoint, pace, puid).await,
        }
    }

    /// What became of a statement that the database should know.
    async fn known(&self, endpoint: &DatabaseEndpoint, pace: &Pace, puid: &str) -> DatabaseAnswer {
        match self.existing(endpoint, pace, puid).await {
            Existing::Yes(known_as) => DatabaseAnswer::Taken { known_as },
            // An attempt that is still under way locks the id, which looks like a duplicate.
            Existing::No => DatabaseAnswer::Later {
                wait_seconds: Some(LOCK_SECONDS),
                problem: "the database calls it known and does not find it".to_owned(),
            },
            Existing::Unknown(problem) => {
                DatabaseAnswer::Later { wait_seconds: Some(LOCK_SECONDS), problem }
            }
        }
    }

    /// Asks whether the database knows a statement: it answers 302 with a body where it does, which
    /// is an answer here and not a way to go.
    async fn existing(&self, endpoint: &DatabaseEndpoint, pace: &Pace, puid: &str) -> Existing {
        let base = endpoint.url.trim_end_matches('/');
        let url = format!("{base}/statement/existing-puid/{puid}");
        let token = format!("Bearer {}", endpoint.token);
        pace.wait().await;
        let asked: Result<(u16, Vec<u8>), ConnectError> = async {
            let (host, response) = self.send_get(&url, &headers(&token)).await?;
            let status = response.status().as_u16();
            let limit = limits::DATABASE_ANSWER_BYTES;
            let body = self.read_cut(&host, response, limit).await.unwrap_or_default();
            Ok((status, body))
        }
        .await;
        match asked {
            Ok((200 | 302, body)) => {
                let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
                Existing::Yes(own_id(&body))
            }
            Ok((404, _)) => Existing::No,
            Ok((status, _)) => Existing::Unknown(format!("existing-puid answered {status}")),
            Err(error) => Existing::Unknown(error.to_string()),
        }
    }
}

/// How long the database locks the id of a statement under way, in seconds.
const LOCK_SECONDS: i64 = 30;
/// How long to wait where the token is refused, in seconds: a person has to change it.
const TOKEN_SECONDS: i64 = 600;
/// How long to wait where there were too many requests and no word of when, in seconds.
const BUSY_SECONDS: i64 = 60;

fn headers(token: &str) -> [(&'static str, &str); 3] {
    let json = "application/json";
    [("accept", json), ("content-type", json), ("authorization", token)]
}

fn own_id(statement: &Value) -> Option<String> {
    let id = statement.get("uuid").or_else(|| statement.get("id"))?;
    match id {
        Value::String(text) => Some(text.chars().take(128).collect()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn unanswered(places: &[usize], answers: &[Option<DatabaseAnswer>]) -> Vec<usize> {
    places.iter().copied().filter(|place| answers[*place].is_none()).collect()
}

fn unasked() -> DatabaseAnswer {
    DatabaseAnswer::Later { wait_seconds: None, problem: "it was not asked about".to_owned() }
}

fn understood(
    host: &str,
    status: u16,
    wait: Option<i64>,
    body: Value,
    sent: &[&Submitted],
) -> Batch {
    match status {
        200 | 201 => Batch::Taken(body),
        422 => refused(host, &body, sent),
        413 if sent.len() > 1 => Batch::Unnamed(format!("{host} answered 413")),
        401 | 403 => {
            let told = format!("{host} answered {status}: the token is refused; make a new one");
            Batch::Later(Some(TOKEN_SECONDS), told)
        }
        429 => {
            let told = format!("{host} answered 429: too many requests");
            Batch::Later(Some(wait.unwrap_or(BUSY_SECONDS)), told)
        }
        300..=399 => {
            let told = format!("{host} answered {status}, a redirect: give the final address");
            Batch::Later(Some(TOKEN_SECONDS), told)
        }
        _ => Batch::Later(wait, format!("{host} answered {status}")),
    }
}

/// Reads an answer 422: statements that are wrong by their place, or ids that are known already.
fn refused(host: &str, body: &Value, sent: &[&Submitted]) -> Batch {
    let errors = &body["errors"];
    let known = errors["existing_puids"].as_array().into_iter().flatten();
    let known: Vec<&str> =
        known.chain(body["existing"].get("puid")).filter_map(Value::as_str).collect();
    let is_known = |place: &usize| known.contains(&sent[*place].puid.as_str());
    let places: Vec<usize> = (0..sent.len()).filter(is_known).collect();
    if !places.is_empty() {
        return Batch::Known(places);
    }
    let named = errors.as_object().into_iter().flatten().filter_map(|(name, problems)| {
        let place: usize = name.strip_prefix("statement_")?.parse().ok()?;
        (place < sent.len()).then(|| (place, shortened(problems)))
    });
    let named: Vec<(usize, String)> = named.collect();
    if named.is_empty() {
        return Batch::Unnamed(format!("{host} answered 422: {}", shortened(body)));
    }
    Batch::Wrong(named)
}

/// What the database says, short enough to be kept.
fn shortened(problems: &Value) -> String {
    problems.to_string().chars().take(1_000).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
