//! Journals of sandboxes: which numbers they have given, and the entries that are kept, in batches.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use strum::{EnumString, IntoStaticStr};

use super::Error;
use super::session::Session;
use super::sql::Sql;

/// What is known of a journal without its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub sandbox_id: i64,
    /// The newest number that was given, as far as it was written.
    pub last_sequence: i64,
    /// Numbers up to this one may have been given.
    pub reserved_until: i64,
    /// How many entries had to go for newer ones.
    pub evicted: i64,
    /// The first number since somebody emptied it: those before it are missed by nobody.
    pub begins_at: i64,
    /// How many entries there are.
    pub kept: i64,
}

/// What the body of a batch is compressed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Compression {
    None,
    Lz4,
}

/// Entries that were written at once, as the store keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryBatch {
    /// The number of the first.
    pub first_sequence: i64,
    /// How many there are.
    pub entries: i64,
    pub compression: Compression,
    pub body: Vec<u8>,
}

impl Header {
    /// That of a journal without an entry, which has so many numbers in reserve.
    #[must_use]
    pub fn new(sandbox_id: i64, reserved_until: i64) -> Self {
        Self { sandbox_id, last_sequence: 0, reserved_until, evicted: 0, begins_at: 1, kept: 0 }
    }
}

/// The headers of all journals, after every sandbox was given one.
pub async fn list(session: &mut Session) -> Result<Vec<Header>, Error> {
    let rows = Sql::new(
        "SELECT sandbox.sandbox_id, coalesce(last_sequence, 0), coalesce(reserved_until, 0), coalesce(evicted, 0),
             coalesce(begins_at, 1), coalesce(kept, 0)
         FROM sandbox LEFT JOIN journal ON journal.sandbox_id = sandbox.sandbox_id",
    );
    rows.fetch_all(session).await?.iter().map(read).collect()
}

fn read(row: &SqliteRow) -> Result<Header, Error> {
    Ok(Header {
        sandbox_id: row.try_get(0)?,
        last_sequence: row.try_get(1)?,
        reserved_until: row.try_get(2)?,
        evicted: row.try_get(3)?,
        begins_at: row.try_get(4)?,
        kept: row.try_get(5)?,
    })
}

/// Begins the numbers of all journals: where some may have been given that are not written, as an end without order leaves it, they
/// go on behind those. Each has so many in reserve.
pub async fn begin(session: &mut Session, reserve: i64) -> Result<(), Error> {
    Sql::new(
        "INSERT OR IGNORE INTO journal (sandbox_id, last_sequence, reserved_until, evicted, begins_at, kept)
         SELECT sandbox_id, 0, 0, 0, 1, 0 FROM sandbox",
    )
    .execute(session)
    .await?;
    Sql::new("UPDATE journal SET last_sequence = reserved_until WHERE reserved_until > last_sequence")
        .execute(session)
        .await?;
    Sql::new("UPDATE journal SET reserved_until = last_sequence + ?").with(reserve).execute(session).await?;
    Ok(())
}

/// Reserves the numbers up to this one.
pub async fn reserve(session: &mut Session, sandbox_id: i64, until: i64) -> Result<(), Error> {
    let update = Sql::new("UPDATE journal SET reserved_until = max(reserved_until, ?) WHERE sandbox_id = ?");
    update.with(until).with(sandbox_id).execute(session).await?;
    Ok(())
}

/// Gives back what a journal has in reserve: none was given beyond the last that is written.
pub async fn give_back(session: &mut Session, sandbox_id: i64) -> Result<(), Error> {
    let update = Sql::new("UPDATE journal SET reserved_until = last_sequence WHERE sandbox_id = ?");
    update.with(sandbox_id).execute(session).await?;
    Ok(())
}

/// Adds the journal of a new sandbox.
pub async fn insert(session: &mut Session, header: &Header) -> Result<(), Error> {
    let insert = Sql::new(
        "INSERT INTO journal (sandbox_id, last_sequence, reserved_until, evicted, begins_at, kept)
         VALUES (?, ?, ?, ?, ?, ?)",
    );
    let insert = insert.with(header.sandbox_id).with(header.last_sequence).with(header.reserved_until);
    insert.with(header.evicted).with(header.begins_at).with(header.kept).execute(session).await?;
    Ok(())
}

