//! Outside time stamps: an authority is asked to stamp what is preserved (RFC 3161).

use crate::settings::Settings;
use crate::state::AppState;
use engine::StampRequest;
use evidence::time_stamp::Roots;

/// Stamps that are asked for at one time.
const AT_ONCE: usize = 10;

/// Asks for the stamps that are wanted, where an authority is named. What fails is told and asked
/// for again the next time.
pub async fn ask(state: &AppState) {
    let settings = &state.settings.evidence;
    if settings.time_stamp_url.is_empty() {
        return;
    }
    let policy = Some(settings.time_stamp_policy.as_str()).filter(|policy| !policy.is_empty());
    let (roots, wanted) =
        match (roots(&state.settings), state.engine.unstamped(policy, AT_ONCE).await) {
            (Ok(roots), Ok(wanted)) => (roots, wanted),
            (Err(problem), _) => return tracing::error!(problem, "no time stamps"),
            (_, Err(error)) => return tracing::error!(%error, "no time stamps"),
        };
    for request in wanted {
        if let Err(problem) = stamp(state, &request, &roots).await {
            tracing::error!(preservation = %request.preservation, problem, "no time stamp");
            return;
        }
    }
}

/// Reads the roots that the settings name.
///
/// # Errors
/// In words, where the file cannot be read or holds no certificate.
pub fn roots(settings: &Settings) -> Result<Roots, String> {
    let path = settings.path(&settings.evidence.time_stamp_roots);
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let pem = std::fs::read_to_string(&path).map_err(|error| told(&error))?;
    Roots::parse(&pem).map_err(|error| told(&error))
}

async fn stamp(state: &AppState, asked: &StampRequest, roots: &Roots) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let body = asked.request.to_der().map_err(|error| told(&error))?;
    let headers = [("content-type", "application/timestamp-query")];
    let url = &state.settings.evidence.time_stamp_url;
    let answer = state.outside.post(url, &headers, body).await.map_err(|error| told(&error))?;
    if answer.status != 200 {
        return Err(format!("{url} answered {}", answer.status));
    }
    let kept = state.engine.keep_stamp(asked, &answer.body, roots).await;
    let stamped = kept.map_err(|error| told(&error))?;
    tracing::info!(preservation = %asked.preservation, at = %stamped.at, "stamped");
    Ok(())
}
