//! Sessions: what a browser holds in place of the admin token.
//!
//! Everything follows from the token and the time at which the session ends, so nothing is kept, and a session is good after
//! a restart and on every server that has the same token. It cannot be ended before its time but by another token.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::model::time::Time;

/// How long a session lasts, in seconds.
pub const LIFE: i64 = 7 * 24 * 60 * 60;

/// What the key of sessions is derived for, so that it is no key of anything else.
const PURPOSE: &str = "ecs-mock console sessions 1";

/// The key of sessions, which follows from the admin token.
pub struct SessionKey(Vec<u8>);

/// Who sees a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pass {
    /// Without an admin token: whoever is on this machine.
    Open,
    /// A browser with the cookie of a session, which has this value.
    Session(String),
    /// A program that sends the token itself, as no browser does on its own.
    Bearer,
    /// Nobody yet: what stands before the login.
    Stranger,
}

impl SessionKey {
    pub fn of(token: &str) -> Self {
        Self(mac(token.as_bytes(), &[PURPOSE]))
    }

    /// Browsers do not tell the ports of a host apart, so servers with other tokens have cookies of other names.
    pub fn cookie_name(&self) -> String {
        format!("ecs-mock-console-{}", &self.text(&["name"])[..8])
    }

    /// The value of the cookie of a session that ends then.
    pub fn cookie(&self, until: Time) -> String {
        format!("{}.{}", until.0, self.text(&["session", &until.0.to_string()]))
    }

    /// Whether a cookie is that of a session which has not ended.
    pub fn is_session(&self, cookie: &str, now: Time) -> bool {
        let until = cookie.split_once('.').and_then(|(until, _)| until.parse().ok()).map(Time);
        until.is_some_and(|until| is_same(&self.cookie(until), cookie) && now < until)
    }

    /// What the forms carry that a session was shown.
    pub fn form_token(&self, cookie: &str) -> String {
        self.text(&["form", cookie])
    }

    pub fn is_form_token(&self, cookie: &str, given: &str) -> bool {
        is_same(&self.form_token(cookie), given)
    }

    fn text(&self, texts: &[&str]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(mac(&self.0, texts))
    }
}

/// Compares in a time that does not tell how much of it is the same.
fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

fn mac(key: &[u8], texts: &[&str]) -> Vec<u8> {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    for text in texts {
        mac.update(&(text.len() as u64).to_be_bytes());
        mac.update(text.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}
