//! The parameters that a request may have whatever its action is.
//!
//! The names are those of the API's documentation: [`OF_THE_CALL`] and [`OF_THE_SENDER`] are its common parameters of RPC requests
//! (with SecurityToken, which temporary keys need, and SignatureType, which SDKs add), [`OF_THE_OWNER`] stands in the tables of
//! most actions. They match in any case, as in [`Params`](super::params::Params).

/// Which action of which version is called, and what its answer comes as.
pub const OF_THE_CALL: [&str; 3] = ["Action", "Version", "Format"];

/// Who sends a request and when, with the proof of it. A client that sends the same again signs it anew, so that these differ.
pub const OF_THE_SENDER: [&str; 8] = [
    "AccessKeyId",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureNonce",
    "SignatureType",
    "SignatureVersion",
    "Timestamp",
];

/// On whose behalf an action is called: here, the access key alone tells.
pub const OF_THE_OWNER: [&str; 4] = ["OwnerAccount", "OwnerId", "ResourceOwnerAccount", "ResourceOwnerId"];

/// By which a request that is sent again is known to be the same. Clients send it to actions that do not have it, too.
pub const CLIENT_TOKEN: &str = "ClientToken";

/// All of them.
pub fn all() -> impl Iterator<Item = &'static str> {
    OF_THE_CALL.into_iter().chain(OF_THE_SENDER).chain(OF_THE_OWNER).chain([CLIENT_TOKEN])
}

/// Whether this is one of them all.
#[must_use]
pub fn is_common(name: &str) -> bool {
    is_among(all(), name)
}

/// Whether every request has this, or would have it if its key were a temporary one: what is of the call, and of the sender.
#[must_use]
pub fn is_of_every_request(name: &str) -> bool {
    is_among(OF_THE_CALL, name) || is_of_the_sender(name)
}

/// Whether this is one of [`OF_THE_SENDER`].
#[must_use]
pub fn is_of_the_sender(name: &str) -> bool {
    is_among(OF_THE_SENDER, name)
}

fn is_among(names: impl IntoIterator<Item = &'static str>, name: &str) -> bool {
    names.into_iter().any(|other| other.eq_ignore_ascii_case(name))
}
