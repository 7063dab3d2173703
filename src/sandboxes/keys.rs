//! The access keys of sandboxes: finding, adding, changing and removing them.

use std::collections::HashMap;
use std::sync::Arc;

use super::error::SandboxError;
use super::names::{check_name, check_secret};
use super::registry::Sandboxes;
use super::reservation::Reservation;
use super::sandbox::{KnownKey, Sandbox};
use crate::model::access_key::{AccessKey, SecurityToken};
use crate::store::access_keys;
use crate::store::sandboxes::DEFAULT;

/// Characters of a security token at most: it must fit into a header.
const TOKEN_LENGTH: usize = 4_096;

impl Sandboxes {
    /// The key of this id, whose sandbox counts as used.
    #[must_use]
    pub fn key(&self, access_key_id: &str) -> Option<Arc<KnownKey>> {
        let known = self.index().by_key.get(access_key_id).cloned()?;
        self.used(Some(known.sandbox.clone()))?;
        Some(known)
    }

    /// The key of a sandbox, by its id.
    pub fn key_of(&self, sandbox: &Arc<Sandbox>, access_key_id: &str) -> Result<Arc<KnownKey>, SandboxError> {
        let known = self.index().by_key.get(access_key_id).cloned();
        let known = known.filter(|known| Arc::ptr_eq(&known.sandbox, sandbox));
        known.ok_or_else(|| SandboxError::NoSuchKey(access_key_id.to_owned()))
    }

    /// The ids of the keys of each of some sandboxes, in order, by the id of the sandbox.
    #[must_use]
    pub fn key_ids_of(&self, some: &[Arc<Sandbox>]) -> HashMap<i64, Vec<String>> {
        let mut ids: HashMap<i64, Vec<String>> = some.iter().map(|one| (one.row.sandbox_id, Vec::new())).collect();
        for (access_key_id, known) in &self.index().by_key {
            if let Some(ids) = ids.get_mut(&known.sandbox.row.sandbox_id) {
                ids.push(access_key_id.clone());
            }
        }
        for ids in ids.values_mut() {
            ids.sort();
        }
        ids
    }

    /// The keys of a sandbox, by their ids.
    #[must_use]
    pub fn keys_of(&self, sandbox: &Arc<Sandbox>) -> Vec<AccessKey> {
        let index = self.index();
        let known = index.by_key.values().filter(|known| Arc::ptr_eq(&known.sandbox, sandbox));
        let mut keys: Vec<AccessKey> = known.map(|known| known.key.clone()).collect();
        drop(index);
        keys.sort_by(|left, right| left.access_key_id.cmp(&right.access_key_id));
        keys
    }

    /// Whether some key, of whatever sandbox, has this security token.
    #[must_use]
    pub fn knows_token(&self, text: &str) -> bool {
        let index = self.index();
        index.by_key.values().any(|known| known.key.security_token.as_ref().is_some_and(|token| token.text == text))
    }

    /// Id and secret of a key that nobody chose, the id as the service makes them.
    #[must_use]
    pub fn random_key(&self) -> (String, String) {
        (format!("LTAI{}", &self.ids.secret()[..20]), self.ids.secret())
    }

    /// Gives a sandbox one more key.
    pub async fn add_key(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        key: AccessKey,
    ) -> Result<Arc<KnownKey>, SandboxError> {
        check(&key)?;
        let changing = self.changing(sandbox).await?;
        let reservation = Reservation::of_key(self, &key.access_key_id)?;
        let all = self.clone();
        self.changes
            .run(async move {
                let mut writer = all.store.write().await?;
                access_keys::insert(&mut writer, changing.sandbox().row.sandbox_id, &key).await?;
                writer.commit().await?;
                let known = all.known(key, changing.sandbox());
                drop(reservation);
                Ok(known)
            })
            .await
    }

    /// Makes of a key what `change` makes of it; its id stays.
    pub async fn change_key<E: From<SandboxError>>(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        access_key_id: &str,
        change: impl FnOnce(&AccessKey) -> Result<AccessKey, E>,
    ) -> Result<Arc<KnownKey>, E> {
        let changing = self.changing(sandbox).await?;
        let known = self.key_of(sandbox, access_key_id)?;
        let key = AccessKey { access_key_id: access_key_id.to_owned(), ..change(&known.key)? };
        check(&key)?;
        let all = self.clone();
        let changed = self.changes.run(async move {
            let mut writer = all.store.write().await?;
            access_keys::update(&mut writer, &key).await?;
            writer.commit().await?;
            Ok::<_, SandboxError>(all.known(key, changing.sandbox()))
        });
        Ok(changed.await?)
    }

    fn known(&self, key: AccessKey, sandbox: &Arc<Sandbox>) -> Arc<KnownKey> {
        let known = Arc::new(KnownKey { key, sandbox: sandbox.clone() });
        self.index().by_key.insert(known.key.access_key_id.clone(), known.clone());
        known
    }

    /// Makes sure that the sandbox `default` has this key, with this secret.
    pub async fn set_default_key(self: &Arc<Self>, key: AccessKey) -> Result<(), SandboxError> {
        let sandbox = self.by_name(DEFAULT)?;
        let AccessKey { access_key_id, access_key_secret, .. } = &key;
        match self.key_of(&sandbox, access_key_id) {
            Ok(known) if known.key.access_key_secret == *access_key_secret => Ok(()),
            Ok(_) => {
                let access_key_secret = access_key_secret.clone();
                let change = |key: &AccessKey| Ok::<_, SandboxError>(AccessKey { access_key_secret, ..key.clone() });
                self.change_key(&sandbox, access_key_id, change).await.map(drop)
            }
            Err(_) => self.add_key(&sandbox, key).await.map(drop),
        }
    }

    /// Takes a key away.
    pub async fn delete_key(self: &Arc<Self>, sandbox: &Arc<Sandbox>, access_key_id: &str) -> Result<(), SandboxError> {
        let changing = self.changing(sandbox).await?;
        self.key_of(sandbox, access_key_id)?;
        let (all, access_key_id) = (self.clone(), access_key_id.to_owned());
        self.changes
            .run(async move {
                let _changing = changing;
                let mut writer = all.store.write().await?;
                access_keys::delete(&mut writer, &access_key_id).await?;
                writer.commit().await?;
                all.index().by_key.remove(&access_key_id);
                Ok(())
            })
            .await
    }
}

fn check(key: &AccessKey) -> Result<(), SandboxError> {
    check_name("AccessKeyId", &key.access_key_id)?;
    check_secret(&key.access_key_secret)?;
    if let Some(SecurityToken { text, .. }) = &key.security_token
        && !((1..=TOKEN_LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()))
    {
        // Not repeated: it is a secret.
        return Err(SandboxError::InvalidSecret { field: "SecurityToken", reason: "not 1 to 4096 visible characters" });
    }
    Ok(())
}
