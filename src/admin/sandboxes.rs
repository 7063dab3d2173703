//! `/_mock/v1/sandboxes`: making, showing and deleting sandboxes.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use super::body::{self, Body};
use super::clock::SetClock;
use super::problem::Problem;
use super::query;
use crate::app::{App, Startup};
use crate::model::access_key::AccessKey;
use crate::model::kinds::KINDS;
use crate::model::params::{Params, Reading};
use crate::model::settings::SettingsPatch;
use crate::model::time::Time;
use crate::sandboxes::{NewSandbox, Origin, Sandbox, SandboxError};
use crate::store::sandboxes::Size;

/// A sandbox to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CreateSandbox {
    /// 1 to 64 letters, digits, dots, underscores and hyphens; not `empty`, `seed` or `now`.
    #[schema(pattern = "^[A-Za-z0-9._-]{1,64}$")]
    name: String,
    /// What requests to it are signed with; the name, if it is left out. It may get more keys later.
    access_key_id: Option<String>,
    /// 1 to 128 visible characters; random ones, if it is left out.
    #[schema(pattern = "^[!-~]{1,128}$")]
    access_key_secret: Option<String>,
    /// What it holds at first; the seed, if it is left out.
    #[serde(default)]
    #[schema(schema_with = from_schema)]
    from: From,
    /// Removed when it has not been used for so long; never, if it is left out.
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    ttl_seconds: Option<i64>,
    /// Anything that its makers want to know it by.
    #[serde(default)]
    labels: BTreeMap<String, String>,
    /// What its clock is set to; that of what it holds, if it is left out.
    clock: Option<SetClock>,
    /// What is changed of the settings of what it holds.
    #[serde(default)]
    settings: SettingsPatch,
    /// What the ids of its resources follow from, so that they are the same each time; chance, if it is left out.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    id_seed: Option<i64>,
}

/// The largest number that every reader of JSON reads as it is written.
const LARGEST_ID_SEED: i64 = (1 << 53) - 1;

/// What a new sandbox holds.
#[derive(Debug, Default)]
enum From {
    Empty,
    #[default]
    Seed,
    Fork(Fork),
}

impl<'de> Deserialize<'de> for From {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;

        impl<'de> Visitor<'de> for Word {
            type Value = From;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("\"empty\", \"seed\", or a map with Sandbox and perhaps Checkpoint")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<From, E> {
                match word {
                    "empty" => Ok(From::Empty),
                    "seed" => Ok(From::Seed),
                    other => Err(E::invalid_value(Unexpected::Str(other), &self)),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<From, A::Error> {
                Fork::deserialize(MapAccessDeserializer::new(map)).map(From::Fork)
            }
        }

        deserializer.deserialize_any(Word)
    }
}

fn from_schema() -> RefOr<Schema> {
    let fork = json!({
        "type": "object",
        "properties": {"Sandbox": {"type": "string"}, "Checkpoint": {"type": ["string", "null"]}},
        "required": ["Sandbox"],
        "additionalProperties": false,
    });
    // Written here and read by a test.
    serde_json::from_value(json!({"oneOf": [{"type": "string", "enum": ["empty", "seed"]}, fork]})).unwrap_or_default()
}

/// Another sandbox, as it is now or as it was at a checkpoint.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Fork {
    sandbox: String,
    checkpoint: Option<String>,
}

impl std::convert::From<From> for Origin {
    fn from(from: From) -> Self {
        match from {
            From::Seed => Self::Seed,
            From::Empty => Self::Empty,
            From::Fork(Fork { sandbox, checkpoint: None }) => Self::Sandbox(sandbox),
            From::Fork(Fork { sandbox, checkpoint: Some(checkpoint) }) => Self::Checkpoint { sandbox, checkpoint },
        }
    }
}

/// A sandbox that was made, with the key that reaches it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Created {
    pub(crate) name: String,
    pub(crate) access_key_id: String,
    pub(crate) access_key_secret: String,
}

/// A sandbox.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct SandboxView {
    pub(crate) name: String,
    pub(crate) access_key_ids: Vec<String>,
    pub(crate) creation_time: Time,
    /// When a request last named it.
    pub(crate) last_used_time: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ttl_seconds: Option<i64>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) snapshot_count: i64,
    /// How many resources of each kind it holds, under the words of documents.
    #[schema(value_type = std::collections::HashMap<String, i64>)]
    pub(crate) counts: Value,
    pub(crate) tag_count: i64,
    pub(crate) checkpoint_count: i64,
    /// Roughly what its resources take, in bytes of the database; checkpoints not counted.
    pub(crate) size_in_bytes: i64,
}

/// All sandboxes, by name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct SandboxList {
    pub(crate) sandboxes: Vec<SandboxView>,
    /// There are more behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// Makes a sandbox.
#[utoipa::path(post, path = "/_mock/v1/sandboxes", tag = "sandboxes", request_body = CreateSandbox, responses(
    (status = 201, body = Created),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 507, description = "The limit is reached", body = Problem, content_type = "application/problem+json")))]
pub async fn create(startup: Data<Startup>, sent: Body) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    body::respond(StatusCode::CREATED, &make(app, sent.json().await?).await?)
}

