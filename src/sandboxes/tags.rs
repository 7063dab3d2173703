//! What requests ask of tags beside the lists of kinds: pairs, resources by their tags, and how often a tag is there. All of one
//! answer is read at one moment of the database.

use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::View;
use crate::model::kind::Kind;
use crate::model::tag_query::{PairQuery, TagCount, TagPlace, TagQuery, TaggedResource};
use crate::store::lists::Scope;
use crate::store::{Reads, Session, sandboxes, tag_counts, tags};

impl Sandboxes {
    /// At most `limit` pairs of the resources of a kind that match and their tags, behind a place. `None` if it is asked for
    /// resources by their ids, and one of them is not there.
    pub async fn tag_pairs(
        &self,
        view: &View,
        kind: &'static Kind,
        query: &TagQuery,
        after: Option<&TagPlace>,
        limit: i64,
    ) -> Result<Option<Vec<TaggedResource>>, SandboxError> {
        let (mut session, scope) = self.look(view).await?;
        if let Some(ids) = &query.ids
            && tags::count_found(&mut session, scope, kind, &query.region_id, ids).await? < ids.len()
        {
            return Ok(None);
        }
        Ok(Some(tags::pairs(&mut session, scope, kind, query, after, limit).await?))
    }

    /// How many resources of these kinds match, and the ids of at most `limit` of them, kind by kind, without the first `skip`.
    pub async fn tagged_resources(
        &self,
        view: &View,
        kinds: &[&'static Kind],
        query: &TagQuery,
        skip: i64,
        limit: i64,
    ) -> Result<(i64, Vec<(&'static Kind, String)>), SandboxError> {
        let (mut session, scope) = self.look(view).await?;
        let (mut total, mut found) = (0, Vec::new());
        for kind in kinds {
            let count = tags::count(&mut session, scope, kind, query).await?;
            // Of this kind: so many stand before the page, and so many have their place on it.
            let before = (skip - total).clamp(0, count);
            let room = limit - i64::try_from(found.len()).unwrap_or(limit);
            if before < count && room > 0 {
                let ids = tags::resources(&mut session, scope, kind, query, before, room).await?;
                found.extend(ids.into_iter().map(|id| (*kind, id)));
            }
            total += count;
        }
        Ok((total, found))
    }

    /// How many different tags match, and at most `limit` of them with their counts, without the first `skip`.
    pub async fn tag_counts(
        &self,
        view: &View,
        query: &PairQuery,
        skip: i64,
        limit: i64,
    ) -> Result<(i64, Vec<TagCount>), SandboxError> {
        let (mut session, scope) = self.look(view).await?;
        let total = tag_counts::count(&mut session, scope, query).await?;
        Ok((total, tag_counts::tags(&mut session, scope, query, skip, limit).await?))
    }

    /// One moment of the database, and where the sandbox points then.
    pub(super) async fn look(&self, view: &View) -> Result<(Session, Scope), SandboxError> {
        let mut session = self.store.read(Reads::Several).await?;
        let pointer = sandboxes::pointer(&mut session, view.sandbox.row.sandbox_id).await?;
        let pointer = pointer.ok_or_else(|| SandboxError::NoSuchSandbox(view.sandbox.name().to_owned()))?;
        Ok((session, Scope { state_id: pointer.state_id, ..view.scope() }))
    }
}