/// Writes new entries, deletes the oldest as far as there are more than the header says, and says whether the sandbox is still
/// there; where it is not, nothing is written. `saved`: the number up to which all was written before.
pub async fn save(
    session: &mut Session,
    header: &Header,
    saved: i64,
    batch: Option<&EntryBatch>,
) -> Result<bool, Error> {
    let update = Sql::new(
        "UPDATE journal SET last_sequence = ?, reserved_until = max(reserved_until, ?), evicted = ?, begins_at = ?,
             kept = ?
         WHERE sandbox_id = ?",
    );
    let update = update.with(header.last_sequence).with(header.reserved_until).with(header.evicted);
    let update = update.with(header.begins_at).with(header.kept).with(header.sandbox_id);
    if update.execute(session).await? == 0 {
        return Ok(false);
    }
    // If the end of an earlier write is not known, it may have been committed: its entries are written anew, so the old rows go.
    let delete = Sql::new("DELETE FROM journal_batch WHERE sandbox_id = ? AND first_sequence > ?");
    delete.with(header.sandbox_id).with(saved).execute(session).await?;
    if let Some(batch) = batch {
        let insert = sqlx::query(
            "INSERT INTO journal_batch (sandbox_id, first_sequence, entries, compression, body) VALUES (?, ?, ?, ?, ?)",
        );
        let insert = insert.bind(header.sandbox_id).bind(batch.first_sequence).bind(batch.entries);
        let insert = insert.bind(<&str>::from(batch.compression)).bind(&batch.body);
        let inserted = insert.execute(session.connection()).await;
        session.noted(inserted)?;
    }
    trim_statement(header.sandbox_id, header.kept).execute(session).await?;
    Ok(true)
}

/// Empties a journal of the numbers up to `last`.
pub async fn empty(session: &mut Session, sandbox_id: i64, last: i64) -> Result<(), Error> {
    let delete = Sql::new("DELETE FROM journal_batch WHERE sandbox_id = ? AND first_sequence <= ?");
    delete.with(sandbox_id).with(last).execute(session).await?;
    let update = Sql::new(
        "UPDATE journal SET last_sequence = max(last_sequence, ?), reserved_until = max(reserved_until, ?), evicted = 0,
             begins_at = ?, kept = 0
         WHERE sandbox_id = ?",
    );
    update.with(last).with(last).with(last + 1).with(sandbox_id).execute(session).await?;
    Ok(())
}

/// Deletes the batches of which none is among so many of the newest.
fn trim_statement(sandbox_id: i64, kept: i64) -> Sql {
    let trim = Sql::new(
        "DELETE FROM journal_batch WHERE sandbox_id = ? AND first_sequence <= (
             SELECT max(first_sequence) FROM (
                 SELECT first_sequence, sum(entries) OVER (ORDER BY first_sequence DESC) - entries AS newer
                 FROM journal_batch WHERE sandbox_id = ?)
             WHERE newer >= ?)",
    );
    trim.with(sandbox_id).with(sandbox_id).with(kept)
}

/// The batches of a journal that begin before a number, the newest first, so many at most.
pub async fn batches(
    session: &mut Session,
    sandbox_id: i64,
    before: i64,
    count: usize,
) -> Result<Vec<EntryBatch>, Error> {
    let rows = batches_statement(sandbox_id, before, count).fetch_all(session).await?;
    let read = |row: &SqliteRow| {
        let compression = row.try_get::<&str, _>(2)?.parse().map_err(|error| Error::Decode(Box::new(error)))?;
        Ok(EntryBatch { first_sequence: row.try_get(0)?, entries: row.try_get(1)?, compression, body: row.try_get(3)? })
    };
    rows.iter().map(read).collect()
}

fn batches_statement(sandbox_id: i64, before: i64, count: usize) -> Sql {
    let batches = Sql::new(
        "SELECT first_sequence, entries, compression, body FROM journal_batch
         WHERE sandbox_id = ? AND first_sequence < ? ORDER BY first_sequence DESC LIMIT ?",
    );
    batches.with(sandbox_id).with(before).with(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The plans of [`batches`], and of what [`save`] deletes.
pub async fn explain_batches(session: &mut Session) -> Result<Vec<String>, Error> {
    let mut plans = batches_statement(1, 1, 1).explain(session).await?;
    plans.extend(trim_statement(1, 1).explain(session).await?);
    Ok(plans)
}
