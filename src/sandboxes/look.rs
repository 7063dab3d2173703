//! A look at a sandbox that asks several things of one moment: why a list is what it is.

use tokio::sync::OwnedSemaphorePermit;

use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::View;
use crate::model::journal_entry::Saw;
use crate::model::kind::Kind;
use crate::model::kinds::KINDS;
use crate::model::paging::Position;
use crate::model::time::Time;
use crate::store::lists::{self, Scope};
use crate::store::narrowing::{self, Sums, Walk, Walked};
use crate::store::sandboxes::Pointer;
use crate::store::{self, Session, Stored, Table, places, resources, sandboxes};

/// One moment of a sandbox.
#[derive(Debug)]
pub struct Look {
    pub(super) session: Session,
    pub(super) scope: Scope,
    pointer: Pointer,
    /// The regions that hold a resource, by id.
    pub regions: Vec<String>,
    _turn: Option<OwnedSemaphorePermit>,
}

/// What became of a resource that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Present,
    /// Gone since then; `None` for one that was never there, as a group without snapshots.
    Expired(Option<Time>),
    Absent,
}

impl Sandboxes {
    /// Looks at a sandbox as it is now, at the view's time. Where others look, this waits for its turn.
    pub async fn look_at(&self, view: &View) -> Result<Look, SandboxError> {
        let turn = self.looking.turn().await?;
        Ok(Look { _turn: Some(turn), ..self.glance_at(view).await? })
    }

    /// The same for whoever asks only what indexes lead to, a bounded number of rows: nobody waits for a turn.
    pub async fn glance_at(&self, view: &View) -> Result<Look, SandboxError> {
        let (mut session, scope) = self.look(view).await?;
        let pointer = sandboxes::pointer(&mut session, scope.sandbox_id).await?.unwrap_or(view.pointer);
        let regions = places::regions(&mut session, scope).await?.found;
        Ok(Look { session, scope, pointer, regions, _turn: None })
    }
}

impl Look {
    /// The sandbox's time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.scope.now
    }

    /// How many match, or `limit` if there are more.
    pub async fn count_up_to<R: Table>(&mut self, filter: &R::Filter, limit: i64) -> Result<i64, store::Error> {
        narrowing::count_up_to::<R>(&mut self.session, self.scope, filter, limit).await
    }

    /// Whether an index leads to the resources of a region that match.
    pub async fn is_selective<R: Table>(&mut self, filter: &R::Filter) -> Result<bool, store::Error> {
        narrowing::is_selective::<R>(&mut self.session, self.scope, filter).await
    }

    /// Counts the rows of a walk.
    pub async fn sums<R: Table>(&mut self, walk: &Walk<'_, R::Filter>, sums: Sums) -> Result<Walked, store::Error> {
        narrowing::sums::<R>(&mut self.session, self.scope, walk, sums).await
    }

    /// The place of the resource of a list that so many others come before, if it has more than those.
    pub async fn place_behind<R: Table>(
        &mut self,
        filter: &R::Filter,
        rows: i64,
    ) -> Result<Option<Position>, store::Error> {
        narrowing::place_behind::<R>(&mut self.session, self.scope, filter, rows).await
    }

    /// The newest resources of a walk that fail exactly one of its conditions, or none but this one, each with its number.
    pub async fn all_but_one<R: Table>(
        &mut self,
        walk: &Walk<'_, R::Filter>,
        failing: Option<usize>,
        most: i64,
    ) -> Result<Vec<(Stored<R>, usize)>, store::Error> {
        let session = &mut self.session;
        let found = narrowing::all_but_one::<R>(session, self.scope, walk, failing, most).await?;
        let ids: Vec<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        let rows = resources::of_ids::<R>(session, self.scope.state_id, &ids).await?;
        let number =
            |row: &Stored<R>| found.iter().find(|(id, _)| id == row.resource.key().id).map(|(_, number)| *number);
        Ok(rows.into_iter().filter_map(|row| Some((number(&row)?, row))).map(|(number, row)| (row, number)).collect())
    }

    /// Whether a list may be another one now than what a request saw of it.
    pub async fn has_changed<R: Table>(&mut self, filter: &R::Filter, saw: &Saw) -> Result<bool, store::Error> {
        if (saw.state_id, saw.version) != (self.pointer.state_id, self.pointer.version) {
            return Ok(true);
        }
        let scope = Scope { now: saw.now, ..self.scope };
        let next_change = lists::next_change::<R>(&mut self.session, scope, filter).await?;
        Ok(next_change.is_some_and(|time| time <= self.scope.now))
    }

    /// Of these ids the first that a resource has which is there, with its kind: this kind, if it has one, or else another.
    pub async fn first_of(
        &mut self,
        kind: &'static Kind,
        ids: &[&str],
    ) -> Result<Option<(&'static Kind, String)>, store::Error> {
        let others = KINDS.iter().copied().filter(|other| *other != kind);
        for kind in std::iter::once(kind).chain(others) {
            if let Some(id) = narrowing::first_of(&mut self.session, kind, self.scope, ids).await? {
                return Ok(Some((kind, id)));
            }
        }
        Ok(None)
    }

    /// Of each of these filters, whether the resource of this id matches it.
    pub async fn matches<R: Table>(&mut self, filters: &[R::Filter], id: &str) -> Result<Vec<bool>, store::Error> {
        narrowing::matches::<R>(&mut self.session, self.scope, filters, id).await
    }

    /// The resource of this id.
    pub async fn find<R: Table>(&mut self, id: &str) -> Result<Option<Stored<R>>, store::Error> {
        resources::find::<R>(&mut self.session, self.scope, id).await
    }

    /// Whether a resource of this id is there.
    pub async fn presence<R: Table>(&mut self, id: &str) -> Result<Presence, store::Error> {
        let expiration = narrowing::expiration(&mut self.session, R::KIND, self.scope, id).await?;
        Ok(match expiration {
            None => Presence::Absent,
            Some(Some(time)) if time <= self.scope.now => {
                Presence::Expired(Some(time).filter(|time| time.0 >= Time::FIRST))
            }
            Some(_) => Presence::Present,
        })
    }

    /// Another sandbox that has a resource of this id, the first by name.
    pub async fn sandbox_with<R: Table>(&mut self, id: &str) -> Result<Option<String>, store::Error> {
        narrowing::sandbox_with(&mut self.session, R::KIND, self.scope, id).await
    }
}
