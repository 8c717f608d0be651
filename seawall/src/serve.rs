//! `seawall serve`: API, console and workers in one process, and how they end.

use crate::api::{self, Rates};
use crate::cli::{Failure, open};
use crate::console;
use crate::deliver;
use crate::exit::Exit;
use crate::linger::linger;
use crate::looks::Looks;
use crate::post;
use crate::public;
use crate::publish;
use crate::records::LogKey;
use crate::settings::{LogFormat, Settings};
use crate::stamps;
use crate::state::AppState;
use crate::statements;
use connect::{Client, Guard, HostPort};
use engine::Engine;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tower_http::trace::TraceLayer;
use tracing_subscriber::EnvFilter;

/// How often changed banks and rules are looked for, also those that another process changed.
const REFRESH: Duration = Duration::from_millis(500);
/// How often studies that wait are looked for.
const LOOK: Duration = Duration::from_secs(1);
/// How often what is preserved is sealed, stamped, and deleted when its time is over.
const CARE: Duration = Duration::from_secs(5);
/// Files from before that are sealed at one time.
const SEALED_AT_ONCE: usize = 50;
/// How often what is over is forgotten.
const FORGET: Duration = Duration::from_secs(600);
/// How long open requests may take to end after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);
/// Media that are fetched at once, over all requests.
const FETCHES: usize = 16;
/// How long a body may pause on its way.
const BODY_PAUSE: Duration = Duration::from_secs(30);

/// Serves until it is told to stop.
///
/// # Errors
/// Where the installation cannot be opened or the address is taken.
pub async fn run(settings: Settings) -> Result<Exit, Failure> {
    begin_log(&settings);
    let engine = open(&settings).await?;
    let server = Server::start(engine, settings).await?;
    println!("ready http://{}", server.address);
    stop_signal().await;
    tracing::info!("stopping: no new requests; open ones have {} s", GRACE.as_secs());
    server.stop().await;
    Ok(Exit::Clean)
}

/// Starts logging to standard error; where it runs already it goes on as it is.
pub fn begin_log(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log.filter).unwrap_or_else(|error| {
        eprintln!("seawall: log.filter: {error}; using `info`");
        EnvFilter::new("info")
    });
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let begun = match settings.log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    drop(begun);
}

/// A running server.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Server {
    /// Starts listening and the workers.
    ///
    /// # Errors
    /// Where the address is unfit or taken, or the key file cannot be made.
    pub async fn start(engine: Engine, settings: Settings) -> Result<Self, Failure> {
        let listen = settings.server.listen.clone();
        let told = |error: &dyn std::fmt::Display| {
            Failure::plain(format!("server.listen: {listen}: {error}"))
        };
        let listener = TcpListener::bind(&listen).await.map_err(|error| told(&error))?;
        let address = listener.local_addr().map_err(|error| told(&error))?;
        tell_confinement(&engine)?;
        tell_keys(&engine);
        let state = state(engine, settings)?;
        let (stop, stopped) = watch::channel(false);
        let mut tasks = deliver::start(&state, &stopped)?;
        tasks.extend(post::start(&state, &stopped)?);
        tasks.extend(statements::start(&state, &stopped));
        tasks.push(tokio::spawn(keep_fresh(state.clone(), stopped.clone())));
        tasks.push(tokio::spawn(keep_evidence(state.clone(), Looks::new(CARE, &stopped))));
        if state.settings.studies.run {
            // A study that runs when the server stops is left as it is: it goes on from its last
            // finished part when a server takes it up again.
            tokio::spawn(run_studies(state.clone(), Looks::new(LOOK, &stopped)));
        }
        if state.settings.transparency.publish_seconds > 0 {
            let every = Duration::from_secs(state.settings.transparency.publish_seconds);
            let looks = Looks::new(every, &stopped);
            tasks.push(tokio::spawn(publish::run(state.clone(), looks)));
        }
        let router = api::router()
            .merge(console::router())
            .merge(public::router(&state))
            .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
            .layer(TraceLayer::new_for_http())
            .layer(axum::middleware::from_fn(linger))
            .with_state(state);
        tasks.push(tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            let served = axum::serve(listener, service).with_graceful_shutdown(until(stopped));
            if let Err(error) = served.await {
                tracing::error!(%error, "the server ended");
            }
        }));
        Ok(Self { address, stop, tasks })
    }

    /// Stops: no new requests, open ones end, workers finish what they are at.
    pub async fn stop(self) {
        // The receivers are gone only where the tasks have ended already.
        let _ = self.stop.send(true);
        for task in self.tasks {
            if tokio::time::timeout(GRACE, task).await.is_err() {
                tracing::warn!("something took too long to end and was cut off");
            }
        }
    }
}

