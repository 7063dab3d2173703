//! A resource as the store reads it: its entry, and what rows of other kinds add to it.

use serde::{Deserialize, Deserializer};

use super::kind::{Entry, Resource};
use super::paging::Position;
use super::time::Time;

/// A resource as it is stored, with what rows of other kinds add to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<R: Resource> {
    pub resource: R,
    pub derived: R::Derived,
}

impl<R: Resource> Stored<R> {
    /// Its place in the order of lists.
    #[must_use]
    pub fn position(&self) -> Position {
        let key = self.resource.key();
        Position { creation_time: key.creation_time, id: key.id.to_owned() }
    }
}

impl<'de, R: Resource> Deserialize<'de> for Stored<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Item(id, region_id, reverse_time, expiration, derived, mut resource): Item<R::Derived, R> =
            Item::deserialize(deserializer)?;
        Item(id, region_id, reverse_time, expiration, (), ()).give_key(&mut resource);
        Ok(Self { resource, derived })
    }
}

/// A row as one array: id, region, negative creation time, the expiration that the entry states, what is derived, body.
#[derive(Debug, Deserialize)]
pub struct Item<D, B>(pub String, pub String, pub i64, pub Option<i64>, pub D, pub B);

impl<D, B> Item<D, B> {
    /// Gives the entry of its body the key, which the body does not say.
    pub fn give_key(self, entry: &mut dyn Entry) {
        let key = entry.key_mut();
        *key.id = self.0;
        *key.region_id = self.1;
        *key.creation_time = Time(-self.2);
        *key.expiration_time = self.3.map(Time);
    }
}
