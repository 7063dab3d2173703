//! What is SQLite's own: the file, its migration, its connections, its write-ahead log, its free pages.

pub mod file;
pub mod migrate;
pub mod restore;
pub mod space;
pub mod upgrade;

mod readers;
mod writer;

pub use readers::{PlainReader, Readers};
pub use writer::{WriteTransaction, WriterConnection};
