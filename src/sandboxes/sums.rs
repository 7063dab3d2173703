//! What a sandbox holds taken together: sums over snapshots, their chains, and the places in use.
//!
//! Nobody waits in a loop for any of these, so they are read anew each time.

use std::sync::Arc;

use super::error::SandboxError;
use super::pages::{ATTEMPTS, PAUSE};
use super::registry::Sandboxes;
use super::sandbox::View;
use crate::model::paging::Start;
use crate::model::snapshot_links::LinkFilter;
use crate::model::time::Time;
use crate::store::lists::Scope;
use crate::store::snapshot_links::{self, LinkPage};
use crate::store::sums::{self, Points, Seen, Sum};
use crate::store::{self, Reads, Session, places};

impl Sandboxes {
    /// All snapshots of a region.
    pub async fn usage(self: &Arc<Self>, view: &View, region_id: &str) -> Result<Sum, SandboxError> {
        let usage = self.at_view(view, async |session, scope| sums::usage(session, scope, region_id).await);
        Ok(usage.await?.0)
    }

    /// By how much the snapshots of a region have grown at each point, see [`sums::growth`], and the sandbox's time.
    pub async fn growth(
        self: &Arc<Self>,
        view: &View,
        points: &Points,
    ) -> Result<(Vec<(i64, i64)>, Time), SandboxError> {
        self.at_view(view, async |session, scope| sums::growth(session, scope, points).await).await
    }

    /// The page of at most `limit` chains that match, from `start` on.
    pub async fn links(
        self: &Arc<Self>,
        view: &View,
        filter: &LinkFilter,
        start: &Start,
        limit: i64,
    ) -> Result<LinkPage, SandboxError> {
        let page =
            async |session: &mut Session, scope| snapshot_links::page(session, scope, filter, start, limit).await;
        Ok(self.at_view(view, page).await?.0)
    }

    /// The regions that hold a resource, by id.
    pub async fn regions_in_use(self: &Arc<Self>, view: &View) -> Result<Vec<String>, SandboxError> {
        Ok(self.at_view(view, async |session, scope| places::regions(session, scope).await).await?.0)
    }

    /// The zones of a region that a resource is in, by id.
    pub async fn zones_in_use(self: &Arc<Self>, view: &View, region_id: &str) -> Result<Vec<String>, SandboxError> {
        let zones = self.at_view(view, async |session, scope| places::zones(session, scope, region_id).await);
        Ok(zones.await?.0)
    }

    /// What `read` finds in the state that the sandbox points at, and the sandbox's time. It is done again if the sandbox points
    /// elsewhere meanwhile.
    async fn at_view<T>(
        self: &Arc<Self>,
        view: &View,
        read: impl AsyncFn(&mut Session, Scope) -> Result<Seen<T>, store::Error>,
    ) -> Result<(T, Time), SandboxError> {
        let mut view = view.clone();
        for attempt in 0..ATTEMPTS {
            if attempt > 2 {
                tokio::time::sleep(PAUSE).await;
            }
            let mut session = self.store.read(Reads::One).await?;
            let Seen { pointer, found } = read(&mut session, view.scope()).await?;
            drop(session);
            let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(view.sandbox.name().to_owned()))?;
            if pointer.state_id == view.pointer.state_id {
                return Ok((found, view.now));
            }
            view = self.view(&view.sandbox).await?;
        }
        Err(SandboxError::Busy)
    }
}
