//! How a call runs from beginning to end: a read gets its view; a write its transaction, which is committed if the action
//! succeeds and given up if it does not. Repeated and tried calls are the same for all actions.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::action::{Action, ReadCall, Run, Writing};
use super::checks::is_client_token;
use super::faults::{DRY_RUN_OPERATION, Fault, INTERNAL_ERROR, INVALID_PARAMETER, Row};
use super::output::Output;
use crate::model::common_parameters::{CLIENT_TOKEN, is_of_every_request};
use crate::model::fields::is_forbidden_in_xml;
use crate::model::params::Params;
use crate::sandboxes::{Sandbox, Sandboxes, Write};
use crate::store::client_tokens::Answered;

/// Runs an action in a sandbox.
pub async fn run(
    sandboxes: &Arc<Sandboxes>,
    sandbox: &Arc<Sandbox>,
    action: &'static Action,
    params: &Arc<Params>,
    host: &str,
) -> Result<Box<dyn Output>, Fault> {
    match action.run {
        Run::Read(run) | Run::List(run, _) => {
            let view = sandboxes.view(sandbox).await?;
            let output = run(&ReadCall { sandboxes, params, host, view }).await?;
            if is_try(action, params) { Err(Fault::from(&DRY_RUN_OPERATION)) } else { Ok(output) }
        }
        Run::Write(run) => {
            check_writable(params)?;
            let (params, is_try) = (params.clone(), is_try(action, params));
            let written = sandboxes.write(sandbox, move |write| {
                Box::pin(async move {
                    let output = write_once(action, run, &params, write).await?;
                    // A try has all checks made, and its fault gives up what was changed.
                    if is_try { Err(Fault::from(&DRY_RUN_OPERATION)) } else { Ok(output) }
                })
            });
            written.await
        }
    }
}

/// What is written is read again, in replies and exports, and not every character can be.
fn check_writable(params: &Params) -> Result<(), Fault> {
    match params.pairs().iter().find(|(_, value)| value.chars().any(is_forbidden_in_xml)) {
        Some((name, _)) => Err(INVALID_PARAMETER.about(&name.escape_default().to_string())),
        None => Ok(()),
    }
}

/// Whether the request only asks what would be answered. The action itself checks what the parameter says.
pub(super) fn is_try(action: &Action, params: &Params) -> bool {
    action.has_dry_run && params.text("DryRun").is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Runs a write, unless its ClientToken was answered already.
async fn write_once(
    action: &'static Action,
    run: for<'a> fn(&'a Params, &'a mut Write) -> Writing<'a>,
    params: &Params,
    write: &mut Write,
) -> Result<Box<dyn Output>, Fault> {
    let Some((client_token, mismatch)) = client_token(action, params) else { return run(params, write).await };
    let digest = digest(params);
    if let Some(answered) = write.answered(action.name, client_token).await? {
        // The digest is of all parameters, so none of them makes no difference.
        params.read_all();
        if answered.digest != digest {
            return Err(Fault::from(mismatch));
        }
        let reply: Value = serde_json::from_str(&answered.reply).map_err(|error| unreadable(&error))?;
        return Ok(Box::new(reply));
    }
    let output = run(params, write).await?;
    let reply = output.data().map_err(|error| unreadable(&error))?;
    write.keep_answer(action.name, client_token, &Answered { digest, reply }).await?;
    Ok(output)
}

/// The token of a request whose action has one. What is no token is for the action to refuse.
fn client_token<'a>(action: &Action, params: &'a Params) -> Option<(&'a str, &'static Row)> {
    let client_token = params.text(CLIENT_TOKEN).filter(|text| is_client_token(text));
    client_token.zip(action.client_token_mismatch)
}

/// Of names and values as they are read: a name in any case, of two the first, and none without a value. What every request has is
/// left out, since it is not what is asked, and so is the token itself, by which the digest is found.
fn digest(params: &Params) -> String {
    let mut read = BTreeMap::new();
    for (name, value) in params.pairs() {
        if !is_of_every_request(name) && !name.eq_ignore_ascii_case(CLIENT_TOKEN) {
            read.entry(name.to_ascii_lowercase()).or_insert(value);
        }
    }
    read.retain(|_, value| !value.is_empty());
    let mut hash = Sha256::new();
    for text in read.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())
}

fn unreadable(error: &serde_json::Error) -> Fault {
    tracing::error!(%error, "an answer could not be kept or read again");
    Fault::from(&INTERNAL_ERROR)
}
