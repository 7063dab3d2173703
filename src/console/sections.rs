//! What a sandbox has in the navigation beside its resources.

/// What a sandbox has beside its resources: the segment behind it, and what it is called in the navigation. The segment of a
/// section that is not listed here has no place in the navigation.
pub const SECTIONS: &[(&str, &str)] = &[
    ("time", "Time"),
    ("timeline", "Timeline"),
    ("checkpoints", "Checkpoints"),
    ("diff", "Differences"),
    ("requests", "Requests"),
    ("faults", "Faults"),
];

/// Whether there is such a section.
pub fn has_section(segment: &str) -> bool {
    SECTIONS.iter().any(|(other, _)| *other == segment)
}
