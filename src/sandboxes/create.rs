//! Making sandboxes: empty, from the seed, or as a fork of another one. And starting over.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::comparison::Outcome;
use super::due;
use super::error::SandboxError;
use super::names::{check_name, check_secret};
use super::planned_faults::{Afterwards, changing_faults};
use super::registry::Sandboxes;
use super::reservation::Reservation;
use super::sandbox::{KnownKey, Sandbox};
use super::source::{ATTEMPTS, Origin};
use super::write::Write;
use crate::journal::RESERVE;
use crate::model::access_key::AccessKey;
use crate::model::clock::SandboxClock;
use crate::model::ids::IdSequence;
use crate::model::settings::SettingsPatch;
use crate::store::journals::Header;
use crate::store::sandboxes::{Pointer, SandboxRow};
use crate::store::{access_keys, journals, sandboxes, states};

/// A sandbox to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSandbox {
    pub name: String,
    /// `None`: the name.
    pub access_key_id: Option<String>,
    /// `None`: a random one.
    pub access_key_secret: Option<String>,
    pub origin: Origin,
    pub ttl_seconds: Option<i64>,
    pub labels: BTreeMap<String, String>,
    /// `None`: that of the origin.
    pub clock: Option<SandboxClock>,
    pub settings: SettingsPatch,
    /// What the ids of its resources follow from; `None`: as in the origin, for which nothing but chance decides.
    pub id_seed: Option<i64>,
}

impl Sandboxes {
    /// Makes a sandbox and says what to sign with to reach it.
    pub async fn create(self: &Arc<Self>, new: NewSandbox) -> Result<(Arc<Sandbox>, AccessKey), SandboxError> {
        check_name("Name", &new.name)?;
        let access_key_id = new.access_key_id.clone().unwrap_or_else(|| new.name.clone());
        check_name("AccessKeyId", &access_key_id)?;
        let access_key_secret = new.access_key_secret.clone().unwrap_or_else(|| self.ids.secret());
        check_secret(&access_key_secret)?;
        self.sweep().await?;
        let reservation = Reservation::of_sandbox(self, &new.name, &access_key_id)?;
        let key = AccessKey::new(access_key_id, access_key_secret);
        self.catch_up_origin(&new.origin).await?;
        let all = self.clone();
        self.changes
            .run(async move {
                let created = all.made(new, &key).await;
                drop(reservation);
                Ok((created?, key))
            })
            .await
    }

    /// The sandbox, in the database and in memory.
    async fn made(&self, new: NewSandbox, key: &AccessKey) -> Result<Arc<Sandbox>, SandboxError> {
        for attempt in 0..=ATTEMPTS {
            // Whoever changes the origin all the time waits at last.
            let _locked = if attempt < ATTEMPTS { None } else { self.locked(&new.origin).await? };
            let (source, mut copy) = match self.copy_of(&new.origin).await {
                Err(SandboxError::Busy) if attempt < ATTEMPTS => continue,
                copied => copied?,
            };
            let now = self.clock.now();
            if let Some(clock) = new.clock {
                copy.state.clock = clock.started(&copy.state.clock, now);
            }
            copy.state.settings = copy.state.settings.patched(&new.settings);
            if let Some(seed) = new.id_seed {
                copy.state.ids = IdSequence { seed, next: 1 };
            }
            let mut row = SandboxRow {
                sandbox_id: 0,
                name: new.name.clone(),
                creation_time: now,
                last_used_time: now,
                last_used_uptime: self.uptime(),
                ttl_seconds: new.ttl_seconds,
                labels: new.labels.clone(),
            };
            let mut writer = self.store.write().await?;
            if !source.is_unchanged(&mut writer).await? {
                writer.rollback().await;
                continue;
            }
            copy.state.next_due = due::settle(&mut writer, &copy.state, copy.state.clock.at(now), false).await?;
            states::update(&mut writer, &copy.state).await?;
            row.sandbox_id = sandboxes::create(&mut writer, &row, copy.state.state_id).await?;
            access_keys::insert(&mut writer, row.sandbox_id, key).await?;
            let header = Header::new(row.sandbox_id, RESERVE);
            journals::insert(&mut writer, &header).await?;
            writer.commit().await?;
            let state = copy.keep();
            let pointer = Pointer { state_id: state.state_id, version: 0 };
            let sandbox = Arc::new(Sandbox::new(row, self.journals.add(&header), pointer, &state, Vec::new()));
            let known = Arc::new(KnownKey { key: key.clone(), sandbox: sandbox.clone() });
            let mut index = self.index();
            index.by_name.insert(sandbox.name().to_owned(), sandbox.clone());
            index.by_key.insert(key.access_key_id.clone(), known);
            drop(index);
            return Ok(sandbox);
        }
        Err(SandboxError::Busy)
    }

