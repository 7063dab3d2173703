//! The conditions of filters of images.

use super::tables::Table;
use crate::model::image::Image;

impl Table for Image {}
