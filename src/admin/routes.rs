//! The one list of what the control plane has: routes, handlers and their descriptions follow from it.

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use serde_json::{Map, Value, json};
use utoipa::openapi::path::HttpMethod;
use utoipa::{OpenApi, PartialSchema, Path, ToSchema};

use super::paths::Paths;
use super::problem::Problem;
use super::{
    access_keys, backup, checkpoints, clock, explain, faults, health, metrics, request_stream, requests, resources,
    sandboxes, schedule, settings, state, verify,
};
use crate::model::document;
use crate::model::kinds::each_kind;
use crate::model::settings::{Settings, SettingsPatch};
use crate::sandboxes::Counts;

macro_rules! routes {
    ($($module:ident::$handler:ident),* $(,)?) => {
        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "ecs-mock control plane",
                description = "Shapes what ecs-mock answers: sandboxes, their keys, states, resources, checkpoints, \
                    settings, clocks, journals and planned faults. Errors are RFC 9457 problem documents.",
            ),
            paths(health::live, health::ready, metrics::get, $($module::$handler),*),
            components(schemas(Problem, Counts, Settings, SettingsPatch))
        )]
        struct Described;

        /// The routes below `/_mock/v1` that are described.
        pub fn configure(service: &mut ServiceConfig) {
            let mut paths = Paths::default();
            $(
                let (path, method) = pastey::paste! { described::<$module::[<__path_ $handler>]>() };
                paths.add(path, method, web::to($module::$handler));
            )*
            each_kind!(of_kinds, paths);
            paths.register(service);
        }
    };
}

macro_rules! of_kinds {
    ([$paths:ident] $($module:ident::$resource:ident),*) => {
        $(resources::configure::<crate::model::$module::$resource>(&mut $paths);)*
    };
}

routes! {
    backup::create,
    sandboxes::create,
    sandboxes::list,
    sandboxes::get,
    sandboxes::delete,
    access_keys::list,
    access_keys::create,
    access_keys::get,
    access_keys::patch,
    access_keys::delete,
    state::export,
    state::replace,
    state::merge,
    state::reset,
    checkpoints::list,
    checkpoints::get,
    checkpoints::save,
    checkpoints::delete,
    checkpoints::restore,
    checkpoints::diff,
    settings::get,
    settings::patch,
    clock::get,
    clock::set,
    clock::advance,
    schedule::get,
    explain::explain,
    requests::list,
    requests::clear,
    request_stream::follow,
    requests::get,
    faults::list,
    faults::create,
    faults::clear,
    faults::get,
    faults::delete,
    verify::verify,
    explain::explain_request,
}

/// The routes below `/_mock` that need no token.
pub fn configure_health(service: &mut ServiceConfig) {
    // A HEAD is answered as a GET; the HTTP layer leaves the body out.
    let mut paths = Paths::default();
    for method in [Method::GET, Method::HEAD] {
        paths.add("/health/live", method.clone(), web::to(health::live));
        paths.add("/health/ready", method, web::to(health::ready));
    }
    paths.register(service);
}

/// The route of `/_mock/metrics`, which has the name that programs look for.
pub fn configure_metrics(service: &mut ServiceConfig) {
    let mut paths = Paths::default();
    paths.add("", Method::GET, web::to(metrics::get));
    paths.register(service);
}

/// Where a handler is found, below `/_mock/v1`.
fn described<P: Path>() -> (String, Method) {
    let path = P::path().trim_start_matches("/_mock/v1").to_owned();
    let method = match P::methods().first() {
        Some(HttpMethod::Post) => Method::POST,
        Some(HttpMethod::Put) => Method::PUT,
        Some(HttpMethod::Patch) => Method::PATCH,
        Some(HttpMethod::Delete) => Method::DELETE,
        _ => Method::GET,
    };
    (path, method)
}

/// The OpenAPI document.
#[must_use]
pub fn document() -> Value {
    let mut document = serde_json::to_value(Described::openapi()).unwrap_or_default();
    let mut paths = Map::new();
    let mut schemas = Map::from_iter([("Document".to_owned(), document::schema())]);
    macro_rules! describe {
        ($($module:ident::$resource:ident),*) => {
            $(
                paths.extend(resources::description::<crate::model::$module::$resource>());
                let mut schema = json!(crate::model::$module::$resource::schema());
                for ignored in crate::model::$module::KIND.ignored {
                    schema["properties"][*ignored] = json!({});
                }
                schemas.insert(crate::model::$module::KIND.word.to_owned(), schema);
                let mut others = Vec::new();
                crate::model::$module::$resource::schemas(&mut others);
                schemas.extend(others.into_iter().map(|(name, schema)| (name, json!(schema))));
            )*
        };
    }
    each_kind!(describe);
    for (place, more) in [("/paths", paths), ("/components/schemas", schemas)] {
        if let Some(Value::Object(there)) = document.pointer_mut(place) {
            there.extend(more);
        }
    }
    document
}
