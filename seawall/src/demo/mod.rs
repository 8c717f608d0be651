//! `seawall demo`: an invented service streams into a real installation.

mod forum;

use crate::cli::{Failure, open};
use crate::exit::Exit;
use crate::serve::{Server, begin_log, stop_signal};
use crate::settings;
use clap::Args;
use connect::{Client, Guard, HostPort};
use engine::{Clock, Engine, NewUser, Origin, Role, Scope, SecondFactor};
use forum::Harbour;
use model::{ServiceId, Timestamp};
use serde_json::json;
use simulate::Forum;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpListener;

/// Items that are there before the stream slows to a pace that a person can watch.
const FIRST_ITEMS: usize = 200;
/// Items of one submission.
const GROUP: usize = 10;

#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Port of the console; 0 takes any free port.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Seed of the invented forum; the same seed gives the same items.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds between two items after the first few hundred.
    #[arg(long, default_value_t = 3.0)]
    pace: f64,
    /// Keep the installation in this folder instead of a temporary one that goes at the end.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
}

/// The people of the demo: login, role, language. Their password is drawn.
const PEOPLE: [(&str, Role, &str); 4] = [
    ("robin", Role::Reviewer, "en"),
    ("salma", Role::Reviewer, "ar"),
    ("noor", Role::Analyst, "en"),
    ("lee", Role::Lead, "en"),
];
/// The world that analysts find among the datasets: small enough to be written in a second.
const WORLD: (u32, u32) = (5, 6_000);

/// Runs the demo until it is told to stop.
///
/// # Errors
/// Where a port is taken or the installation cannot be made.
pub async fn run(arguments: DemoArguments) -> Result<Exit, Failure> {
    let folder = Folder::make(arguments.keep.clone())?;
    let outcome = run_in(&arguments, &folder.path).await;
    folder.end();
    outcome
}

async fn run_in(arguments: &DemoArguments, folder: &Path) -> Result<Exit, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| told(&e))?;
    let hook = listener.local_addr().map_err(|error| told(&error))?;
    let secret = connect::Secret::from_bytes(&random::<32>()?).map_err(|error| told(&error))?;
    let port = free_port(arguments.port).await;
    let path = folder.join("seawall.toml");
    std::fs::write(&path, settings_file(port, &hook.to_string(), &secret.expose()))
        .map_err(|error| told(&error))?;
    let settings = settings::load(Some(&path), |_| None, &[])?;
    begin_log(&settings);
    let engine = open(&settings).await?;
    let people = people(&engine).await?;
    let key = furnish(&engine).await?;
    lay_out_world(folder.join("datasets/harbour-world"), arguments.seed);
    let server = Server::start(engine, settings.clone()).await?;
    let console = format!("http://{}", server.address);
    let harbour = Harbour::new(secret);
    let shown = tokio::spawn(harbour.clone().serve(listener));
    let client = client(&[&server.address.to_string()])?;
    let streamed = tokio::spawn(stream(
        harbour,
        client,
        console.clone(),
        key,
        Pace {
            seed: arguments.seed,
            between: Duration::from_secs_f64(arguments.pace.clamp(0.01, 3_600.0)),
        },
    ));
    tell(&console, &format!("http://{hook}"), &people, &path);
    stop_signal().await;
    streamed.abort();
    shown.abort();
    server.stop().await;
    Ok(Exit::Clean)
}

/// Writes a simulated world beside the datasets and moves it there when it is whole, while the demo
/// goes on.
fn lay_out_world(dataset: PathBuf, seed: u64) {
    tokio::task::spawn_blocking(move || {
        let unfinished = dataset.with_extension("unfinished");
        let written = crate::cli::write_world(seed, WORLD, &unfinished)
            .and_then(|()| std::fs::rename(&unfinished, &dataset).map_err(|e| told(&e)));
        if let Err(failure) = written {
            failure.tell();
        }
    });
}

fn told(error: &dyn std::fmt::Display) -> Failure {
    Failure::plain(format!("demo: {error}"))
}

fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|error| told(&error))?;
    Ok(bytes)
}

/// The wanted port, or any where it is taken.
async fn free_port(wanted: u16) -> u16 {
    if TcpListener::bind(("127.0.0.1", wanted)).await.is_ok() { wanted } else { 0 }
}

/// Where the installation lives, and whether it goes at the end.
struct Folder {
    path: PathBuf,
    stays: Stays,
}

