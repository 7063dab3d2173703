//! Ids that nobody chose: request ids and resource ids. The only caller of randomness.
//!
//! The generator is named, not the library's standard one: that may be another one tomorrow, and a test would see other ids.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use sha2::{Digest as _, Sha256};

/// Letters and digits of an id behind its prefix.
const LENGTH: usize = 20;
const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// A source of ids. Two with the same seed give the same ids in the same order.
#[derive(Debug)]
pub struct Ids(Mutex<ChaCha12Rng>);

impl Ids {
    /// Ids that nobody can foresee.
    #[must_use]
    pub fn random() -> Self {
        Self(Mutex::new(rand::make_rng()))
    }

    /// The ids that belong to `seed`.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(ChaCha12Rng::seed_from_u64(seed)))
    }

    fn rng(&self) -> MutexGuard<'_, ChaCha12Rng> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request id: a version 4 UUID in upper case.
    #[must_use]
    pub fn request_id(&self) -> String {
        let mut bytes = [0; 16];
        self.rng().fill_bytes(&mut bytes);
        let mut text = uuid::Uuid::encode_buffer();
        uuid::Builder::from_random_bytes(bytes).into_uuid().hyphenated().encode_upper(&mut text).to_owned()
    }

    /// The seed of a new [`IdSequence`].
    #[must_use]
    pub fn seed(&self) -> i64 {
        self.rng().random()
    }

    /// A secret of an access key: 30 letters and digits.
    #[must_use]
    pub fn secret(&self) -> String {
        let mut rng = self.rng();
        (0..30).map(|_| char::from(ALPHABET[rng.random_range(0..ALPHABET.len())])).collect()
    }
}

/// The ids of resources of one state, in their order: the same after a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdSequence {
    pub seed: i64,
    pub next: i64,
}

impl IdSequence {
    /// The next id of a resource: the prefix of its kind (`s-`, `d-`), the letters of the region that it is made in, and
    /// lower-case letters and digits that follow from the sequence, 20 behind the prefix, as in `s-bp1fbtwv3e6xr6wpe9e0`.
    #[must_use]
    pub fn resource_id(&mut self, prefix: &str, region_letters: &str) -> String {
        let mut seed = <ChaCha12Rng as SeedableRng>::Seed::default();
        seed[..8].copy_from_slice(&self.seed.to_be_bytes());
        seed[8..16].copy_from_slice(&self.next.to_be_bytes());
        self.next += 1;
        let mut rng = ChaCha12Rng::from_seed(seed);
        let letters = (region_letters.len()..LENGTH).map(|_| char::from(ALPHABET[rng.random_range(0..ALPHABET.len())]));
        let mut id = format!("{prefix}{region_letters}");
        id.extend(letters);
        id
    }

    /// The id of what follows from other things than a sequence: the same for the same texts. It has the form of the ids of
    /// [`IdSequence::resource_id`].
    #[must_use]
    pub fn id_of(prefix: &str, region_letters: &str, texts: &[&[u8]]) -> String {
        let mut digest = Sha256::new();
        for (number, text) in texts.iter().enumerate() {
            // The length keeps apart what the texts together do not; behind the last there is nothing.
            if number + 1 < texts.len() {
                digest.update((text.len() as u64).to_be_bytes());
            }
            digest.update(text);
        }
        let digest = digest.finalize();
        let letters = digest.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]));
        let mut id = format!("{prefix}{region_letters}");
        id.extend(letters.take(LENGTH.saturating_sub(region_letters.len())));
        id
    }

    /// The next id of an order: 15 digits, the first of which is not 0.
    #[must_use]
    pub fn order_id(&mut self) -> String {
        const FIRST: u64 = 100_000_000_000_000;
        let letters = self.resource_id("", "");
        let number = letters.bytes().fold(0_u64, |number, byte| number.wrapping_mul(131).wrapping_add(u64::from(byte)));
        (FIRST + number % (9 * FIRST)).to_string()
    }
}
