//! Well-known mistakes of clients that sign by themselves: each is tried, and the one that gives the signature is named.

use actix_web::http::header::HOST;
use percent_encoding::AsciiSet;

use super::{ENCODED, Encoding, Manner, Signed};

/// What is encoded by those who think of forms: Java's URLEncoder leaves `*` as it is and encodes `~`.
const OF_FORMS: &AsciiSet = &ENCODED.remove(b'*').add(b'~');
/// What JavaScript's encodeURIComponent encodes.
const OF_COMPONENTS: &AsciiSet = &ENCODED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');
/// What Python's quote encodes unless told otherwise.
const OF_PATHS: &AsciiSet = &ENCODED.remove(b'/');

/// Bytes of a request beyond which nobody searches for mistakes: each one is a signature to calculate.
const LONGEST: usize = 64 * 1024;

/// The mistake after which `gives` says that the signature is right, as a sentence for people.
pub fn find<'a>(request: &Signed<'a>, right: &Manner<'a>, gives: impl Fn(&Manner<'a>) -> bool) -> Option<&'static str> {
    let length: usize = request.params.pairs().iter().map(|(name, value)| name.len() + value.len()).sum();
    if length + request.body.len() > LONGEST {
        return None;
    }
    all(request, right).into_iter().find(|(_, manner)| gives(manner)).map(|(mistake, _)| mistake)
}

fn all<'a>(request: &Signed<'a>, right: &Manner<'a>) -> Vec<(&'static str, Manner<'a>)> {
    let encoding = |encoded, has_plus| Manner { encoding: Encoding { encoded, has_plus }, ..right.clone() };
    let mut mistakes = vec![
        ("a space was signed as +: percent-encode it as %20", encoding(ENCODED, true)),
        ("values were signed as a form encodes them: a space is %20, * is %2A and ~ stays", encoding(OF_FORMS, true)),
        ("the characters !'()* were signed as they are: percent-encode them", encoding(OF_COMPONENTS, false)),
        ("a / in a value was signed as it is: percent-encode it as %2F", encoding(OF_PATHS, false)),
        ("the body was not signed", Manner { has_body: false, ..right.clone() }),
    ];
    mistakes.push(if request.method == "GET" {
        ("POST was signed, but GET was sent", Manner { method: "POST", ..right.clone() })
    } else {
        ("GET was signed, but POST was sent", Manner { method: "GET", ..right.clone() })
    });
    let (wrong_suffix, mistake) = match right.key_suffix {
        "" => ("&", "the key was the secret with an & behind it: with ACS3 it is the secret alone"),
        _ => ("", "the key was the secret alone: it is the secret with an & behind it"),
    };
    mistakes.push((mistake, Manner { key_suffix: wrong_suffix, ..right.clone() }));
    for path in ["", "/", "%2F", "//", "%252F"].into_iter().filter(|path| *path != right.path) {
        mistakes.push(("another path was signed: it is /, which V1 writes as %2F", Manner { path, ..right.clone() }));
    }
    for host in other_hosts(request) {
        let mistake = "another Host was signed than the one that was sent: sign the header as it is sent";
        mistakes.push((mistake, Manner { host: Some(host), ..right.clone() }));
    }
    mistakes
}

/// What clients make of the host when they build the header anew instead of taking the one that is sent.
fn other_hosts(request: &Signed<'_>) -> Vec<String> {
    let Some(sent) = request.header(HOST.as_str()) else { return Vec::new() };
    let bare = sent.trim_start_matches("http://").trim_end_matches('/');
    let (name, port) = bare.rsplit_once(':').unwrap_or((bare, "80"));
    let mut hosts = vec![name.to_owned(), format!("http://{bare}"), format!("{name}:80"), format!("{name}:{port}")];
    hosts.extend(["localhost", "127.0.0.1"].map(|other| format!("{other}:{port}")));
    hosts.extend(["ecs.aliyuncs.com".to_owned(), bare.to_owned()]);
    hosts.extend(request.params.text("RegionId").map(|region_id| format!("ecs.{region_id}.aliyuncs.com")));
    hosts
}
