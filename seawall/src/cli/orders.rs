//! `seawall orders`: the desk of orders from the command line.

use super::{Failure, Place, failed, print_json};
use crate::exit::Exit;
use clap::{Args, Subcommand};
use engine::{Authority, Duty, Engine, OrderAct, OrderInput, Origin};
use model::{AuthorityId, OrderId, ServiceId, Timestamp, UserId};
use review::orders::{OrderKind, OrderStatus, grade};
use serde_json::json;
use std::path::{Path, PathBuf};

#[derive(Debug, Subcommand)]
pub enum OrdersCommand {
    /// Take an order in from a JSON file of its form; prints its id and by when it is due.
    ///
    /// The keys are those of the form: `seawall orders form tco_removal` lists them.
    Take(TakeArguments),
    /// List orders, what is due first, one JSON line each.
    List {
        /// received, executing, executed, impossible, refused, ceased or superseded.
        #[arg(long)]
        status: Option<String>,
    },
    /// Print an order with its letters.
    Show {
        /// The order's id.
        id: String,
    },
    /// Carry an order out.
    Execute {
        /// The order's id.
        id: String,
        /// The login of the person who says so.
        #[arg(long = "as", value_name = "LOGIN")]
        login: String,
    },
    /// Note that the authority was called back and says that the order is its own.
    CallBack {
        /// The order's id.
        id: String,
        /// The login of the person who called.
        #[arg(long = "as", value_name = "LOGIN")]
        login: String,
        /// The authority that was called.
        #[arg(long)]
        authority: String,
        /// Who answered, at which number.
        #[arg(long)]
        note: String,
    },
    /// Note that a later order of the same authority takes the place of an order.
    Supersede {
        /// The earlier order's id.
        id: String,
        /// The login of the person who says so.
        #[arg(long = "as", value_name = "LOGIN")]
        login: String,
        /// The later order's id.
        #[arg(long, value_name = "ORDER")]
        by: String,
    },
    /// Take any other step, as JSON such as `{"act":"refuse","reason":"…"}`.
    Act {
        /// The order's id.
        id: String,
        /// The login of the person who takes it.
        #[arg(long = "as", value_name = "LOGIN")]
        login: String,
        /// The step.
        step: String,
    },
    /// Tell how an order was handled: what took how long, and what went by.
    Grade {
        /// The order's id.
        id: String,
    },
    /// Print the fields of a form: tco_removal, dsa_act or dsa_information.
    Form {
        /// The kind of order.
        kind: String,
    },
    /// Register an authority from a JSON file, or change what is known of it.
    Register {
        /// The file.
        file: PathBuf,
    },
    /// List the authorities that are registered.
    Authorities,
    /// Put somebody on duty.
    Duty {
        /// The login.
        login: String,
        /// From when on, as 2026-01-31T08:00:00Z.
        #[arg(long)]
        from: String,
        /// Until when.
        #[arg(long)]
        until: String,
        /// The address to which warnings go meanwhile.
        #[arg(long)]
        address: Option<String>,
    },
    /// List who is on duty now and later.
    Duties,
}

#[derive(Debug, Args)]
pub struct TakeArguments {
    /// The JSON file of the form.
    file: PathBuf,
    /// tco_removal, dsa_act or dsa_information.
    #[arg(long, default_value = "tco_removal")]
    kind: String,
    /// The service.
    #[arg(long)]
    service: String,
    /// When it was received, where that was before now.
    #[arg(long, value_name = "TIME")]
    received_at: Option<String>,
    /// A drill, which changes nothing at the service.
    #[arg(long)]
    drill: bool,
}

