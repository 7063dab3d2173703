//! The ids of what policies make.

pub fn of_point(seed: i64, policy: &str, disk: &str, time: i64, region: &str) -> String {
    format!("{seed}/{policy}/{disk}/{time}/{region}")
}

pub fn of_copy(seed: i64, source: &str, region: &str) -> String {
    format!("{seed}/{source}/{region}")
}