#[derive(PartialEq, Eq)]
enum Stays {
    Kept,
    Temporary,
}

impl Folder {
    fn make(keep: Option<PathBuf>) -> Result<Self, Failure> {
        let (path, stays) = match keep {
            Some(path) => (path, Stays::Kept),
            None => {
                let name = format!("seawall-demo-{}", hex::encode(random::<6>()?));
                (std::env::temp_dir().join(name), Stays::Temporary)
            }
        };
        std::fs::create_dir_all(&path).map_err(|error| told(&error))?;
        if path.join("seawall.toml").exists() {
            let problem = "there is an installation already; name an empty folder";
            return Err(Failure::plain(format!("demo: {}: {problem}", path.display())));
        }
        Ok(Self { path, stays })
    }

    fn end(self) {
        if self.stays == Stays::Temporary
            && let Err(error) = std::fs::remove_dir_all(&self.path)
        {
            eprintln!("seawall: demo: {} stays: {error}", self.path.display());
        }
    }
}

fn settings_file(port: u16, hook: &str, secret: &str) -> String {
    let mut text = format!(
        "# The installation of a demo.\n\
         [server]\nlisten = \"127.0.0.1:{port}\"\nsecure_cookies = false\norigin = \"demo\"\n\
         [outside]\nallow = [\"{hook}\"]\n\
         [log]\nfilter = \"warn\"\n\
         [ladder]\nsteps = [{{ strikes = 2, action = \"warn\" }}, \
         {{ strikes = 4, action = \"suspend\" }}]\nwarning_days = 180\n\
         [webhook.{}]\nurl = \"http://{hook}/hook\"\nsecrets = [\"{secret}\"]\n",
        simulate::SERVICE
    );
    for (name, title, target_minutes) in simulate::QUEUES {
        text.push_str(&format!(
            "[[queue]]\nname = \"{name}\"\ntitle = \"{title}\"\n\
             target_minutes = {target_minutes}\n"
        ));
    }
    text.push_str("[[queue]]\nname = \"review\"\ntitle = \"Notices\"\ntarget_minutes = 240\n");
    for policy in simulate::policies() {
        text.push_str(&format!(
            "[[policy]]\nid = \"{}\"\ntitle = \"{}\"\ntext = \"{}\"\n",
            policy.id, policy.title, policy.text
        ));
    }
    text
}

/// Adds the people, and gives their logins with their password.
async fn people(engine: &Engine) -> Result<Vec<(String, String, Role)>, Failure> {
    let mut people = Vec::new();
    for (login, role, language) in PEOPLE {
        let new = NewUser {
            login: login.to_owned(),
            role,
            password: None,
            second_factor: SecondFactor::None,
            language: language.to_owned(),
        };
        let welcome = engine.add_user(new, &Origin::operator()).await?;
        people.push((welcome.user.login, welcome.password, role));
    }
    Ok(people)
}

/// Imports the banks, promotes the rules, and makes the key that the forum submits with.
async fn furnish(engine: &Engine) -> Result<String, Failure> {
    let origin = Origin::operator();
    let emblem = sandbox::Decoder::in_this_process()
        .measure(&simulate::emblem_png())
        .and_then(|facts| facts.picture)
        .map_err(|missing| told(&missing.reason))?;
    for (bank, text) in simulate::banks_with(&emblem.pdq.hash.to_string()) {
        let file = format!("{bank}.csv");
        let imported = engine.import_bank(&file, &bank, text.as_bytes(), &origin).await?;
        if let Some(problem) = imported.problems.first() {
            return Err(told(problem));
        }
    }
    let text = simulate::rules().to_owned();
    let file = rules::RuleFile { name: "harbour.toml".to_owned(), text };
    engine.promote_rules(&[file], &origin).await?;
    let scopes = [Scope::Submit, Scope::Notice];
    let service = ServiceId::new(simulate::SERVICE).map_err(|error| told(&error))?;
    Ok(engine.add_key("Harbour Forum", &scopes, Some(service), &origin).await?.key)
}

fn client(allow: &[&str]) -> Result<Client, Failure> {
    let mut pairs = Vec::new();
    for text in allow {
        pairs.push(HostPort::parse(text).map_err(|error| told(&error))?);
    }
    Client::new(Guard { allow: pairs }).map_err(|error| told(&error))
}

