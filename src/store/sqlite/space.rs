//! Pages of the database file that nothing is in any more: how many there are, and giving some of them back to the disk.

use std::time::{Duration, Instant};

use sqlx::Row as _;

use crate::store::Error;
use crate::store::session::Session;
use crate::store::sql::Sql;

/// Free pages that stay in a file of whatever size, 4 MiB: what is deleted between tests is soon filled again.
const KEPT_PAGES: i64 = 1_024;

/// And the share of the file that may be free, as its divisor: to fill a file anew costs more than to keep a quarter of it.
const KEPT_SHARE: i64 = 4;

/// How long a step goes on, which other writers wait for. A page takes 40 us, and longer the more there are that are free, so
/// that no number of pages would do for all files.
const STEP: Duration = Duration::from_millis(5);

/// Pages between two looks at the time.
const VACUUMED: usize = 16;

/// Whether so much of the file is free that some is to be given back.
pub async fn has_plenty(session: &mut Session) -> Result<bool, Error> {
    Ok(count(session).await?.is_plenty())
}

/// Gives some pages back, in a transaction of its own, and says whether more can be: a file keeps what is free if it was not
/// made to be shortened. The file is shorter once the write-ahead log has been moved into it.
pub async fn give_back_some(session: &mut Session) -> Result<bool, Error> {
    let (begin, before) = (Instant::now(), count(session).await?);
    loop {
        let mut vacuum = Sql::new("PRAGMA incremental_vacuum(");
        vacuum.push_number(VACUUMED).push(")");
        vacuum.execute(session).await?;
        let after = count(session).await?;
        if !after.is_plenty() || after.all == before.all {
            return Ok(false);
        }
        if begin.elapsed() >= STEP {
            return Ok(true);
        }
    }
}

/// The pages of the file.
struct Pages {
    all: i64,
    free: i64,
}

impl Pages {
    fn is_plenty(&self) -> bool {
        self.free > KEPT_PAGES && self.free > self.all / KEPT_SHARE
    }
}

async fn count(session: &mut Session) -> Result<Pages, Error> {
    let count = Sql::new("SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count");
    let row = count.fetch_optional(session).await?.ok_or(Error::RowNotFound)?;
    Ok(Pages { all: row.try_get(0)?, free: row.try_get(1)? })
}
