//! What sandboxes, keys and checkpoints may be called.

use super::error::SandboxError;

/// Names that mean something else where a name stands, in a document or in a path.
const RESERVED: [&str; 5] = ["empty", "seed", "now", ".", ".."];

/// `[A-Za-z0-9._-]{1,64}`, and not reserved.
pub(super) fn check_name(field: &'static str, name: &str) -> Result<(), SandboxError> {
    let is_permitted = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let reason = match name {
        _ if RESERVED.contains(&name) => "reserved",
        _ if (1..=64).contains(&name.len()) && name.bytes().all(is_permitted) => return Ok(()),
        _ => "not 1 to 64 letters, digits, dots, underscores and hyphens",
    };
    Err(SandboxError::InvalidName { field, value: name.to_owned(), reason })
}

/// 1 to 128 visible characters. What it is is not repeated.
pub(super) fn check_secret(secret: &str) -> Result<(), SandboxError> {
    if (1..=128).contains(&secret.len()) && secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(SandboxError::InvalidSecret { field: "AccessKeySecret", reason: "not 1 to 128 visible characters" })
}
