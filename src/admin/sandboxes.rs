//! `/_mock/v1/sandboxes`: making, showing and deleting sandboxes.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::body;
use super::problem::Problem;
use crate::app::{App, Startup};
use crate::model::access_key::AccessKey;
use crate::model::time::Time;
use crate::sandboxes::{NewSandbox, Origin, Sandbox};
use crate::store::{self, Reads, snapshots};

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
}

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
    name: String,
    access_key_id: String,
    access_key_secret: String,
}

/// A sandbox.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct SandboxView {
    name: String,
    access_key_ids: Vec<String>,
    creation_time: Time,
    /// When a request last named it.
    last_used_time: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl_seconds: Option<i64>,
    labels: BTreeMap<String, String>,
    snapshot_count: i64,
    tag_count: i64,
    checkpoint_count: i64,
    /// Roughly what its snapshots take, in bytes of the database; checkpoints not counted.
    size_in_bytes: i64,
}

/// All sandboxes, by name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct SandboxList {
    sandboxes: Vec<SandboxView>,
}

/// Makes a sandbox.
#[utoipa::path(post, path = "/_mock/v1/sandboxes", tag = "sandboxes", request_body = CreateSandbox, responses(
    (status = 201, body = Created),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
    (status = 507, description = "The limit is reached", body = Problem, content_type = "application/problem+json")))]
pub async fn create(startup: Data<Startup>, request: HttpRequest, payload: Payload) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let new: CreateSandbox = body::json(&request, payload).await?;
    if new.ttl_seconds.is_some_and(|seconds| !(1..=i64::from(i32::MAX)).contains(&seconds)) {
        return Err(Problem::bad_request("TtlSeconds: expected a number from 1 to 2147483647").about("TtlSeconds"));
    }
    let new = NewSandbox {
        name: new.name,
        access_key_id: new.access_key_id,
        access_key_secret: new.access_key_secret,
        origin: new.from.into(),
        ttl_seconds: new.ttl_seconds,
        labels: new.labels,
    };
    let (sandbox, AccessKey { access_key_id, access_key_secret, .. }) = app.sandboxes.create(new).await?;
    let created = Created { name: sandbox.name().to_owned(), access_key_id, access_key_secret };
    body::respond(StatusCode::CREATED, &created)
}

/// Shows all sandboxes.
#[utoipa::path(get, path = "/_mock/v1/sandboxes", tag = "sandboxes", responses((status = 200, body = SandboxList),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn list(startup: Data<Startup>) -> Result<HttpResponse, Problem> {
    let app = super::ready(&startup)?;
    let mut views = Vec::new();
    for sandbox in app.sandboxes.list() {
        views.push(view(app, &sandbox).await.map_err(crate::sandboxes::SandboxError::from)?);
    }
    body::ok(&SandboxList { sandboxes: views })
}

/// Shows one sandbox.
#[utoipa::path(get, path = "/_mock/v1/sandboxes/{sandbox}", tag = "sandboxes", params(("sandbox" = String, Path,)),
    responses((status = 200, body = SandboxView),
    (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn get(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    let (app, sandbox) = super::in_sandbox(&startup, &name)?;
    body::ok(&view(app, &sandbox).await.map_err(crate::sandboxes::SandboxError::from)?)
}

/// Deletes a sandbox with all that belongs to it.
#[utoipa::path(delete, path = "/_mock/v1/sandboxes/{sandbox}", tag = "sandboxes", params(("sandbox" = String, Path,)),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn delete(startup: Data<Startup>, name: Path<String>) -> Result<HttpResponse, Problem> {
    super::ready(&startup)?.sandboxes.delete(&name).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn view(app: &App, sandbox: &Sandbox) -> Result<SandboxView, store::Error> {
    let mut connection = app.store.read(Reads::Several).await?;
    let id = sandbox.row.sandbox_id;
    let size = snapshots::size(&mut connection, id).await?;
    Ok(SandboxView {
        name: sandbox.name().to_owned(),
        access_key_ids: app.sandboxes.keys_of(sandbox).into_iter().map(|key| key.access_key_id).collect(),
        creation_time: sandbox.row.creation_time,
        last_used_time: sandbox.last_used(),
        ttl_seconds: sandbox.row.ttl_seconds,
        labels: sandbox.row.labels.clone(),
        snapshot_count: size.snapshots,
        tag_count: size.tags,
        checkpoint_count: size.checkpoints,
        size_in_bytes: size.bytes,
    })
}
