//! A family of metrics with room for so many combinations of labels: whoever reads it stores each as a series of its own, and
//! pays for all that ever were.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use prometheus_client::metrics::family::Family;

/// A combination of labels.
pub trait Labels: Clone + Eq + Hash + Debug {
    /// How many combinations there may be for this one to become another; `None`: any number.
    fn room(&self) -> Option<usize>;

    /// What it counts as where there is no room. In the end that must be one for which there is any.
    fn wider(self) -> Self;
}

/// How one metric of a family begins.
type Constructor<M> = fn() -> M;

#[derive(Debug)]
pub struct Bounded<L, M> {
    family: Family<L, M, Constructor<M>>,
    /// How many there are. Held by whoever adds one, since between the look and the adding nobody else may.
    count: Mutex<usize>,
}

impl<L: Labels, M: Clone> Bounded<L, M> {
    pub fn new(constructor: Constructor<M>) -> Self {
        Self { family: Family::new_with_constructor(constructor), count: Mutex::default() }
    }

    /// The family, to be registered.
    pub fn family(&self) -> Family<L, M, Constructor<M>> {
        self.family.clone()
    }

    /// Does something with the metric of these labels, or of wider ones. For labels that were there before, this takes one
    /// lock, which all who count share.
    pub fn at(&self, mut labels: L, act: impl Fn(&M)) {
        loop {
            if let Some(metric) = self.family.get(&labels) {
                return act(&metric);
            }
            let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
            // Somebody may have added it meanwhile.
            let is_new = self.family.get(&labels).is_none();
            if !is_new || labels.room().is_none_or(|room| *count < room) {
                *count += usize::from(is_new);
                return act(&self.family.get_or_create(&labels));
            }
            drop(count);
            labels = labels.wider();
        }
    }
}
