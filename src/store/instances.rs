//! The conditions of filters of instances.

use super::tables::Table;
use crate::model::instance::Instance;

impl Table for Instance {}
