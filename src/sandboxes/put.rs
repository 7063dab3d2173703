//! Resources put into a sandbox and taken out of it in a change, and what follows from that for others.

use serde::Serialize;
use utoipa::ToSchema;

use super::error::SandboxError;
use super::write::Write;
use crate::model::journal_entry::ChangeKind;
use crate::model::kind::{By, Column, Entry, Key, Kind, Require};
use crate::model::kinds::KINDS;
use crate::store::derived::Dangling;
use crate::store::{derived, resources};

/// What a change did, in resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Counts {
    pub inserted: i64,
    pub changed: i64,
    pub removed: i64,
    pub unchanged: i64,
}

impl Write {
    /// Puts a resource in the place of the one of its id, or adds it. One that is the same is not written.
    pub async fn put(&mut self, entry: &dyn Entry) -> Result<Counts, SandboxError> {
        self.put_all(&[entry]).await
    }

    /// As [`Write::put`], for many, whose ids differ.
    pub async fn put_all(&mut self, entries: &[&dyn Entry]) -> Result<Counts, SandboxError> {
        let mut counts = Counts::default();
        // Kinds that others name come after those in the order of documents, but are put first.
        for kind in KINDS.iter().rev() {
            let of_kind: Vec<&dyn Entry> = entries.iter().copied().filter(|entry| entry.kind() == *kind).collect();
            if !of_kind.is_empty() {
                self.put_kind(kind, &of_kind, &mut counts).await?;
            }
        }
        // Once all of them are there: what moves to another region may take along what names it.
        self.check_required(entries).await?;
        self.check_naming(entries).await?;
        Ok(counts)
    }

    pub(super) async fn put_kind(
        &mut self,
        kind: &'static Kind,
        entries: &[&dyn Entry],
        counts: &mut Counts,
    ) -> Result<(), SandboxError> {
        let ids: Vec<&str> = entries.iter().map(|entry| entry.key().id).collect();
        let there = self.entries(kind, &ids).await?;
        let state_id = self.state.state_id;
        let mut added: Vec<&dyn Entry> = Vec::new();
        let mut changed: Vec<(&dyn Entry, Box<dyn Entry>)> = Vec::new();
        for entry in entries {
            match there.iter().find(|other| other.key().id == entry.key().id) {
                None => added.push(*entry),
                Some(before) if before.is_same(*entry) => counts.unchanged += 1,
                Some(before) => {
                    let mut after = entry.duplicate();
                    after.succeed(&**before, self.now());
                    resources::update(&mut self.writer, state_id, &**before, &*after).await?;
                    self.effects.change(kind.word, entry.key().id, ChangeKind::Changed);
                    changed.push((&**before, after));
                    counts.changed += 1;
                }
            }
        }
        if !changed.is_empty() {
            let pairs: Vec<(&dyn Entry, &dyn Entry)> =
                changed.iter().map(|(before, after)| (*before, &**after)).collect();
            derived::follow_changes(&mut self.writer, kind, state_id, &pairs).await?;
            self.touch(kind);
        }
        if !added.is_empty() {
            self.check_limit(kind, added.len()).await?;
            self.add_new(kind, &added).await?;
            counts.inserted += i64::try_from(added.len()).unwrap_or(i64::MAX);
        }
        Ok(())
    }

    /// Adds resources of a kind under ids that nobody has, however many there are already.
    pub(super) async fn add_new(&mut self, kind: &'static Kind, entries: &[&dyn Entry]) -> Result<(), SandboxError> {
        let state_id = self.state.state_id;
        resources::insert(&mut self.writer, kind, state_id, entries).await?;
        derived::follow(&mut self.writer, kind, state_id, entries).await?;
        for entry in entries {
            self.effects.change(kind.word, entry.key().id, ChangeKind::Added);
        }
        self.touch(kind);
        Ok(())
    }

    /// Notes that rows of a kind are changed.
    pub(super) fn touch(&mut self, kind: &Kind) {
        self.is_changed = true;
        self.touched.note(kind);
    }

