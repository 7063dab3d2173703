//! The journals of sandboxes, for those who read and empty them.

use std::sync::Arc;

use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::Sandbox;
use crate::journal::{Journals, Kept};
use crate::model::journal_entry::JournalEntry;

impl Sandboxes {
    /// What is remembered of the requests to a sandbox, and of the changes to it.
    pub async fn journal_of(&self, sandbox: &Arc<Sandbox>) -> Result<Kept, SandboxError> {
        self.check_is_there(sandbox)?;
        self.check_journals()?;
        Ok(self.journals.kept(&sandbox.journal).await?)
    }

    /// As [`Journals::behind`].
    pub async fn entries_behind(
        &self,
        sandbox: &Arc<Sandbox>,
        sequence: i64,
    ) -> Result<(Vec<Arc<JournalEntry>>, i64), SandboxError> {
        self.check_is_there(sandbox)?;
        self.check_journals()?;
        Ok(self.journals.behind(&sandbox.journal, sequence).await?)
    }

    /// Refuses what needs journals where none are kept: an empty one would say that nothing happened.
    pub fn check_journals(&self) -> Result<(), SandboxError> {
        if self.journals.is_on() { Ok(()) } else { Err(SandboxError::NoJournals) }
    }

    /// Empties the journal of a sandbox; its numbers go on.
    pub async fn empty_journal(self: &Arc<Self>, sandbox: &Arc<Sandbox>) -> Result<(), SandboxError> {
        self.check_journals()?;
        let changing = self.changing(sandbox).await?;
        let all = self.clone();
        self.changes
            .run(async move {
                let journal = &changing.sandbox().journal;
                let saving = all.journals.saving().await;
                let mut writer = all.store.write().await?;
                let last = all.journals.empty(&saving, &mut writer, journal).await?;
                writer.commit().await?;
                all.journals.note_emptied(&saving, journal, last);
                Ok(())
            })
            .await
    }

    /// All journals.
    #[must_use]
    pub fn journals(&self) -> &Arc<Journals> {
        &self.journals
    }
}