/// Starts a worker for media, and warns where this kernel does not hold it as it should.
fn tell_confinement(engine: &Engine) -> Result<(), Failure> {
    let held = engine.start_decoder().map_err(|missing| Failure::plain(missing.reason))?;
    match held {
        Some(held) if !held.is_full() => tracing::warn!(
            ?held,
            "media are decoded in workers that this kernel does not confine fully: run Seawall on \
             Linux 6.12 or later with Landlock and seccomp, or where nothing else is within reach"
        ),
        Some(_) | None => {}
    }
    Ok(())
}

/// Warns where whoever copies the evidence copies its keys.
fn tell_keys(engine: &Engine) {
    if let Some((evidence, keys)) = engine.keys_beside_evidence() {
        tracing::warn!(
            evidence = %evidence.display(), keys = %keys.display(),
            "the keys of evidence lie with it: name a folder on another disk as `evidence.keys`"
        );
    }
}

/// The client that reaches what is outside, with what the settings allow beside it.
///
/// # Errors
/// Where the settings name something else than a host and a port.
pub fn outside(settings: &Settings) -> Result<Client, Failure> {
    let mut allow = Vec::new();
    for text in &settings.outside.allow {
        let pair = HostPort::parse(text)
            .map_err(|error| Failure::plain(format!("outside.allow: `{text}`: {error}")))?;
        allow.push(pair);
    }
    Client::new(Guard { allow }).map_err(|error| Failure::plain(error.to_string()))
}

fn state(engine: Engine, settings: Settings) -> Result<AppState, Failure> {
    Ok(AppState {
        engine,
        outside: Arc::new(outside(&settings)?),
        fetches: Arc::new(tokio::sync::Semaphore::new(FETCHES)),
        log_key: Arc::new(LogKey::open(&settings).map_err(Failure::Plain)?),
        visits: Arc::new(public::Visits::new(settings.server.posts_per_minute)),
        settings: Arc::new(settings),
        metrics: api::metrics_handle().map_err(Failure::Plain)?,
        rates: Arc::new(Rates::new()),
    })
}

/// Looks for changed banks and rules, and forgets what is over.
async fn keep_fresh(state: AppState, mut stopped: watch::Receiver<bool>) {
    let mut refresh = tokio::time::interval(REFRESH);
    let mut forget = tokio::time::interval(FORGET);
    refresh.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = refresh.tick() => {
                if let Err(error) = state.engine.refresh().await {
                    tracing::error!(%error, "banks and rules could not be loaded again");
                }
            }
            _ = forget.tick() => {
                state.rates.forget();
                state.visits.forget();
                state.metrics.run_upkeep();
                if let Err(error) = state.engine.forget().await {
                    tracing::error!(%error, "what is over could not be forgotten");
                }
                if let Err(error) = state.engine.erase_expired_studies().await {
                    tracing::error!(%error, "studies whose time is over could not be erased");
                }
            }
        }
    }
}

/// Cares for evidence: what was ordered is sealed, what is due is deleted, and so on.
async fn keep_evidence(state: AppState, mut looks: Looks) {
    while looks.next().await {
        let engine = &state.engine;
        tell_care("sealed", engine.seal_ordered().await);
        tell_care("deleted", engine.delete_due().await);
        tell_care("sealed anew", engine.seal_plain_evidence(SEALED_AT_ONCE).await);
        tell_care("swept", engine.sweep_evidence().await);
        stamps::ask(&state).await;
    }
}

fn tell_care(what: &'static str, done: engine::Result<usize>) {
    match done {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, what, "evidence"),
        Err(error) => tracing::error!(%error, what, "evidence could not be cared for"),
    }
}

/// Runs studies, one after the other.
async fn run_studies(state: AppState, mut looks: Looks) {
    while looks.next().await {
        if let Err(error) = state.engine.work_on_study().await {
            tracing::error!(%error, "studies could not be run");
        }
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a reason to stop as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Waits for the signal to stop: Ctrl-C or SIGTERM.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
