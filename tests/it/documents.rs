//! Reading a document in a thread of its own: what becomes of it when that thread does not get to the end.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use ecs_mock::app::{App, Config};
use ecs_mock::documents::{Batches, ReadError};
use ecs_mock::model::document::{Draft, Format, Reader};
use ecs_mock::model::settings::SettingsPatch;
use ecs_mock::model::snapshot::Snapshot;
use ecs_mock::sandboxes::{Entries, SandboxError};
use ecs_mock::seed::Source;

/// A source that can be read once, and at the second time panics behind so many bytes.
struct Treacherous {
    text: Cursor<Vec<u8>>,
    rewinds: usize,
    good: u64,
}

impl Read for Treacherous {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert!(self.rewinds < 4 || self.text.position() < self.good, "as a mistake of ours would");
        let length = buffer.len().min(1_000);
        self.text.read(&mut buffer[..length])
    }
}

impl Seek for Treacherous {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        // To the end and back, each time it is read.
        self.rewinds += 1;
        self.text.seek(position)
    }
}

/// 1,200 snapshots, of which those of two batches can be read.
fn batches() -> Batches {
    let entries: Vec<String> = (0..1_200).map(|number| format!("{{\"SnapshotId\":\"s-{number:05}\"}}")).collect();
    let text = format!("{{\"Snapshots\":[{}]}}", entries.join(","));
    let good = u64::try_from(text.len() * 11 / 12).unwrap();
    let source = Treacherous { text: Cursor::new(text.into_bytes()), rewinds: 0, good };
    Batches::new(Reader::new(source, Format::Json).unwrap().unwrap())
}

#[actix_web::test]
async fn a_panic_is_no_end() {
    let mut batches = batches();
    for _ in 0..2 {
        assert_eq!(batches.next().await.unwrap().unwrap().len(), 500);
    }
    assert!(matches!(batches.next().await, Err(ReadError::Panicked)));
    assert!(batches.next().await.unwrap().is_none(), "it is told once");
}

struct Upload(Batches);

/// Why an upload ends.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
enum Ended {
    Read(#[from] ReadError),
    Sandbox(#[from] SandboxError),
}

impl Entries for Upload {
    type Error = Ended;

    async fn next(&mut self) -> Result<Option<Vec<Draft>>, Ended> {
        Ok(self.0.next().await?)
    }

    fn settings(&self) -> SettingsPatch {
        SettingsPatch::default()
    }
}

#[actix_web::test]
async fn an_upload_whose_reading_panics_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::open(Config::new(folder.path().join("x.db"), Source::None)).await.unwrap();
    let sandbox = app.sandboxes.by_name("default").unwrap();
    let before = app.sandboxes.view(&sandbox).await.unwrap().pointer;
    let all = Arc::clone(&app.sandboxes);
    for is_merge in [false, true] {
        let upload = Upload(batches());
        let ended = if is_merge {
            all.merge(&sandbox, upload, false).await
        } else {
            all.replace(&sandbox, upload, false).await
        };
        assert!(matches!(ended, Err(Ended::Read(ReadError::Panicked))), "{ended:?}");
    }
    assert_eq!(app.sandboxes.view(&sandbox).await.unwrap().pointer, before);
    assert!(app.sandboxes.resource::<Snapshot>(&sandbox, "s-00001").await.is_err());
}
