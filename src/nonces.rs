//! Which nonces were used, so that none is used twice: in memory, and a moment later in the store.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::model::time::Time;
use crate::store::nonces::{self, Digest};
use crate::store::{self, Reads, Store};

/// How many are remembered at most; beyond that, those that expire first are forgotten. At some forty bytes each this is
/// what half an hour of 500 signed requests a second leaves.
const LIMIT: usize = 1_000_000;

/// How long new ones gather before they are written. The end of the process by `kill -9` loses what has gathered, an
/// orderly end nothing.
const GATHERING: Duration = Duration::from_millis(500);

/// The nonces of all keys.
#[derive(Debug)]
pub struct Nonces {
    used: Mutex<Used>,
    has_unsaved: Notify,
    limit: usize,
}

#[derive(Debug, Default)]
struct Used {
    /// By the minute of their expiration, so that forgetting takes whole sets.
    by_minute: BTreeMap<i64, HashSet<Digest>>,
    count: usize,
    unsaved: Vec<(Time, Digest)>,
}

impl Nonces {
    /// None yet, and room for so many.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { used: Mutex::default(), has_unsaved: Notify::new(), limit }
    }

    /// Those that the store has kept.
    pub async fn open(store: &Store, clock: &Clock) -> Result<Self, store::Error> {
        let kept = nonces::list(&mut store.read(Reads::One).await?, clock.now(), LIMIT).await?;
        let all = Self::new(LIMIT);
        let mut used = all.used();
        for (expiration, digest) in kept {
            used.insert(expiration, digest);
        }
        drop(used);
        Ok(all)
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the key uses this nonce for the first time, which this call makes it. It is remembered until `expiration`,
    /// when the request that carried it is too old anyway.
    pub fn is_first_use(&self, access_key_id: &str, nonce: &str, now: Time, expiration: Time) -> bool {
        let digest = digest(access_key_id, nonce);
        let mut used = self.used();
        used.forget_before(now);
        if used.by_minute.values().any(|digests| digests.contains(&digest)) {
            return false;
        }
        if used.count >= self.limit {
            used.forget_first();
        }
        used.insert(expiration, digest);
        used.unsaved.push((expiration, digest));
        drop(used);
        self.has_unsaved.notify_one();
        true
    }

    /// Goes on writing new ones to the store, a batch at a time.
    pub async fn keep_saving(&self, store: &Store) {
        loop {
            self.has_unsaved.notified().await;
            tokio::time::sleep(GATHERING).await;
            if let Err(error) = self.save(store).await {
                tracing::error!(%error, "nonces could not be written; they are with the next ones");
            }
        }
    }

    /// Writes those that are new since the last time, and deletes what is forgotten. One at a time.
    pub async fn save(&self, store: &Store) -> Result<(), store::Error> {
        let (unsaved, floor) = {
            let used = self.used();
            let floor = used.by_minute.first_key_value().map_or(0, |(minute, _)| minute * 60);
            (used.unsaved.clone(), Time(floor))
        };
        if unsaved.is_empty() {
            return Ok(());
        }
        let mut writer = store.write().await?;
        nonces::delete_before(&mut writer, floor).await?;
        nonces::insert(&mut writer, &unsaved).await?;
        writer.commit().await?;
        // Only now: whoever breaks off before loses nothing.
        self.used().unsaved.drain(..unsaved.len());
        Ok(())
    }
}

impl Used {
    fn insert(&mut self, expiration: Time, digest: Digest) {
        let is_new = self.by_minute.entry(expiration.0.div_euclid(60)).or_default().insert(digest);
        self.count += usize::from(is_new);
    }

    fn forget_before(&mut self, now: Time) {
        while self.by_minute.first_key_value().is_some_and(|(minute, _)| *minute < now.0.div_euclid(60)) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, digests)) = self.by_minute.pop_first() {
            self.count -= digests.len();
        }
    }
}

/// Half of a SHA-256: nobody finds two nonces with the same.
fn digest(access_key_id: &str, nonce: &str) -> Digest {
    let mut hash = Sha256::new();
    hash.update(access_key_id);
    // No id of a key holds it.
    hash.update([0]);
    hash.update(nonce);
    let mut digest = Digest::default();
    digest.copy_from_slice(&hash.finalize()[..16]);
    digest
}
