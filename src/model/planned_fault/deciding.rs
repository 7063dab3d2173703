//! Which requests a planned fault hits. Nothing here is left to chance: what is drawn follows from a seed and the number of the
//! match, so that the same requests meet the same faults again.

use std::sync::Arc;
use std::time::Duration;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use super::{Delay, Match, PlannedFault, Window};
use crate::model::journal_entry::Instant;
use crate::model::params::Params;
use crate::model::time::Time;

/// What a request asks for, as far as faults go by it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub action: String,
    pub access_key_id: String,
    pub params: Arc<Params>,
}

/// What time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moments {
    pub real: Time,
    /// To the millisecond: a clock may run so fast that a window is over within a real second.
    pub sandbox: Instant,
}

impl Asked {
    /// The value of a parameter, unless it is empty. That somebody plans something by it does not mean that the action reads it.
    fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.params.pairs().iter().find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

impl Match {
    /// Whether this is the name of an action that is meant.
    #[must_use]
    pub fn is_of_action(&self, action: &str) -> bool {
        match self.action.strip_suffix('*') {
            Some(beginning) => action.starts_with(beginning),
            None => action == self.action,
        }
    }

    /// Whether this request is meant.
    #[must_use]
    pub fn fits(&self, asked: &Asked) -> bool {
        let is_said = |wanted: &Option<String>, said: Option<&str>| wanted.is_none() || wanted.as_deref() == said;
        self.is_of_action(&asked.action)
            && is_said(&self.region_id, asked.value("RegionId"))
            && is_said(&self.access_key_id, Some(&asked.access_key_id))
            && self.parameters.iter().all(|(name, value)| asked.value(name) == value.as_deref())
    }
}

/// Lets a request meet the faults of a list, in their order, and says which one hits it. One that is about the request and does
/// not hit it, because of After, Probability or a quota that is not used up, counts the match, and the request goes on to the
/// next. One that is spent counts nothing any more. `touched` gets the places of those that counted.
pub fn meet(list: &mut [PlannedFault], asked: &Asked, moments: Moments, touched: &mut Vec<usize>) -> Option<usize> {
    for (place, fault) in list.iter_mut().enumerate() {
        if fault.concerns(asked, moments.real) {
            touched.push(place);
            if fault.hits_next(moments.sandbox) {
                return Some(place);
            }
        }
    }
    None
}

impl PlannedFault {
    /// Whether a request has to meet it.
    #[must_use]
    pub fn concerns(&self, asked: &Asked, real: Time) -> bool {
        !self.is_spent(real) && self.plan.matching.fits(asked)
    }

    /// Counts a match, and says whether it is a hit.
    fn hits_next(&mut self, now: Instant) -> bool {
        self.matches += 1;
        let is_due = self.matches > self.plan.after.unwrap_or(0);
        let is_hit = is_due && self.is_drawn() && self.is_beyond_quota(now);
        self.hits += i64::from(is_hit);
        is_hit
    }

    fn is_drawn(&self) -> bool {
        self.plan.probability.is_none_or(|probability| self.draws().next() < probability)
    }

    /// Whether a call is one too many. The calls that are counted are those that nothing else lets through.
    fn is_beyond_quota(&mut self, now: Instant) -> bool {
        let Some(quota) = &self.plan.effect.quota else { return true };
        let length = quota.window_seconds.saturating_mul(1_000);
        // What has passed counts, since behind the last moment that the API can write no window would end. A clock can be set
        // back, too.
        let is_under_way = |window: &Window| (0..length).contains(&now.0.saturating_sub(window.since.0));
        let window = self.window.filter(is_under_way).unwrap_or(Window { since: now, calls: 0 });
        let window = Window { calls: window.calls + 1, ..window };
        self.window = Some(window);
        window.calls > quota.limit
    }

    /// How late the answer to the match that was counted last is.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        let mut draws = self.draws();
        // The first draw has decided whether it is a hit.
        draws.next();
        let milliseconds = match self.plan.effect.delay_ms? {
            Delay::Fixed(milliseconds) => milliseconds,
            Delay::Uniform(uniform) => {
                #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "within 600,000")]
                let part = ((uniform.max - uniform.min + 1) as f64 * draws.next()) as i64;
                (uniform.min + part).min(uniform.max)
            }
            Delay::LogNormal(normal) => {
                #[allow(clippy::cast_precision_loss, reason = "within 600,000")]
                let (median, max) = (normal.median as f64, normal.max as f64);
                let milliseconds = (median * (normal.sigma * draws.normal()).exp()).min(max);
                #[allow(clippy::cast_possible_truncation, reason = "at most Max")]
                let milliseconds = milliseconds as i64;
                milliseconds
            }
        };
        Some(Duration::from_millis(milliseconds.unsigned_abs()))
    }

    fn draws(&self) -> Draws {
        let mut hash = Sha256::new();
        match self.plan.seed {
            Some(seed) => hash.update(seed.to_be_bytes()),
            None => hash.update(&self.name),
        }
        hash.update(self.matches.to_be_bytes());
        Draws(ChaCha12Rng::from_seed(hash.finalize().into()))
    }
}

/// What is drawn for one match.
struct Draws(ChaCha12Rng);

impl Draws {
    /// From 0 on, less than 1.
    fn next(&mut self) -> f64 {
        const BITS: u32 = f64::MANTISSA_DIGITS;
        // As many bits as a float holds exactly.
        #[allow(clippy::cast_precision_loss)]
        let (drawn, all) = ((self.0.next_u64() >> (64 - BITS)) as f64, (1_u64 << BITS) as f64);
        drawn / all
    }

    /// From the standard normal distribution, by the method of Box and Muller.
    fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.next(), self.next());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }
}
