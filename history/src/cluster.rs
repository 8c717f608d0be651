//! A scheduler, executors and a client of Ballista within this program.
//!
//! Who reaches a scheduler or an executor can run any plan over any file that it can read: neither
//! knows passwords or keys. They listen on this machine alone, unless the caller says that the
//! network is trusted. Tables, and the folder for what the client asks about, are read by path:
//! they lie on storage that every machine sees under the same path, as the same user.

use crate::Error;
use crate::engine::{Engine, Joins};
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_core::execution_plans::DistributedQueryExec;
use ballista_core::extension::{SessionConfigExt as _, SessionStateExt as _};
use ballista_core::serde::protobuf::CancelJobParams;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::execution::SessionStateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How long the client waits for the scheduler to answer whether it is ready.
const READY_TIMEOUT: Duration = Duration::from_secs(10);
/// Seconds between two looks for executors that are gone.
const LOOK_SECONDS: u64 = 2;
/// Seconds that an executor waits for its scheduler to start.
const CONNECT_SECONDS: u16 = 30;
/// Seconds after which results and what was spilled for them are removed.
const KEPT_SECONDS: u64 = 300;

/// From where a scheduler or executor can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From this machine alone.
    ThisMachine,
    /// From a network whose machines may all read what this process can read.
    TrustedNetwork,
}

impl Reach {
    fn check(self, address: IpAddr) -> Result<(), Error> {
        if address.is_loopback() || self == Self::TrustedNetwork {
            return Ok(());
        }
        let why = "whoever reaches it can read every file that it can read: listen on 127.0.0.1, \
                   or say that the network is trusted";
        Err(Error::Cluster { what: format!("listen on {address}"), why: why.to_owned() })
    }
}

/// How a scheduler runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchedulerOptions {
    /// Where it listens; with port 0 the system chooses one.
    pub listen: SocketAddr,
    /// From where it may be reached.
    pub reach: Reach,
    /// Seconds without a sign of life after which an executor is taken for gone, and its work is
    /// given to others; from 10, because executors give one every 5 seconds.
    pub gone_after_seconds: u64,
}

/// How an executor runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutorOptions {
    /// The address of the scheduler.
    pub scheduler: SocketAddr,
    /// Where others fetch its results; with port 0 the system chooses one.
    pub listen: SocketAddr,
    /// From where it may be reached.
    pub reach: Reach,
    /// The folder for what it spills and passes on. It belongs to this executor.
    pub work: PathBuf,
    /// How many tasks it works on at once.
    pub threads: usize,
    /// Bytes of memory, shared by its tasks.
    pub memory_bytes: u64,
}

fn failed(what: impl Into<String>) -> impl FnOnce(BallistaError) -> Error {
    let what = what.into();
    move |error| Error::Cluster { what, why: error.to_string() }
}

/// Runs a scheduler for as long as the future is polled. `started` hears where it listens.
///
/// # Errors
/// Where it may not or cannot listen there, or stops.
pub async fn run_scheduler(
    options: &SchedulerOptions,
    started: impl FnOnce(SocketAddr),
) -> Result<(), Error> {
    options.reach.check(options.listen.ip())?;
    let what = format!("listen on {}", options.listen);
    let refused = |e: std::io::Error| Error::Cluster { what: what.clone(), why: e.to_string() };
    let listener = TcpListener::bind(options.listen).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let gone_after = options.gone_after_seconds.max(10);
    let config = Arc::new(SchedulerConfig {
        external_host: address.ip().to_string(),
        bind_host: address.ip().to_string(),
        bind_port: address.port(),
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: gone_after,
        expire_dead_executor_interval_seconds: LOOK_SECONDS,
        no_executors_grace_period_seconds: gone_after,
        finished_job_data_clean_up_interval_seconds: KEPT_SECONDS,
        finished_job_state_clean_up_interval_seconds: KEPT_SECONDS,
        ..SchedulerConfig::default()
    });
    config.validate().map_err(failed("start the scheduler"))?;
    let cluster = BallistaCluster::new_from_config(&config).await;
    let cluster = cluster.map_err(failed("start the scheduler"))?;
    let server = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, config).await;
    let server = server.map_err(failed("start the scheduler"))?;
    started(address);
    let run = start_grpc_service_with_listener(listener, server).await;
    run.map_err(failed("run the scheduler"))
}

