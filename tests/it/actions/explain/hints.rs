//! What may be wrong with a condition, and how texts are shown that cannot be told apart.

use serde_json::json;

use super::failed;
use crate::support::TestApp;

/// Panics unless the resource fails nothing but this condition, which is told so: asked, has, hint.
async fn check(app: &TestApp, query: &str, id: &str, told: [&str; 4]) {
    assert_eq!(failed(app, query, id).await, [told.map(str::to_owned)], "{query}");
}

#[actix_web::test]
async fn a_space_a_case_and_another_type_are_told() {
    let app = TestApp::empty().await;
    let state = json!({
        "Instances": [{"InstanceId": "i-1", "InstanceName": "web", "KeyPairName": "Key"}],
        "Disks": [{"DiskId": "d-1", "DiskName": "data"}],
        "Snapshots": [{
            "SnapshotId": "s-1", "SnapshotName": "Nightly", "SourceDiskId": "d-1", "InstanceId": "i-1",
            "Tags": {"env": "prod", "count": "3", "on": "true", "blank": ""},
        }],
    });
    app.arrange("PUT", "/state", state).await;
    let rows = [
        ("SnapshotName=Nightly%20", "SnapshotName", "Nightly\\u{20}", "Nightly", "space"),
        ("SnapshotName=%C2%A0Nightly", "SnapshotName", "\\u{a0}Nightly", "Nightly", "space"),
        ("SnapshotName=nightly", "SnapshotName", "nightly", "Nightly", "case"),
        ("SnapshotName=NIGHTLY", "SnapshotName", "NIGHTLY", "Nightly", "case"),
        ("SnapshotName=s-1", "SnapshotName", "s-1", "Nightly", "type"),
        ("SnapshotName=weekly", "SnapshotName", "weekly", "Nightly", ""),
        // An empty disk is no instance's, so the snapshot has none either.
        ("InstanceId=i-1", "InstanceId", "i-1", "", ""),
        ("InstanceId=d-1", "InstanceId", "d-1", "", "type"),
        ("DiskId=D-1", "DiskId", "D-1", "d-1", "case"),
        ("DiskId=d-1%09", "DiskId", "d-1\\u{9}", "d-1", "space"),
        ("DiskId=s-1", "DiskId", "s-1", "d-1", "type"),
        ("DiskId=data", "DiskId", "data", "d-1", "type"),
        ("DiskId=d-2", "DiskId", "d-2", "d-1", ""),
        ("SnapshotIds=[%22d-1%22]", "SnapshotIds", "[\"d-1\"]", "s-1", "type"),
        ("SnapshotIds=[%22Nightly%22,%22s-9%22]", "SnapshotIds", "[\"Nightly\",\"s-9\"]", "s-1", "type"),
        ("SnapshotIds=[%22s-2%22,%22S-1%22]", "SnapshotIds", "[\"s-2\",\"S-1\"]", "s-1", "case"),
        ("SnapshotIds=[%22s-1%20%22]", "SnapshotIds", "[\"s-1 \"]", "s-1", "space"),
        ("Tag.1.Key=env&Tag.1.Value=Prod", "Tag.1", "env=Prod", "env=prod", "case"),
        ("Tag.1.Key=env&Tag.1.Value=%20prod", "Tag.1", "env= prod", "env=prod", "space"),
        ("Tag.1.Key=env&Tag.1.Value=test", "Tag.1", "env=test", "env=prod", ""),
        ("Tag.1.Key=ENV&Tag.1.Value=prod", "Tag.1", "ENV=prod", "env=prod", "case"),
        ("Tag.1.Key=ENV&Tag.1.Value=test", "Tag.1", "ENV=test", "env=prod", ""),
        ("Tag.1.Key=env%20", "Tag.1", "env\\u{20}", "env=prod", "space"),
        ("Tag.1.Key=count&Tag.1.Value=three", "Tag.1", "count=three", "count=3", "type"),
        ("Tag.1.Key=count&Tag.1.Value=4", "Tag.1", "count=4", "count=3", ""),
        ("Tag.1.Key=on&Tag.1.Value=1", "Tag.1", "on=1", "on=true", "type"),
        ("Tag.1.Key=on&Tag.1.Value=True", "Tag.1", "on=True", "on=true", "case"),
        ("Tag.1.Key=on&Tag.1.Value=false", "Tag.1", "on=false", "on=true", ""),
        ("Tag.1.Key=blank&Tag.1.Value=%20", "Tag.1", "blank=\\u{20}", "blank=", "space"),
        ("Tag.1.Key=team&Tag.1.Value=x", "Tag.1", "team=x", "", ""),
        ("Status=failed", "Status", "failed", "accomplished", ""),
        ("Encrypted=true", "Encrypted", "true", "false", ""),
        ("ResourceGroupId=rg-1", "ResourceGroupId", "rg-1", "", ""),
    ];
    for (query, name, asked, has, hint) in rows {
        check(&app, &format!("DescribeSnapshots&RegionId=cn-hangzhou&{query}"), "s-1", [name, asked, has, hint]).await;
    }
    let of_instance = "DescribeInstances&RegionId=cn-hangzhou";
    check(&app, &format!("{of_instance}&KeyPairName=key"), "i-1", ["KeyPairName", "key", "Key", "case"]).await;
    check(&app, &format!("{of_instance}&VpcId=vpc-1"), "i-1", ["VpcId", "vpc-1", "", ""]).await;
    check(&app, &format!("{of_instance}&InstanceIds=[%22web%22]"), "i-1", ["InstanceIds", "[\"web\"]", "i-1", "type"])
        .await;
    let disks = "DescribeDisks&RegionId=cn-hangzhou";
    check(&app, &format!("{disks}&AutoSnapshotPolicyId=sp-1"), "d-1", ["AutoSnapshotPolicyId", "sp-1", "", ""]).await;
    check(&app, &format!("{disks}&InstanceId=d-1"), "d-1", ["InstanceId", "d-1", "", "type"]).await;
}