/// Makes the sandbox that is described.
pub(crate) async fn make(app: &App, new: CreateSandbox) -> Result<Created, Problem> {
    if new.ttl_seconds.is_some_and(|seconds| !(1..=i64::from(i32::MAX)).contains(&seconds)) {
        return Err(Problem::wrong("TtlSeconds", "expected a number from 1 to 2147483647"));
    }
    if new.id_seed.is_some_and(|seed| !(0..=LARGEST_ID_SEED).contains(&seed)) {
        return Err(Problem::wrong("IdSeed", "expected a number from 0 to 9007199254740991"));
    }
    let new = NewSandbox {
        name: new.name,
        access_key_id: new.access_key_id,
        access_key_secret: new.access_key_secret,
        origin: new.from.into(),
        ttl_seconds: new.ttl_seconds,
        labels: new.labels,
        clock: new.clock.map(SetClock::checked).transpose()?,
        settings: new.settings,
        id_seed: new.id_seed,
    };
    let (sandbox, AccessKey { access_key_id, access_key_secret, .. }) = app.sandboxes.create(new).await?;
    Ok(Created { name: sandbox.name().to_owned(), access_key_id, access_key_secret })
}

/// Which of the sandboxes are shown.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "PascalCase")]
#[allow(dead_code, reason = "a description")]
pub struct Pages {
    /// How many at a time: 1 to 1000, and 100 if it is left out.
    #[param(minimum = 1, maximum = 1000)]
    max_results: Option<i32>,
    /// The NextToken of the page before.
    next_token: Option<String>,
}

/// Shows sandboxes, by name, a page at a time.
#[utoipa::path(get, path = "/_mock/v1/sandboxes", tag = "sandboxes", params(Pages),
    responses((status = 200, body = SandboxList),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(startup: Data<Startup>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let params = query::params(&request, &["MaxResults", "NextToken"])?;
    body::ok(&listed(super::ready(&startup)?, &params).await?)
}

/// The page of sandboxes that these parameters ask for.
pub(crate) async fn listed(app: &App, params: &Params) -> Result<SandboxList, Problem> {
    const PAGE: usize = 100;
    let mut reading = Reading::new(params);
    let max_results = reading.integer("MaxResults", 1..=1_000, "a number from 1 to 1000");
    let after = reading.parsed::<After>("NextToken", "the NextToken of an earlier page");
    reading.finish()?;
    let size = max_results.and_then(|size| usize::try_from(size).ok()).unwrap_or(PAGE);
    // One more than the page has tells whether there is another.
    let mut page = app.sandboxes.list(after.as_ref().map(|After(after)| after.as_str()), size + 1);
    let has_more = page.len() > size;
    page.truncate(size);
    let last = page.last().filter(|_| has_more);
    let next_token = last.map(|last| After(last.name().to_owned()).to_string());
    Ok(SandboxList { sandboxes: views(app, &page).await?, next_token })
}

/// A token: the name of the last sandbox of a page.
struct After(String);

impl std::fmt::Display for After {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&BASE64_URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl std::str::FromStr for After {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(drop)?;
        String::from_utf8(bytes).map(Self).map_err(drop)
    }
}

/// Shows one sandbox.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}", tag = "sandboxes", params(("sandbox" = String, Path,)),
    responses((status = 200, body = SandboxView),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    body::ok(&view(app, &sandbox).await?)
}

/// What there is to be told of a sandbox.
pub(crate) async fn view(app: &App, sandbox: &Arc<Sandbox>) -> Result<SandboxView, SandboxError> {
    let view = views(app, std::slice::from_ref(sandbox)).await?.pop();
    view.ok_or_else(|| SandboxError::NoSuchSandbox(sandbox.name().to_owned()))
}

/// Deletes a sandbox with all that belongs to it.
#[utoipa::path(delete, path = "/_mock/v1/sandboxes/{sandbox}", tag = "sandboxes", params(("sandbox" = String, Path,)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn delete(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    super::ready(&startup)?.sandboxes.delete(&name).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Those that nobody has deleted meanwhile.
async fn views(app: &App, page: &[Arc<Sandbox>]) -> Result<Vec<SandboxView>, SandboxError> {
    let mut access_key_ids = app.sandboxes.key_ids_of(page);
    let sizes = app.sandboxes.sizes(page).await?.into_iter();
    let view = |(sandbox, size): (Arc<Sandbox>, Size)| SandboxView {
        name: sandbox.name().to_owned(),
        access_key_ids: access_key_ids.remove(&size.sandbox_id).unwrap_or_default(),
        creation_time: sandbox.row.creation_time,
        last_used_time: sandbox.last_used(),
        ttl_seconds: sandbox.row.ttl_seconds,
        labels: sandbox.row.labels.clone(),
        snapshot_count: size.counts.first().copied().unwrap_or_default(),
        counts: by_kind(&size.counts),
        tag_count: size.tags,
        checkpoint_count: size.checkpoints,
        size_in_bytes: size.bytes(),
    };
    Ok(sizes.map(view).collect())
}

/// Counts of the kinds, in their order, under the words of documents.
pub fn by_kind(counts: &[i64]) -> Value {
    KINDS.iter().zip(counts).map(|(kind, count)| (kind.words.to_owned(), json!(count))).collect()
}
