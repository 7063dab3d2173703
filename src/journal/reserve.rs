//! Numbers that journals have in reserve: those that may be in use before the entries that have them are written.

use std::sync::Arc;
use std::time::Duration;

use super::held::RESERVE;
use super::journals::Journals;
use super::of_sandbox::{Journal, Place};
use crate::store::{self, STEP, journals};

impl Journals {
    /// The right to add to a journal, which has numbers in reserve then, and knows which attempts an entry may belong to. Where
    /// no numbers can be had, entries are added all the same, but nobody is shown one before it is written.
    pub async fn place(&self, journal: &Arc<Journal>) -> Place {
        match journal.place(false) {
            Some(place) => place,
            // Seldom, and large.
            None => Box::pin(self.prepare(journal)).await,
        }
    }

    async fn prepare(&self, journal: &Arc<Journal>) -> Place {
        let mut is_given_up = false;
        loop {
            if let Some(place) = journal.place(is_given_up) {
                return place;
            }
            if !journal.has_past() {
                self.load(journal).await;
            }
            if let Err(error) = self.reserve(journal).await {
                tracing::error!(%error, "no numbers could be reserved for a journal; an end without order now goes unseen");
                is_given_up = true;
            }
        }
    }

    /// Reserves numbers for a journal, and with it for all that want some by then.
    ///
    /// In memory a journal has a number in reserve only as long as the store says for sure that it may be in use: memory follows
    /// once the store has reserved, and goes ahead before the store gives back (`give_back`). Both hold the same lock from end to
    /// end, so neither undoes the other; and writing entries can only raise what is reserved. Whoever adds entries has a place, taken
    /// under the lock of the journal while it has a reserve, and a journal in which there is one gives nothing back. So there is no
    /// moment at which an entry has been answered, is not written, and an end without order would leave a store that knows nothing
    /// of it; and none at which somebody has seen a number that such an end would let come again. A commit of which nobody knows
    /// whether it happened leaves memory with less than the store: then a start finds a gap that is none.
    pub(super) async fn reserve(&self, journal: &Arc<Journal>) -> Result<(), store::Error> {
        self.shared.want(journal);
        let _reserving = self.reserving.lock().await;
        if journal.has_reserve() {
            return Ok(());
        }
        // Whoever has taken this one along may have been dropped before the end.
        self.shared.want(journal);
        let reserved: Vec<(Arc<Journal>, i64)> = self.shared.take_wanting().into_iter().map(reserving).collect();
        let mut writer = self.store.write().await?;
        for (journal, until) in &reserved {
            journals::reserve(&mut writer, journal.sandbox_id, *until).await?;
        }
        writer.commit().await?;
        for (journal, until) in &reserved {
            journal.with(|held| held.note_reserved(*until));
        }
        Ok(())
    }

    /// Gives back the numbers of the journals of which all is written and to which nobody has added for so long: an end without
    /// order then loses nothing of them.
    pub async fn give_back(&self, idle: Duration) -> Result<(), store::Error> {
        if !self.is_on() {
            return Ok(());
        }
        let _saving = self.saving().await;
        let _reserving = self.reserving.lock().await;
        let mut journals = self.living();
        journals.retain(|journal| journal.with(|held| held.give_back(idle)));
        for batch in journals.chunks(STEP) {
            let mut writer = self.store.write().await?;
            for journal in batch {
                journals::give_back(&mut writer, journal.sandbox_id).await?;
            }
            writer.commit().await?;
        }
        Ok(())
    }
}

/// A journal, and up to which number it is to have some in reserve.
fn reserving(journal: Arc<Journal>) -> (Arc<Journal>, i64) {
    let until = journal.last_sequence() + RESERVE;
    (journal, until)
}
