//! What a match may say. One that no request can fit is refused: whoever plans it has meant something else.

use std::collections::BTreeSet;

use super::Match;
use super::checking::{Catalogue, no_longer};
use super::naming::{nearest, unknown, unknown_beginning};
use crate::model::kind::DocumentError;
use crate::model::sent::is_secret;

/// Bytes of each text at most.
const TEXT: usize = 1024;

/// Parameters at most: each may have to be looked for in each request.
const PARAMETERS: usize = 100;

/// Names a region, among parameters.
const REGION_ID: &str = "RegionId";

impl Match {
    /// The actions that it is of, if a request can fit it. `in_use` has regions that are known although they are no public ones.
    pub(super) fn check(
        &self,
        catalogue: &dyn Catalogue,
        in_use: &[String],
    ) -> Result<Vec<&'static str>, DocumentError> {
        no_longer("Match.Action", &self.action, TEXT)?;
        let known = catalogue.actions();
        let actions: Vec<&'static str> = known.iter().copied().filter(|action| self.is_of_action(action)).collect();
        if actions.is_empty() {
            let reason = match self.action.strip_suffix('*') {
                Some(_) => unknown_beginning(&self.action, "action", &known),
                None => unknown(&self.action, "action", known),
            };
            return Err(DocumentError::field("Match.Action", reason));
        }
        if let Some(access_key_id) = &self.access_key_id {
            no_longer("Match.AccessKeyId", access_key_id, TEXT)?;
        }
        if let Some(region_id) = &self.region_id {
            check_region("Match.RegionId", region_id, catalogue, in_use)?;
        }
        self.check_parameters(catalogue, in_use, &actions)?;
        Ok(actions)
    }

    /// The regions that it is of.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        let among_parameters = self.parameters.iter().filter(|(name, _)| name.eq_ignore_ascii_case(REGION_ID));
        let among_parameters = among_parameters.filter_map(|(_, value)| value.as_deref());
        self.region_id.as_deref().into_iter().chain(among_parameters)
    }

    fn check_parameters(
        &self,
        catalogue: &dyn Catalogue,
        in_use: &[String],
        actions: &[&'static str],
    ) -> Result<(), DocumentError> {
        if self.parameters.len() > PARAMETERS {
            return Err(DocumentError::field("Match.Parameters", format!("expected {PARAMETERS} at most")));
        }
        // Of an action whose parameters nobody knows, any may be there.
        let known: Vec<&'static str> =
            actions.iter().filter_map(|action| catalogue.parameters(action)).flatten().collect();
        let mut names = BTreeSet::new();
        for (name, value) in &self.parameters {
            no_longer("Match.Parameters", name, TEXT)?;
            let field = format!("Match.Parameters.{name}");
            let refused = |reason: String| Err(DocumentError::field(&field, reason));
            if !known.is_empty() && !known.iter().any(|known| is_numbered(known, name)) {
                return refused(unknown(name, "parameter of the action", known));
            }
            if !names.insert(name.to_ascii_lowercase()) {
                return refused("it is there twice: names match in any case".to_owned());
            }
            let is_region = name.eq_ignore_ascii_case(REGION_ID);
            if is_region && self.region_id.is_some() {
                return refused("Match.RegionId says it already".to_owned());
            }
            let Some(value) = value else { continue };
            if is_secret(name) {
                return refused("its value is a secret, which nobody is shown: only null can be asked for".to_owned());
            }
            if is_region {
                check_region(&field, value, catalogue, in_use)?;
            }
            check_value(&field, value)?;
        }
        Ok(())
    }
}

fn check_value(field: &str, value: &str) -> Result<(), DocumentError> {
    if value.is_empty() {
        let reason = "expected a text with something in it: a parameter without a value is as none, which null among \
                      Parameters asks for";
        return Err(DocumentError::field(field, reason));
    }
    no_longer(field, value, TEXT)
}

/// A region that is near to a known one is mistyped. Any other may be one that is to be made up.
fn check_region(
    field: &str,
    region_id: &str,
    catalogue: &dyn Catalogue,
    in_use: &[String],
) -> Result<(), DocumentError> {
    check_value(field, region_id)?;
    let known = catalogue.regions();
    if known.contains(&region_id) || in_use.iter().any(|used| used == region_id) {
        return Ok(());
    }
    match nearest(region_id, known) {
        Some(nearest) => Err(DocumentError::field(field, format!("{region_id:?} is no region: is {nearest} meant?"))),
        None => Ok(()),
    }
}

/// Whether a parameter's name is a documented one, in any case and with numbers in the places of `N`.
fn is_numbered(documented: &str, name: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (documented, mut parts) = (documented.split('.'), name.split('.'));
    let mut fits = true;
    for part in documented {
        fits &= parts.next().is_some_and(|given| given.eq_ignore_ascii_case(part) || (part == "N" && is_number(given)));
    }
    fits && parts.next().is_none()
}
