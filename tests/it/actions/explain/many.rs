//! How a list narrows that is longer than anybody counts: whatever the order of its conditions, and wherever their counts begin to be
//! told exactly.

use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, Connection as _};

use super::explain;
use crate::support::TestApp;

/// Half of them are in each of two regions, which is fewer than are counted; together they are more.
const SIZE: i64 = 120_000;

/// Beyond so many, resources are not counted.
const MOST: usize = 100_000;

/// The region, status and tags of snapshots by their number: all have `all`, most have `most`, half have `half`, and few `few`. The
/// older half has `old`, of which the newest tell nothing.
const FILL: &str = "
    CREATE TEMP TABLE number AS WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ?1)
        SELECT n, CASE n % 2 WHEN 0 THEN 'cn-hangzhou' ELSE 'cn-beijing' END AS region_id FROM number;
    INSERT INTO snapshot (state_id, id, region_id, reverse_time, source_disk_id, encrypted, usage, is_automatic,
            source_disk_type, category, pinned_status, outcome, bytes, body)
        SELECT ?2, printf('s-%06d', n), region_id, -1600000000 - n, 'd-1', 0, 'none', 0, 'data', 'standard',
            CASE n % 10 WHEN 3 THEN 'failed' WHEN 4 THEN 'failed' END, 'accomplished', 0, '{}' FROM number;
    INSERT INTO tag (state_id, kind, tag_key, region_id, reverse_time, id, tag_value)
        SELECT ?2, 0, 'all', region_id, -1600000000 - n, printf('s-%06d', n), '' FROM number
        UNION ALL SELECT ?2, 0, 'most', region_id, -1600000000 - n, printf('s-%06d', n), '' FROM number WHERE n % 12 > 0
        UNION ALL SELECT ?2, 0, 'half', region_id, -1600000000 - n, printf('s-%06d', n), '' FROM number WHERE n % 4 < 2
        UNION ALL SELECT ?2, 0, 'few', region_id, -1600000000 - n, printf('s-%06d', n), '' FROM number WHERE n % 1000 < 2
        UNION ALL SELECT ?2, 0, 'old', region_id, -1600000000 - n, printf('s-%06d', n), '' FROM number WHERE n < ?1 / 2;
";

/// What a request may ask for, and which numbers meet it.
type Asked = (&'static str, fn(i64) -> bool);

const REGION: Asked = ("RegionId=cn-hangzhou", |n| n % 2 == 0);
const ALL: Asked = ("Tag.1.Key=all", |_| true);
const MOST_OF_THEM: Asked = ("Tag.2.Key=most", |n| n % 12 > 0);
const HALF: Asked = ("Tag.3.Key=half", |n| n % 4 < 2);
const FEW: Asked = ("Tag.4.Key=few", |n| n % 1_000 < 2);
const OLD: Asked = ("Tag.5.Key=old", |n| n < SIZE / 2);
const STANDARD: Asked = ("Category=standard", |_| true);
const ACCOMPLISHED: Asked = ("Status=accomplished", |n| n % 10 != 3 && n % 10 != 4);
const FAILED: Asked = ("Status=failed", |n| n % 10 == 3 || n % 10 == 4);

async fn fill(app: &TestApp) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(app.app().store.path());
    let mut connection = options.connect().await.unwrap();
    let of_default = sqlx::query_scalar("SELECT state_id FROM sandbox WHERE name = 'default'");
    let state_id: i64 = of_default.fetch_one(&mut connection).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    for statement in FILL.split(';').filter(|statement| !statement.trim().is_empty()) {
        let text = statement.replace("?1", &SIZE.to_string()).replace("?2", &state_id.to_string());
        sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut *transaction).await.unwrap();
    }
    transaction.commit().await.unwrap();
    connection.close().await.unwrap();
}

/// Those that meet all of this.
fn numbers(asked: &[Asked]) -> Vec<i64> {
    (0..SIZE).filter(|n| asked.iter().all(|(_, is_met)| is_met(*n))).collect()
}

fn count(numbers: usize) -> Value {
    if numbers > MOST { json!({"AtLeast": MOST}) } else { json!(numbers) }
}

#[actix_web::test]
async fn what_is_left_is_counted_exactly_as_soon_as_it_can_be() {
    let app = TestApp::empty().await;
    fill(&app).await;
    for asked in [
        // The last that leaves too many is the first, one amid the others, the one before the region, and none.
        vec![ALL, HALF, STANDARD, REGION],
        vec![STANDARD, ALL, MOST_OF_THEM, ACCOMPLISHED, HALF, FEW, REGION],
        vec![MOST_OF_THEM, STANDARD, ALL, REGION, FAILED],
        vec![FEW, ALL, STANDARD, HALF, REGION],
        vec![FAILED, ALL, HALF, MOST_OF_THEM, REGION, FEW],
        // The newest would have it that the first leaves none, or that nothing is left of the second.
        vec![OLD, ALL, STANDARD, REGION],
        vec![ALL, STANDARD, OLD, MOST_OF_THEM, REGION],
        vec![REGION, STANDARD, ALL, HALF, OLD, FAILED],
    ] {
        let query: Vec<&str> = asked.iter().map(|(query, _)| *query).collect();
        let left: Vec<Value> = (1..=asked.len()).map(|until| count(numbers(&asked[..until]).len())).collect();
        let all = numbers(&asked);
        // The oldest, which is on the last page.
        let id = format!("s-{:06}", all.first().copied().unwrap_or_default());
        let query = format!("DescribeSnapshots&{}&PageSize=100", query.join("&"));
        let explanation = explain(&app, &query, Some(&id)).await;
        let conditions = explanation["Conditions"].as_array().unwrap().iter();
        assert_eq!(conditions.map(|told| told["Left"].clone()).collect::<Vec<_>>(), left, "{query}");
        assert_eq!(explanation["Matching"], count(all.len()), "{query}");
        assert_eq!(explanation["Total"], json!({"AtLeast": MOST}));
        let page = (!all.is_empty()).then(|| all.len().div_ceil(100));
        assert_eq!(explanation["Row"].get("Page"), page.map(|page| json!(page)).as_ref(), "{query}");
    }
}
