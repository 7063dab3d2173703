//! The PerformanceControlOptions of ModifyDiskSpec: how fast a disk is to be that is in a dedicated block storage cluster.

use crate::model::disk::Disk;
use crate::model::disk_category;
use crate::model::params::Reading;

/// The parameters, and what refusals say of each.
const IOPS: &str = "PerformanceControlOptions.IOPS";
const RECOVER: &str = "PerformanceControlOptions.Recover";
const THROUGHPUT: &str = "PerformanceControlOptions.Throughput";

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerformanceControl {
    iops: Option<i32>,
    /// As the disk was at first, whatever the others say.
    recover: Option<String>,
    /// MB/s.
    throughput: Option<i32>,
}

impl PerformanceControl {
    /// `None` if nothing is asked for.
    pub fn read(reading: &mut Reading<'_>) -> Option<Self> {
        let iops = reading.integer(IOPS, i32::MIN..=i32::MAX, "an integer");
        let recover = reading.owned(RECOVER);
        let throughput = reading.integer(THROUGHPUT, i32::MIN..=i32::MAX, "an integer");
        let is_asked_for = iops.is_some() || recover.is_some() || throughput.is_some();
        is_asked_for.then_some(Self { iops, recover, throughput })
    }

    /// Sets what is asked for.
    ///
    /// # Errors
    ///
    /// The parameter whose value the disk cannot have.
    pub fn apply(&self, disk: &mut Disk) -> Result<(), &'static str> {
        if let Some(recover) = &self.recover {
            if recover != "All" {
                return Err(RECOVER);
            }
            (disk.performance_control_iops, disk.performance_control_throughput) = (None, None);
            return Ok(());
        }
        let level = disk.performance_level.as_deref().unwrap_or_default();
        let (most_iops, most_throughput) = disk_category::largest_performance(level, disk.size);
        if let Some(iops) = self.iops {
            if iops < 900 || iops % 100 != 0 || i64::from(iops) > most_iops {
                return Err(IOPS);
            }
            disk.performance_control_iops = Some(iops);
        }
        if let Some(throughput) = self.throughput {
            if throughput < 60 || i64::from(throughput) > most_throughput {
                return Err(THROUGHPUT);
            }
            disk.performance_control_throughput = Some(throughput);
        }
        Ok(())
    }
}