#[actix_web::test]
async fn texts_look_equal_only_if_they_are() {
    let app = TestApp::empty().await;
    for (number, (has, asked, shown)) in [
        // A letter with its accent, and a letter and an accent.
        ("caf\u{e9}", "cafe\u{301}", ["cafe\\u{301}", "caf\\u{e9}"]),
        // The Kelvin sign for the letter; a Cyrillic letter for a Latin one.
        ("K", "\u{212a}", ["\\u{212a}", "K"]),
        ("data", "d\u{430}ta", ["d\\u{430}ta", "data"]),
        ("a b", "a\u{a0}b", ["a\\u{a0}b", "a b"]),
        ("a b", "a  b", ["a \\u{20}b", "a b"]),
        ("ab", "a\u{200b}b", ["a\\u{200b}b", "ab"]),
        ("ab", "ab\u{feff}", ["ab\\u{feff}", "ab"]),
        // What looks as something that is written out is not that.
        ("a\\u{a0}b", "a\u{a0}b", ["a\\u{a0}b", "a\\\\u{a0}b"]),
        ("备份一", "备份二", ["备份二", "备份一"]),
        ("\u{ac00}", "\u{1100}\u{1161}", ["\\u{1100}\\u{1161}", "\\u{ac00}"]),
        // What a font draws as several letters, in one sign.
        ("final", "\u{fb01}nal", ["\\u{fb01}nal", "final"]),
        ("a...", "a…", ["a\\u{2026}", "a..."]),
        ("No 1", "№ 1", ["\\u{2116} 1", "No 1"]),
        ("a", "\u{ff41}", ["\\u{ff41}", "a"]),
        // A radical and a letter of Japanese that are drawn as ideographs are.
        ("一", "\u{2f00}", ["\\u{2f00}", "\\u{4e00}"]),
        ("力", "カ", ["\\u{30ab}", "\\u{529b}"]),
        ("größer", "kleiner", ["kleiner", "größer"]),
        ("naïve", "naive", ["naive", "na\\u{ef}ve"]),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("s-{number}");
        app.arrange("POST", "/snapshots", json!({"SnapshotId": id, "SnapshotName": has})).await;
        let asked = json!({"Action": "DescribeSnapshots", "Id": id,
            "Parameters": {"RegionId": "cn-hangzhou", "SnapshotName": asked}});
        let row = app.arrange("POST", "/explain", asked).await["Row"]["Failed"][0].clone();
        assert_eq!([&row["Asked"], &row["Has"]], [&json!(shown[0]), &json!(shown[1])]);
    }
}
