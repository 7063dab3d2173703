//! The ids of what policies make, which follow from what it is made of.

use sha2::{Digest as _, Sha256};

/// Of a point: from the seed of the sandbox's ids, the policy, the disk and the moment.
pub fn of_point(seed: i64, policy: &str, disk: &str, time: i64, region: &str) -> String {
    let parts = [&seed.to_be_bytes()[..], policy.as_bytes(), disk.as_bytes(), &time.to_be_bytes()];
    id(&parts, region)
}

/// Of a copy: from its source and its region.
pub fn of_copy(source: &str, region: &str) -> String {
    id(&[source.as_bytes(), region.as_bytes()], region)
}

/// Letters of the region and of a digest, 20 in all. Each part but the last stands behind its length.
fn id(parts: &[&[u8]], region: &str) -> String {
    let (last, first) = parts.split_last().unwrap();
    let mut text = Vec::new();
    for part in first {
        text.extend((part.len() as u64).to_be_bytes());
        text.extend(*part);
    }
    text.extend(*last);
    let letters = if region == "cn-beijing" { "2ze" } else { "bp1" };
    let digits: String = Sha256::digest(&text)[..17]
        .iter()
        .map(|byte| char::from(b"0123456789abcdefghijklmnopqrstuvwxyz"[usize::from(*byte) % 36]))
        .collect();
    format!("s-{letters}{digits}")
}