    /// The sandbox of an access key that perhaps nobody has used yet: it gets a fork of the seed under its own name.
    pub async fn by_key_or_create(self: &Arc<Self>, access_key_id: &str) -> Result<Arc<Sandbox>, SandboxError> {
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
            ttl_seconds: self.options.auto_sandbox_ttl,
            labels: BTreeMap::from([("created-by".to_owned(), "auto-sandbox".to_owned())]),
            clock: None,
            settings: SettingsPatch::default(),
            id_seed: None,
        };
        Ok(self.create(new).await?.0)
    }

    /// Starts over: what the sandbox holds, its clock, its settings and its sequence of ids become those of `origin`, and its
    /// journal is empty. No fault is planned any more, whatever a checkpoint says.
    pub async fn reset(self: &Arc<Self>, sandbox: &Arc<Sandbox>, origin: &Origin) -> Result<(), SandboxError> {
        self.begin_anew(sandbox, origin, Afterwards::Cleared).await
    }

    /// As [`Sandboxes::reset`] to a checkpoint of the sandbox, but the journal stays, and its planned faults come back.
    pub async fn restore(self: &Arc<Self>, sandbox: &Arc<Sandbox>, name: &str) -> Result<(), SandboxError> {
        let origin = Origin::Checkpoint { sandbox: sandbox.name().to_owned(), checkpoint: name.to_owned() };
        self.begin_anew(sandbox, &origin, Afterwards::Of(name.to_owned())).await
    }

    async fn begin_anew(
        self: &Arc<Self>,
        sandbox: &Arc<Sandbox>,
        origin: &Origin,
        faults: Afterwards,
    ) -> Result<(), SandboxError> {
        self.check_is_there(sandbox)?;
        for attempt in 0..=ATTEMPTS {
            let Some((source, mut copy, early)) = self.copy_for(sandbox, origin, attempt).await? else { continue };
            if matches!(origin, Origin::Empty) {
                // Nothing says what ids follow from but what they followed from before.
                copy.state.ids = IdSequence { seed: sandbox.sequence().seed, next: 1 };
            }
            let (pointer, outcome) = self.outcome(sandbox, copy.state.state_id).await?;
            let changing = self.turn(sandbox, early).await?;
            let all = self.clone();
            let faults = faults.clone();
            let started_over = self.changes.run(async move {
                let (current, _) = all.current(changing.sandbox()).await?;
                let outcome = if current.pointer == pointer {
                    outcome
                } else {
                    // Somebody changed it meanwhile, and nobody does any more.
                    all.outcome(changing.sandbox(), copy.state.state_id).await?.1
                };
                // Before the transaction, as whoever writes entries does.
                let saving = all.journals.saving().await;
                let turn_of_faults = changing_faults(changing.sandbox()).await?;
                // What is thrown away need not catch up.
                let mut write = Write::begin_as_it_is(&all, changing).await?;
                if !source.is_unchanged(&mut write.writer).await? {
                    write.rollback().await;
                    return Ok::<_, SandboxError>(false);
                }
                write.start_over(copy).await?;
                match outcome {
                    Outcome::Counted(effects) => write.effects.add(effects),
                    Outcome::Replaced(replaced) => write.effects.replace_all(replaced),
                }
                let sandbox = write.sandbox().clone();
                let is_reset = faults == Afterwards::Cleared;
                let emptied = if is_reset {
                    Some(all.journals.empty(&saving, &mut write.writer, &sandbox.journal).await?)
                } else {
                    None
                };
                let faults = faults.put(&mut write.writer, &sandbox).await?;
                // Unless the commit says how it ended.
                turn_of_faults.are_unknown();
                write.commit().await?;
                turn_of_faults.became(faults);
                if let Some(last) = emptied {
                    all.journals.note_emptied(&saving, &sandbox.journal, last);
                }
                Ok(true)
            });
            if started_over.await? {
                return Ok(());
            }
        }
        Err(SandboxError::Busy)
    }
}