/// Carries a command out.
///
/// # Errors
/// What went wrong.
pub async fn run(command: OrdersCommand, place: &Place) -> Result<Exit, Failure> {
    if let OrdersCommand::Form { kind } = &command {
        return form(kind);
    }
    let engine = place.existing_engine().await?;
    match command {
        OrdersCommand::Take(arguments) => take(&engine, arguments).await?,
        OrdersCommand::List { status } => {
            let status = status.map(|word| {
                let wrong = || Failure::plain(format!("`{word}` is no status of an order"));
                OrderStatus::parse(&word).ok_or_else(wrong)
            });
            for order in engine.orders(status.transpose()?, model::limits::PAGE_ROWS).await? {
                print_json(&order)?;
            }
        }
        OrdersCommand::Show { id } => show(&engine, &id).await?,
        OrdersCommand::Execute { id, login } => {
            act(&engine, &id, &login, OrderAct::Execute).await?;
        }
        OrdersCommand::CallBack { id, login, authority, note } => {
            let authority = AuthorityId::new(authority)
                .map_err(|error| Failure::plain(format!("--authority: {error}")))?;
            act(&engine, &id, &login, OrderAct::CallBack { authority, note }).await?;
        }
        OrdersCommand::Supersede { id, login, by } => {
            act(&engine, &id, &login, OrderAct::Supersede { by: order_id(&by)? }).await?;
        }
        OrdersCommand::Act { id, login, step } => {
            let step: OrderAct = serde_json::from_str(&step)
                .map_err(|error| Failure::plain(format!("the step: {error}")))?;
            act(&engine, &id, &login, step).await?;
        }
        OrdersCommand::Grade { id } => {
            let order = engine.read_order(&order_id(&id)?).await?;
            print_json(&grade(&order, engine.now()))?;
        }
        OrdersCommand::Register { file } => {
            let text = std::fs::read_to_string(&file).map_err(|error| failed(&file, error))?;
            let authority: Authority =
                serde_json::from_str(&text).map_err(|error| failed(&file, error))?;
            engine.register_authority(authority, &Origin::operator()).await?;
        }
        OrdersCommand::Authorities => {
            for authority in engine.authorities().await? {
                print_json(&authority)?;
            }
        }
        OrdersCommand::Duty { login, from, until, address } => {
            let (from, until) = (time("--from", &from)?, time("--until", &until)?);
            let user = user(&engine, &login).await?;
            let duty = Duty { id: String::new(), user, address, from, until };
            let id = engine.take_duty(&duty, &Origin::operator()).await?;
            print_json(&json!({ "id": id }))?;
        }
        OrdersCommand::Duties => {
            for duty in engine.duties().await? {
                print_json(&duty)?;
            }
        }
        OrdersCommand::Form { .. } => {}
    }
    Ok(Exit::Clean)
}

async fn take(engine: &Engine, arguments: TakeArguments) -> Result<(), Failure> {
    let TakeArguments { file, kind, service, received_at, drill } = arguments;
    let service =
        ServiceId::new(service).map_err(|error| Failure::plain(format!("--service: {error}")))?;
    let received_at = received_at.map(|text| time("--received-at", &text)).transpose()?;
    let input = OrderInput {
        kind: order_kind(&kind)?,
        service,
        form: read_form(&file)?,
        received_at,
        is_drill: drill,
    };
    print_json(&engine.order(input, &Origin::operator()).await?)
}

/// A filled form from a JSON file.
pub(super) fn read_form(file: &Path) -> Result<law::form::Filled, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| failed(file, error))?;
    serde_json::from_str(&text).map_err(|error| failed(file, error))
}

async fn show(engine: &Engine, id: &str) -> Result<(), Failure> {
    let view = engine.order_view(&order_id(id)?).await?;
    let letters =
        view.letters.iter().map(|row| json!({ "letter": row.letter, "state": row.state }));
    print_json(&json!({
        "order": view.order, "obstacles": view.order.obstacles(), "due": view.order.due(),
        "letters": letters.collect::<Vec<_>>(),
    }))
}

fn form(kind: &str) -> Result<Exit, Failure> {
    let name = order_kind(kind)?.form();
    let form = law::form::form(name).expect("every kind of order has its form");
    for field in &form.fields {
        print_json(field)?;
    }
    Ok(Exit::Clean)
}

async fn act(engine: &Engine, id: &str, login: &str, act: OrderAct) -> Result<(), Failure> {
    let user = user(engine, login).await?;
    let origin = Origin::user(user.clone());
    let order = engine.act_on_order(&order_id(id)?, act, &user, &origin).await?;
    print_json(&order)
}

pub(super) async fn user(engine: &Engine, login: &str) -> Result<UserId, Failure> {
    let user = engine.user_by_login(login).await?.filter(|user| !user.is_disabled);
    let unknown = || Failure::plain(format!("nobody with the login `{login}` may act"));
    user.map(|user| user.id).ok_or_else(unknown)
}

fn order_id(text: &str) -> Result<OrderId, Failure> {
    OrderId::new(text).map_err(|error| Failure::plain(error.to_string()))
}

fn order_kind(word: &str) -> Result<OrderKind, Failure> {
    let names = OrderKind::ALL.map(OrderKind::as_str).join(", ");
    OrderKind::parse(word)
        .ok_or_else(|| Failure::plain(format!("`{word}` is no kind of order; use {names}")))
}

pub(super) fn time(flag: &str, text: &str) -> Result<Timestamp, Failure> {
    Timestamp::parse(text).map_err(|problem| Failure::plain(format!("{flag}: {problem}")))
}
