//! A look at a sandbox that asks several things of one moment: why a list is what it is.

use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::View;
use crate::model::kind::Resource;
use crate::model::paging::Position;
use crate::model::time::Time;
use crate::store::lists::{self, Range, Scope};
use crate::store::{self, Session, Stored, Table, narrowing, places, resources};

/// One moment of a sandbox.
#[derive(Debug)]
pub struct Look {
    pub(super) session: Session,
    pub(super) scope: Scope,
    /// The regions that hold a resource, by id.
    pub regions: Vec<String>,
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
    /// Looks at a sandbox as it is now, at the view's time.
    pub async fn look_at(&self, view: &View) -> Result<Look, SandboxError> {
        let (mut session, scope) = self.look(view).await?;
        let regions = places::regions(&mut session, scope).await?.found;
        Ok(Look { session, scope, regions })
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

    /// How many of a list come before this place.
    pub async fn count_before<R: Table>(&mut self, filter: &R::Filter, place: &Position) -> Result<i64, store::Error> {
        narrowing::count_before::<R>(&mut self.session, self.scope, filter, place).await
    }

    /// Of each of these filters, whether the resource of this id matches it.
    pub async fn matches<R: Table>(&mut self, filters: &[R::Filter], id: &str) -> Result<Vec<bool>, store::Error> {
        narrowing::matches::<R>(&mut self.session, self.scope, filters, id).await
    }

    /// The newest resources that match, at most so many.
    pub async fn newest<R: Table>(&mut self, filter: &R::Filter, limit: i64) -> Result<Vec<Stored<R>>, store::Error> {
        let range = Range { after: None, skip: 0, limit, from_end: false };
        Ok(lists::rows::<R>(&mut self.session, self.scope, filter, &range).await?.rows)
    }

    /// The newest resources that match one filter and not the other, at most so many, of the newest `looks` that match the one.
    pub async fn newest_but<R: Table>(
        &mut self,
        filter: &R::Filter,
        without: &<R as Resource>::Filter,
        looks: i64,
        limit: i64,
    ) -> Result<Vec<Stored<R>>, store::Error> {
        let session = &mut self.session;
        let ids = narrowing::all_but::<R>(session, self.scope, filter, without, looks, limit).await?;
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        resources::of_ids::<R>(session, self.scope.state_id, &ids).await
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
