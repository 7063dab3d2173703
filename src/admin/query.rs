//! Query strings of the control plane: the parameters that a path knows, and no others.

use std::borrow::Cow;

use actix_web::HttpRequest;
use actix_web::web::Query;

use super::problem::Problem;
use crate::model::params::{Params, Reading};

/// The parameters of a request, all of which must be among `known`.
pub fn params(request: &HttpRequest, known: &[&str]) -> Result<Params, Problem> {
    let params = any(request)?;
    check(&params, |name| known.iter().any(|known| known.eq_ignore_ascii_case(name)))?;
    Ok(params)
}

/// Whether the only parameter that a path has is there and true.
pub fn flag(request: &HttpRequest, name: &'static str) -> Result<bool, Problem> {
    let params = params(request, &[name])?;
    let mut reading = Reading::new(&params);
    let flag = reading.boolean(name);
    reading.finish()?;
    Ok(flag.unwrap_or(false))
}

/// The parameters of a request, which [`check_known`] looks at later.
pub fn any(request: &HttpRequest) -> Result<Params, Problem> {
    let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map_err(|error| Problem::bad_request(format!("the query cannot be read: {error}")))?
        .into_inner();
    Ok(Params::new(pairs))
}

/// All parameters must have been asked for. A misspelt filter must not match everything.
pub fn check_known(reading: &Reading<'_>) -> Result<(), Problem> {
    let is_known = |name: &str| reading.asked().iter().any(|(asked, ..)| asked.eq_ignore_ascii_case(name));
    check(reading.params(), is_known)
}

fn check(params: &Params, is_known: impl Fn(&str) -> bool) -> Result<(), Problem> {
    match params.pairs().iter().find(|(name, _)| !is_known(&pattern(name))) {
        None => Ok(()),
        Some((name, _)) => Err(Problem::wrong(name.as_str(), "there is no such parameter here")),
    }
}

/// `Tag.N.Key` for `Tag.3.Key`, and `Ipv6Address.N` for `Ipv6Address.3`.
fn pattern(name: &str) -> Cow<'_, str> {
    let parts: Vec<&str> = name.split('.').collect();
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match parts[..] {
        [family, number, field] if is_number(number) => Cow::Owned(format!("{family}.N.{field}")),
        [family, number] if is_number(number) => Cow::Owned(format!("{family}.N")),
        _ => Cow::Borrowed(name),
    }
}