struct Pace {
    seed: u64,
    between: Duration,
}

/// Plays the forum: items and notices go over HTTP, as those of a real service would.
async fn stream(harbour: Harbour, client: Client, console: String, key: String, pace: Pace) {
    let start = Clock::system().now().plus_seconds(-(FIRST_ITEMS as i64) * 5);
    let mut forum = Forum::new(pace.seed, start);
    let sender = Sender { client, console, key };
    for _ in 0..FIRST_ITEMS / GROUP {
        let items: Vec<_> = (0..GROUP).map(|_| forum.next_item().item).collect();
        harbour.posted(&items);
        sender.post("/v1/items", &json!({ "items": items })).await;
        sender.notice(&mut forum).await;
    }
    loop {
        tokio::time::sleep(pace.between).await;
        let mut item = forum.next_item().item;
        item.created_at = now_or(item.created_at);
        harbour.posted(std::slice::from_ref(&item));
        sender.post("/v1/items", &json!(item)).await;
        sender.notice(&mut forum).await;
    }
}

/// The stream runs slower than the forum's own time; what is posted now is dated now.
fn now_or(_simulated: Timestamp) -> Timestamp {
    Clock::system().now()
}

struct Sender {
    client: Client,
    console: String,
    key: String,
}

impl Sender {
    async fn notice(&self, forum: &mut Forum) {
        let Some(notice) = forum.notices() else { return };
        let body = json!({
            "kind": notice.kind, "service": simulate::SERVICE,
            "subject": { "item": notice.item }, "reason": notice.reason, "good_faith": true,
        });
        self.post("/v1/notices", &body).await;
    }

    async fn post(&self, path: &str, body: &serde_json::Value) {
        let url = format!("{}{path}", self.console);
        let key = format!("Bearer {}", self.key);
        let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
        match self.client.post(&url, &headers, body.to_string().into_bytes()).await {
            Ok(answer) if answer.status < 300 => {}
            Ok(answer) => {
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                tracing::warn!(status = answer.status, text, "the forum was refused");
            }
            Err(error) => tracing::warn!(%error, "the forum could not reach its protector"),
        }
    }
}

fn tell(console: &str, forum: &str, people: &[(String, String, Role)], settings: &Path) {
    println!("ready {console}\n");
    println!("The Harbour Forum, an invented service, is posting to a real installation.\n");
    println!("  console      {console}");
    println!("  the forum    {forum}   (what its visitors see, and the actions that arrive)\n");
    println!("  login      password               role");
    for (login, password, role) in people {
        println!("  {login:<10} {password:<22} {}", role.as_str());
    }
    println!("\nWhat to try:");
    println!("  1. Sign in as robin (English) or salma (Arabic) and press n for the next case.");
    println!("  2. Look at why the rules fired; press b to see a picture that is blurred.");
    println!("  3. Choose with the number keys, give a reason, and press Ctrl+Enter.");
    println!("  4. See the action arrive at the forum; press u on the case to undo it.");
    println!("  5. Sign in as lee for records, banks, rules and deliveries.");
    let binary =
        std::env::current_exe().map_or("seawall".into(), |path| path.display().to_string());
    println!("  6. {binary} --config {} verify\n", settings.display());
    println!("Stop with Ctrl+C.");
}

/// What the demo's settings come to; for tests.
#[cfg(test)]
fn check_settings(text: &str) -> Result<settings::Settings, settings::SettingsError> {
    let folder = std::env::temp_dir().join(format!("seawall-demo-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).ok();
    let path = folder.join("seawall.toml");
    std::fs::write(&path, text).ok();
    let settings = settings::load(Some(&path), |_| None, &[]);
    std::fs::remove_dir_all(&folder).ok();
    settings
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_are_right() {
        let secret = connect::Secret::from_bytes(&[7; 32]).unwrap().expose();
        let settings = check_settings(&settings_file(0, "127.0.0.1:9", &secret)).unwrap();
        assert_eq!(settings.queues.len(), 4);
        assert_eq!(settings.webhooks.len(), 1);
        assert!(!settings.policies.is_empty());
    }

    #[test]
    fn the_rules_are_right() {
        let text = simulate::rules().to_owned();
        let file = rules::RuleFile { name: "harbour.toml".to_owned(), text };
        assert!(rules::compile(&[file], signals::SIGNALS).is_ok());
    }
}
