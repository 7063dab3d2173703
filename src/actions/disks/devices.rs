//! Under which names an instance has its disks.

use std::collections::BTreeSet;

use crate::actions::faults::Fault;
use crate::model::disk::Disk;
use crate::model::disk_filter::DiskFilter;
use crate::model::instance::Instance;
use crate::sandboxes::Write;

/// Data disks that an instance may have.
const LIMIT: usize = 16;

/// The name of a system disk.
pub const SYSTEM: &str = "/dev/xvda";

/// The disks that an instance has.
pub struct Devices(Vec<Disk>);

impl Devices {
    pub async fn of(write: &mut Write, instance: &Instance) -> Result<Self, Fault> {
        let attached = DiskFilter {
            region_id: Some(instance.region_id.clone()),
            instance_id: Some(instance.instance_id.clone()),
            ..DiskFilter::default()
        };
        let disks = write.matching::<Disk>(&attached, i64::MAX).await?;
        Ok(Self(disks.into_iter().map(|stored| stored.resource).collect()))
    }

    /// Whether there are as many data disks as there may be.
    pub fn are_all_taken(&self) -> bool {
        self.0.iter().filter(|disk| !disk.is_system()).count() >= LIMIT
    }

    /// Whether a disk has this name. A system disk has its own without saying so.
    pub fn is_taken(&self, device: &str) -> bool {
        let letter = last(device);
        self.0.iter().any(|disk| match &disk.device {
            Some(other) => last(other) == letter,
            None => disk.is_system() && letter == last(SYSTEM),
        })
    }

    /// The first name for a data disk that no other has: `/dev/xvdb` and on. Entries of documents may leave their names out,
    /// which takes none away.
    pub fn next_free(&self) -> Option<String> {
        let taken: BTreeSet<char> = self.0.iter().filter_map(|disk| disk.device.as_deref().and_then(last)).collect();
        ('b'..='z').find(|letter| !taken.contains(letter)).map(|letter| format!("/dev/xvd{letter}"))
    }
}

/// What tells two names of an instance apart: `/dev/xvdb` is `/dev/vdb`.
fn last(device: &str) -> Option<char> {
    device.chars().last()
}

/// Whether a name is that of a data disk: `/dev/xvdb` to `/dev/xvdz`, or the same without the x.
pub fn is_device(text: &str) -> bool {
    let letter = ["/dev/xvd", "/dev/vd"].iter().find_map(|prefix| text.strip_prefix(prefix));
    letter.is_some_and(|letter| matches!(letter.as_bytes(), [b'b'..=b'z']))
}
