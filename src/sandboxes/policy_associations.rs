//! Pairs of automatic snapshot policy and disk, as requests ask for them.

use std::sync::Arc;

use super::error::SandboxError;
use super::registry::Sandboxes;
use super::sandbox::View;
use crate::model::paging::Start;
use crate::model::policy_associations::AssociationQuery;
use crate::store::Session;
use crate::store::policy_associations::{self, Association};

impl Sandboxes {
    /// At most `limit` pairs, from `start` on.
    pub async fn policy_associations(
        self: &Arc<Self>,
        view: &View,
        query: &AssociationQuery,
        start: &Start,
        limit: i64,
    ) -> Result<Vec<Association>, SandboxError> {
        let page =
            async |session: &mut Session, scope| policy_associations::page(session, scope, query, start, limit).await;
        Ok(self.at_view(view, page).await?.0)
    }
}
