//! Making sandboxes: empty, from the seed, or as a fork of another one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{KnownKey, Sandbox, SandboxError, Sandboxes};
use crate::ids::IdSequence;
use crate::model::access_key::AccessKey;
use crate::model::clock::SandboxClock;
use crate::store::sandboxes::SandboxRow;
use crate::store::states::{self, State};
use crate::store::{Reads, access_keys, checkpoints, sandboxes, seeds};

/// What a new sandbox, or a sandbox after a reset, holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Empty,
    Seed,
    Sandbox(String),
    Checkpoint { sandbox: String, checkpoint: String },
}

/// A sandbox to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSandbox {
    pub name: String,
    /// `None`: the name.
    pub access_key_id: Option<String>,
    /// `None`: a random one.
    pub access_key_secret: Option<String>,
    pub origin: Origin,
    pub ttl_seconds: Option<i64>,
    pub labels: BTreeMap<String, String>,
}

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

impl Sandboxes {
    /// Makes a sandbox and says what to sign with to reach it.
    pub async fn create(&self, new: NewSandbox) -> Result<(Arc<Sandbox>, AccessKey), SandboxError> {
        check_name("Name", &new.name)?;
        let access_key_id = new.access_key_id.unwrap_or_else(|| new.name.clone());
        check_name("AccessKeyId", &access_key_id)?;
        let access_key_secret = new.access_key_secret.unwrap_or_else(|| self.ids.secret());
        check_secret(&access_key_secret)?;
        self.sweep().await?;
        let _reservation = Reservation::new(self, &new.name, &access_key_id)?;
        let key = AccessKey::new(access_key_id, access_key_secret);
        let state = self.filled(&new.origin).await?;

        let now = self.clock.now();
        let mut row = SandboxRow {
            sandbox_id: 0,
            name: new.name,
            creation_time: now,
            last_used_time: now,
            ttl_seconds: new.ttl_seconds,
            labels: new.labels,
        };
        let mut transaction = self.store.write().await?;
        row.sandbox_id = sandboxes::create(&mut transaction, &row, state.state_id).await?;
        access_keys::insert(&mut transaction, row.sandbox_id, &key).await?;
        transaction.commit().await?;
        let sandbox = Arc::new(Sandbox::new(row, state.clock));
        let mut index = self.index();
        index.by_name.insert(sandbox.name().to_owned(), sandbox.clone());
        let known = KnownKey { key: key.clone(), sandbox: sandbox.clone() };
        index.by_key.insert(key.access_key_id.clone(), Arc::new(known));
        drop(index);
        Ok((sandbox, key))
    }

    /// The sandbox of an access key that perhaps nobody has used yet: it gets a fork of the seed under its own name.
    pub async fn by_key_or_create(&self, access_key_id: &str) -> Result<Arc<Sandbox>, SandboxError> {
        // One at a time: of two first requests with the same key, the second finds what the first has made.
        let _creating = self.auto_creating.lock().await;
        if let Some(known) = self.key(access_key_id) {
            return Ok(known.sandbox.clone());
        }
        let new = NewSandbox {
            name: access_key_id.to_owned(),
            access_key_id: None,
            access_key_secret: None,
            origin: Origin::Seed,
            ttl_seconds: None,
            labels: BTreeMap::from([("created-by".to_owned(), "auto-sandbox".to_owned())]),
        };
        Ok(self.create(new).await?.0)
    }

    /// A new state that holds what `origin` says. Nothing points at it yet.
    pub(super) async fn filled(&self, origin: &Origin) -> Result<State, SandboxError> {
        // Whatever is copied must not change or go away meanwhile.
        let source = match origin {
            Origin::Empty | Origin::Seed => None,
            Origin::Sandbox(name) | Origin::Checkpoint { sandbox: name, .. } => Some(self.by_name(name)?),
        };
        let _changing = match &source {
            Some(source) => Some(self.changing(source).await?),
            None => None,
        };
        let sandbox_id = source.as_ref().map_or(0, |source| source.row.sandbox_id);
        self.filled_from(origin, sandbox_id).await
    }

    /// As [`Sandboxes::filled`], for whoever holds the lock of the sandbox that `origin` names.
    pub(super) async fn filled_from(&self, origin: &Origin, sandbox_id: i64) -> Result<State, SandboxError> {
        let mut connection = self.store.read(Reads::Several).await?;
        let original = match origin {
            Origin::Empty => None,
            Origin::Seed => seeds::find(&mut connection).await?.map(|seed| seed.state_id),
            Origin::Sandbox(_) => Some(sandboxes::state_id(&mut connection, sandbox_id).await?),
            Origin::Checkpoint { checkpoint, .. } => {
                let found = checkpoints::find(&mut connection, sandbox_id, checkpoint).await?;
                Some(found.ok_or_else(|| SandboxError::NoSuchCheckpoint(checkpoint.clone()))?.state_id)
            }
        };
        let (ids, clock) = match original {
            None => (IdSequence { seed: self.ids.seed(), next: 1 }, SandboxClock::Real),
            Some(original) => {
                let state = states::get(&mut connection, original).await?;
                (state.ids, state.clock)
            }
        };
        drop(connection);
        let state_id = self.new_state(ids, &clock).await?;
        if let Some(original) = original {
            let copied = states::copy(&self.store, original, state_id).await;
            if let Err(error) = copied {
                self.purge([state_id]);
                return Err(error.into());
            }
        }
        Ok(State { state_id, ids, clock })
    }

    pub(super) async fn new_state(&self, ids: IdSequence, clock: &SandboxClock) -> Result<i64, SandboxError> {
        let mut transaction = self.store.write().await?;
        let state_id = states::create(&mut transaction, ids, clock).await?;
        transaction.commit().await?;
        Ok(state_id)
    }
}

/// Keeps a name and a key id for a sandbox, or a key id alone, while it is being made.
pub(super) struct Reservation<'a> {
    sandboxes: &'a Sandboxes,
    name: Option<String>,
    access_key_id: String,
}

impl<'a> Reservation<'a> {
    /// For a sandbox with its first key.
    fn new(sandboxes: &'a Sandboxes, name: &str, access_key_id: &str) -> Result<Self, SandboxError> {
        let mut index = sandboxes.index();
        if index.by_name.contains_key(name) || index.reserved_names.contains(name) {
            return Err(SandboxError::InUse { field: "Name", value: name.to_owned() });
        }
        index.check_key(access_key_id)?;
        let limit = sandboxes.limits.sandboxes;
        if index.by_name.len() + index.reserved_names.len() >= limit {
            return Err(SandboxError::TooManySandboxes(limit));
        }
        index.reserved_names.insert(name.to_owned());
        index.reserved_keys.insert(access_key_id.to_owned());
        Ok(Self { sandboxes, name: Some(name.to_owned()), access_key_id: access_key_id.to_owned() })
    }

    /// For one more key.
    pub(super) fn of_key(sandboxes: &'a Sandboxes, access_key_id: &str) -> Result<Self, SandboxError> {
        let mut index = sandboxes.index();
        index.check_key(access_key_id)?;
        index.reserved_keys.insert(access_key_id.to_owned());
        Ok(Self { sandboxes, name: None, access_key_id: access_key_id.to_owned() })
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut index = self.sandboxes.index();
        index.reserved_keys.remove(&self.access_key_id);
        if let Some(name) = &self.name {
            index.reserved_names.remove(name);
        }
    }
}
