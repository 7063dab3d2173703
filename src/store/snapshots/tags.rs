//! `snapshot_tag`: what snapshots are found by their tags with. It follows from the rows of `snapshot`, and is written with
//! them.

use sqlx::SqliteConnection;

use super::Error;

/// Enters the tags of the snapshots from this row on, which are new.
pub async fn add_from(connection: &mut SqliteConnection, first_row_id: i64) -> Result<(), Error> {
    let add = sqlx::query(
        "INSERT INTO snapshot_tag
             (state_id, tag_key, region_id, reverse_time, snapshot_id, tag_value, expiration_time, row_id)
         SELECT state_id, tag.key, region_id, reverse_time, snapshot_id, tag.value, expiration_time, row_id
         FROM snapshot JOIN json_each(snapshot.tags) AS tag
         WHERE row_id >= ?",
    );
    add.bind(first_row_id).execute(connection).await?;
    Ok(())
}

/// Takes out the tags of snapshots, which are about to be deleted, by their rows, an array in JSON.
pub async fn remove(connection: &mut SqliteConnection, row_ids: &str) -> Result<(), Error> {
    let remove = sqlx::query(
        "DELETE FROM snapshot_tag WHERE (state_id, tag_key, region_id, reverse_time, snapshot_id) IN (
             SELECT state_id, tag.key, region_id, reverse_time, snapshot_id
             FROM json_each(?) AS deleted
             JOIN snapshot ON snapshot.row_id = deleted.value
             JOIN json_each(snapshot.tags) AS tag
         )",
    );
    remove.bind(row_ids).execute(connection).await?;
    Ok(())
}
