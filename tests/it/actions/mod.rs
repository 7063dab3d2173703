mod catalogue;
mod parameters;
mod snapshots;

/// Rows of documentation that nothing in a sandbox leads to, as (action, code, word why). Each family has a file of its own.
pub fn unreachable() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    const FILES: [&str; 6] = [
        include_str!("unreachable/snapshots.txt"),
        include_str!("unreachable/tags.txt"),
        include_str!("unreachable/disks.txt"),
        include_str!("unreachable/instances.txt"),
        include_str!("unreachable/images.txt"),
        include_str!("unreachable/regions.txt"),
    ];
    FILES.into_iter().flat_map(|file| {
        let mut action = "";
        file.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).filter_map(move |line| {
            let Some(row) = line.strip_prefix("  ") else {
                action = line;
                return None;
            };
            let (code, why) = row.split_once(' ').unwrap();
            Some((action, code, why))
        })
    })
}
