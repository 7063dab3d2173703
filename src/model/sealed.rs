//! Tokens that name a place in a list: what list it is, the place, and a checksum, as one text.

use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

type Digest = [u8; 8];

/// A place, in whatever form its list has it, and the question that the list answers.
#[derive(Debug)]
pub struct Sealed {
    question: Digest,
    pub place: Vec<u8>,
}

/// The text is no token, or not all of one.
#[derive(Debug)]
pub struct Damaged;

impl Sealed {
    /// Of the list that answers this question.
    #[must_use]
    pub fn new(question: &impl Serialize, place: Vec<u8>) -> Self {
        Self { question: digest(question), place }
    }

    /// Whether it is of the list that answers this question.
    #[must_use]
    pub fn is_of(&self, question: &impl Serialize) -> bool {
        self.question == digest(question)
    }
}

fn digest(question: &impl Serialize) -> Digest {
    // A question is plain data; what cannot be written would be the same for all.
    shortened(&serde_json::to_vec(question).unwrap_or_default())
}

fn shortened(bytes: &[u8]) -> Digest {
    let mut digest = Digest::default();
    digest.copy_from_slice(&Sha256::digest(bytes)[..size_of::<Digest>()]);
    digest
}

impl std::fmt::Display for Sealed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = Vec::from(self.question);
        bytes.extend(&self.place);
        bytes.extend(shortened(&bytes));
        formatter.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Sealed {
    type Err = Damaged;

    fn from_str(text: &str) -> Result<Self, Damaged> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| Damaged)?;
        let (content, checksum) = bytes.split_last_chunk::<8>().ok_or(Damaged)?;
        if shortened(content) != *checksum {
            return Err(Damaged);
        }
        let (question, place) = content.split_first_chunk::<8>().ok_or(Damaged)?;
        Ok(Self { question: *question, place: place.to_vec() })
    }
}