/// Runs an executor until the process is told to end, which it then does in order: it tells the
/// scheduler and finishes its tasks. `started` hears where it is about to listen.
///
/// # Errors
/// Where it may not or cannot listen there, does not reach the scheduler within half a minute, or
/// stops.
pub async fn run_executor(
    options: &ExecutorOptions,
    started: impl FnOnce(SocketAddr),
) -> Result<(), Error> {
    options.reach.check(options.listen.ip())?;
    let work = &options.work;
    std::fs::create_dir_all(work).map_err(|e| Error::file("make", work, e))?;
    let listen = free(options.listen).await?;
    // Without it executors lack the functions on lists.
    let functions = SessionStateBuilder::new_with_default_features().build();
    let config = ExecutorProcessConfig {
        bind_host: listen.ip().to_string(),
        external_host: Some(listen.ip().to_string()),
        port: listen.port(),
        scheduler_host: options.scheduler.ip().to_string(),
        scheduler_port: options.scheduler.port(),
        scheduler_connect_timeout_seconds: CONNECT_SECONDS,
        vcores: options.threads.max(1),
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(work.to_string_lossy().into_owned()),
        job_data_ttl_seconds: KEPT_SECONDS * 12,
        job_data_clean_up_interval_seconds: KEPT_SECONDS,
        override_function_registry: Some(Arc::new((&functions).into())),
        memory_pool_size: Some(options.memory_bytes.max(1)),
        ..ExecutorProcessConfig::default()
    };
    started(listen);
    let run = start_executor_process(Arc::new(config)).await;
    run.map_err(failed(format!("run an executor of {}", options.scheduler)))
}

/// The address with a free port, where none is given: an executor must name its port before it
/// listens.
async fn free(listen: SocketAddr) -> Result<SocketAddr, Error> {
    let what = format!("listen on {listen}");
    let refused = |e: std::io::Error| Error::Cluster { what: what.clone(), why: e.to_string() };
    let listener = TcpListener::bind(listen).await.map_err(refused)?;
    listener.local_addr().map_err(refused)
}

/// A client of a cluster.
#[derive(Debug)]
pub struct Cluster {
    scheduler: SocketAddr,
    partitions: usize,
    scratch: PathBuf,
}

/// A job on the cluster. Dropped before it is done, it is cancelled there.
#[derive(Debug)]
pub(crate) struct Job {
    scheduler: SocketAddr,
    /// None once it is done.
    plan: Option<Arc<dyn ExecutionPlan>>,
}

impl Engine {
    /// Connects to a cluster.
    ///
    /// Work is cut into so many `partitions`: about two for each thread of all executors. `scratch`
    /// is a folder that every machine sees under the same path.
    ///
    /// # Errors
    /// Where the scheduler does not answer, has no executor yet, or the folder cannot be made.
    pub async fn cluster(
        scheduler: SocketAddr,
        partitions: usize,
        scratch: &Path,
    ) -> Result<Self, Error> {
        let what = format!("ask the scheduler at {scheduler} whether it is ready");
        let answer = tokio::time::timeout(READY_TIMEOUT, ready(scheduler)).await;
        let why = match answer {
            Ok(Ok(answer)) if answer.starts_with("HTTP/1.1 200") => None,
            Ok(Ok(answer)) if answer.contains("not ready") => {
                Some("it has no executor: start one".to_owned())
            }
            Ok(Ok(_)) => Some("what answers there is no scheduler".to_owned()),
            Ok(Err(error)) => Some(format!("{error}; start it with `seawall cluster scheduler`")),
            Err(_) => Some(format!("no answer within {} s", READY_TIMEOUT.as_secs())),
        };
        if let Some(why) = why {
            return Err(Error::Cluster { what, why });
        }
        std::fs::create_dir_all(scratch).map_err(|e| Error::file("make", scratch, e))?;
        let scratch = scratch.canonicalize().map_err(|e| Error::file("find", scratch, e))?;
        Ok(Self::Cluster(Cluster { scheduler, partitions: partitions.max(1), scratch }))
    }
}

/// What the scheduler says of itself.
async fn ready(scheduler: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(scheduler).await?;
    let ask = format!("GET /readyz HTTP/1.1\r\nHost: {scheduler}\r\nConnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(4_096).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

impl Cluster {
    pub(crate) fn context(&self, joins: Joins) -> Result<SessionContext, Error> {
        let config = SessionConfig::new_with_ballista()
            .with_target_partitions(self.partitions)
            .set_bool("datafusion.optimizer.prefer_hash_join", joins == Joins::Hash);
        let state = SessionStateBuilder::new_with_default_features().with_config(config).build();
        let url = format!("http://{}", self.scheduler);
        let state = state.upgrade_for_ballista(url);
        let state = state.map_err(|e| Error::Asked(format!("cannot plan for a cluster: {e}")))?;
        Ok(SessionContext::new_with_state(state))
    }

    pub(crate) fn scratch(&self) -> &Path {
        &self.scratch
    }

    pub(crate) fn job(&self, plan: Arc<dyn ExecutionPlan>) -> Job {
        Job { scheduler: self.scheduler, plan: Some(plan) }
    }
}

impl Job {
    pub(crate) fn done(mut self) {
        self.plan = None;
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let Some(plan) = self.plan.take() else { return };
        let job = plan.downcast_ref::<DistributedQueryExec<LogicalPlanNode>>();
        let Some(id) = job.and_then(DistributedQueryExec::job_id) else { return };
        let url = format!("http://{}", self.scheduler);
        // Nobody waits for the answer; where it does not arrive, the job ends by itself.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Ok(mut scheduler) = SchedulerGrpcClient::connect(url).await {
                    let job = CancelJobParams { job_id: id.to_string() };
                    let _ = scheduler.cancel_job(job).await;
                }
            });
        }
    }
}
