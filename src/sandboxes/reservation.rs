//! Names and key ids that are being given away.

use std::sync::Arc;

use super::error::SandboxError;
use super::registry::Sandboxes;

/// Keeps a name and a key id for a sandbox, or a key id alone, while it is being made.
#[derive(Debug)]
pub(super) struct Reservation {
    sandboxes: Arc<Sandboxes>,
    name: Option<String>,
    access_key_id: String,
}

impl Reservation {
    /// For a sandbox with its first key.
    pub fn of_sandbox(sandboxes: &Arc<Sandboxes>, name: &str, access_key_id: &str) -> Result<Self, SandboxError> {
        let mut index = sandboxes.index();
        if index.by_name.contains_key(name) || index.reserved_names.contains(name) {
            return Err(SandboxError::InUse { field: "Name", value: name.to_owned() });
        }
        index.check_key(access_key_id)?;
        let limit = sandboxes.options.limits.sandboxes;
        if index.by_name.len() + index.reserved_names.len() >= limit {
            return Err(SandboxError::TooManySandboxes(limit));
        }
        index.reserved_names.insert(name.to_owned());
        index.reserved_keys.insert(access_key_id.to_owned());
        drop(index);
        Ok(Self { sandboxes: sandboxes.clone(), name: Some(name.to_owned()), access_key_id: access_key_id.to_owned() })
    }

    /// For one more key.
    pub fn of_key(sandboxes: &Arc<Sandboxes>, access_key_id: &str) -> Result<Self, SandboxError> {
        let mut index = sandboxes.index();
        index.check_key(access_key_id)?;
        index.reserved_keys.insert(access_key_id.to_owned());
        drop(index);
        Ok(Self { sandboxes: sandboxes.clone(), name: None, access_key_id: access_key_id.to_owned() })
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut index = self.sandboxes.index();
        index.reserved_keys.remove(&self.access_key_id);
        if let Some(name) = &self.name {
            index.reserved_names.remove(name);
        }
    }
}
