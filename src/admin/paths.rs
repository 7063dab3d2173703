//! The paths of the control plane, each with the methods that it has.

use std::collections::BTreeMap;

use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, ServiceConfig};
use actix_web::{ResponseError as _, Route};

use super::problem::Problem;

/// Routes by their path.
#[derive(Default)]
pub struct Paths(BTreeMap<String, Vec<(Method, Route)>>);

impl Paths {
    /// Adds what a path does when it is called with this method.
    pub fn add(&mut self, path: impl Into<String>, method: Method, route: Route) -> &mut Self {
        self.0.entry(path.into()).or_default().push((method, route));
        self
    }

    /// Any other method of these paths is answered 405 from here on, with those that there are.
    pub fn register(self, service: &mut ServiceConfig) {
        for (path, routes) in self.0 {
            let methods: Vec<_> = routes.iter().map(|(method, _)| method.as_str().to_owned()).collect();
            let methods = methods.join(", ");
            let mut resource = web::resource(path);
            for (method, route) in routes {
                resource = resource.route(route.method(method));
            }
            let other = web::to(move |method: Method| std::future::ready(not_allowed(&method, &methods)));
            service.service(resource.default_service(other));
        }
    }
}

fn not_allowed(method: &Method, methods: &str) -> actix_web::HttpResponse {
    let detail = format!("the path has {methods}, and not {method}");
    let mut response = Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).error_response();
    if let Ok(methods) = HeaderValue::from_str(methods) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}
