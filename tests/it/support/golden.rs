//! Whole replies, kept letter by letter.

use std::path::Path;

use super::{Reply, TestApp};

/// Panics unless the reply to this call, in a server of its own over this state document, is letter by letter what the files of
/// the action in `tests/it/actions/golden` say, in both formats, and the two say the same. The query begins with the action's
/// name. With `UPDATE_GOLDEN` in the environment the files are written instead.
pub async fn golden(document: &str, query: &str) {
    let action = query.split('&').next().unwrap();
    let json = reply(document, &format!("Action={query}&Format=JSON")).await;
    let xml = reply(document, &format!("Action={query}&Format=XML")).await;
    assert_eq!((json.status, xml.status), (200, 200), "{query}: {}", json.body);
    xml.assert_says_the_same(&format!("{action}Response"), &json);
    for (ending, reply) in [("json", &json), ("xml", &xml)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/actions/golden/{action}.{ending}"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, format!("{}\n", reply.body)).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(reply.body, kept.trim_end(), "{action}.{ending}: run with UPDATE_GOLDEN=1 if it is to be so");
    }
}

/// The reply of a server of its own. Where that listens is another port each time, so it says the usual one.
async fn reply(document: &str, query: &str) -> Reply {
    let app = TestApp::seeded(document).await;
    let reply = app.get(query).await;
    Reply { body: reply.body.replace(&app.address.to_string(), "127.0.0.1:4590"), ..reply }
}