    async fn check_limit(&mut self, kind: &'static Kind, added: usize) -> Result<(), SandboxError> {
        let Some(limit) = self.all.options.limits.resources else { return Ok(()) };
        let held = resources::count(&mut self.writer, kind, self.state.state_id).await?;
        if held.saturating_add(i64::try_from(added).unwrap_or(i64::MAX)) > limit {
            return Err(SandboxError::TooManyResources { kind, limit });
        }
        Ok(())
    }

    /// Whether what the entries name is there, in their region.
    async fn check_required(&mut self, entries: &[&dyn Entry]) -> Result<(), SandboxError> {
        for entry in entries {
            let (kind, key) = (entry.kind(), entry.key());
            for require in kind.requires {
                let Some(other) = KINDS.iter().find(|other| other.table == require.table) else { continue };
                let column = match require.by {
                    By::Link => None,
                    By::Column(column) => kind.columns.iter().position(|other| *other == column),
                };
                let columns = column.and_then(|place| entry.columns().into_iter().nth(place));
                let named = match (require.by, &columns) {
                    (By::Link, _) => entry.links(),
                    (By::Column(_), Some(Column::Text(value))) => vec![value.as_str()],
                    _ => continue,
                };
                let state_id = self.state.state_id;
                if let Some(value) = derived::missing(&mut self.writer, other, state_id, key.region_id, &named).await? {
                    return Err(dangling(kind, key.id, key.region_id, require, value));
                }
            }
        }
        Ok(())
    }

    /// Whether what names the entries is in their region.
    async fn check_naming(&mut self, entries: &[&dyn Entry]) -> Result<(), SandboxError> {
        let state_id = self.state.state_id;
        for entry in entries {
            let Key { id, region_id, .. } = entry.key();
            for other in KINDS {
                for require in other.requires.iter().filter(|require| require.table == entry.kind().table) {
                    let elsewhere =
                        derived::naming_elsewhere(&mut self.writer, other, require.by, state_id, id, region_id);
                    if let Some((naming, other_region)) = elsewhere.await? {
                        return Err(dangling(other, &naming, &other_region, require, id.to_owned()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Deletes resources of a kind by their ids; what named them lets go of them.
    pub async fn delete(&mut self, kind: &'static Kind, ids: &[&str]) -> Result<i64, SandboxError> {
        let gone = self.entries(kind, ids).await?;
        if gone.is_empty() {
            return Ok(0);
        }
        let state_id = self.state.state_id;
        let deleted = resources::delete(&mut self.writer, kind, state_id, ids).await?;
        self.touch(kind);
        for entry in &gone {
            self.effects.change(kind.word, entry.key().id, ChangeKind::Removed);
        }
        for other in KINDS {
            for require in other.requires.iter().filter(|require| require.table == kind.table) {
                for entry in &gone {
                    self.release(other, require.by, &**entry).await?;
                }
            }
        }
        let gone: Vec<&dyn Entry> = gone.iter().map(|entry| &**entry).collect();
        derived::follow(&mut self.writer, kind, state_id, &gone).await?;
        Ok(i64::try_from(deleted).unwrap_or(i64::MAX))
    }

    async fn release(&mut self, kind: &'static Kind, by: By, gone: &dyn Entry) -> Result<(), SandboxError> {
        let state_id = self.state.state_id;
        // Whatever region they are in: what is required is looked for by its id alone.
        let ids = derived::naming(&mut self.writer, kind, by, state_id, gone.key().id, None).await?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        for before in self.entries(kind, &ids).await? {
            let mut after = before.duplicate();
            after.let_go(gone.key().id);
            resources::update(&mut self.writer, state_id, &*before, &*after).await?;
            derived::follow_changes(&mut self.writer, kind, state_id, &[(&*before, &*after)]).await?;
            self.effects.change(kind.word, after.key().id, ChangeKind::Changed);
            self.touch(kind);
        }
        Ok(())
    }
}

fn dangling(kind: &'static Kind, id: &str, region_id: &str, require: &Require, value: String) -> SandboxError {
    let (id, region_id) = (id.to_owned(), region_id.to_owned());
    Dangling { kind, id, region_id, field: require.field.to_owned(), value }.into()
}
