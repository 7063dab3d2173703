//! What people are told of a signature that does not match.

use ecs_mock::app::Auth;

use super::{NOW, app, put, send, signer};
use crate::support::{Fault, Scheme, Signer};

#[actix_web::test]
async fn a_mismatch_echoes_what_should_have_been_signed_and_never_the_secret() {
    let app = app(Auth::Enforce).await;
    for format in ["JSON", "XML"] {
        let wrong = Signer { secret: "wrong".to_owned(), ..signer(Scheme::RpcV1, "n") }.with("Format", format);
        let outcome = send(&app, &wrong.sign()).await;
        let expected = format!(
            "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&AccessKeyId\
             %3Dtestid%26Action%3DDescribeSnapshots%26Format%3D{format}%26RegionId%3Dcn-hangzhou%26SignatureMethod\
             %3DHMAC-SHA1%26SignatureNonce%3Dn%26SignatureVersion%3D1.0%26Timestamp%3D2026-03-15T12%253A00%253A00Z\
             %26Version%3D2014-05-26"
        );
        assert_eq!(outcome.fault, Fault::new(400, "SignatureDoesNotMatch", &expected));

        let wrong = Signer { scheme: Scheme::Acs3, ..wrong };
        let outcome = send(&app, &wrong.sign()).await;
        let signed = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let canonical = format!(
            "POST\n/\nFormat={format}&RegionId=cn-hangzhou\nhost:mock.localhost:4590\nx-acs-action:DescribeSnapshots\n\
             x-acs-content-sha256:{empty}\nx-acs-date:{NOW}\nx-acs-signature-nonce:n\nx-acs-version:2014-05-26\n\n\
             {signed}\n{empty}"
        );
        let message = outcome.fault.message;
        assert!(message.starts_with("Specified signature does not match our calculation. server StringToSign is ["));
        assert!(message.ends_with(&format!("] server CanonicalRequest is [{canonical}]")), "{message}");
        assert!(!message.contains("testsecret"));
    }
}

#[actix_web::test]
async fn what_xml_cannot_carry_is_replaced_in_the_echo() {
    let app = app(Auth::Enforce).await;
    for scheme in [Scheme::RpcV1, Scheme::Acs3] {
        for format in ["JSON", "XML"] {
            let wrong = Signer { secret: "wrong".to_owned(), ..signer(scheme, &format!("{scheme:?} {format}")) };
            let wrong = wrong.with("Format", format).with("a\u{1}b\u{ffff}", "\0\u{b}");
            assert_eq!(send(&app, &wrong.sign()).await.code(), "SignatureDoesNotMatch", "{scheme:?} {format}");
        }
    }
    // The name of a parameter as it came, and not encoded.
    let query = "Action=DescribeSnapshots&%01=2&Signature=x&SignatureMethod=HMAC-SHA1%02";
    let reply = app.get(query).await;
    assert_eq!(reply.status, 400);
    reply.xml();
}

/// A client that signs by itself and makes one mistake, and how that is named.
#[actix_web::test]
async fn well_known_mistakes_are_named() {
    let app = app(Auth::Enforce).await;
    let hmac_of = |signer: &Signer| signer.sign().query.iter().find(|(name, _)| name == "Signature").unwrap().1.clone();
    let diagnose = async |right: Signer, signature: String| {
        let mut request = right.sign();
        if right.scheme == Scheme::RpcV1 {
            request.set("Signature", &signature);
        } else {
            put(&mut request, "authorization", &signature);
        }
        let outcome = send(&app, &request).await;
        assert_eq!(outcome.code(), "SignatureDoesNotMatch");
        outcome.header("x-ecs-mock-diagnosis").unwrap_or_default().to_owned()
    };
    let authorization_of =
        |signer: &Signer| signer.sign().headers.iter().find(|(name, _)| name == "authorization").unwrap().1.clone();

    let v1 = signer(Scheme::RpcV1, "n").with("SnapshotName", "a b*~!'()/c");
    let by_get = hmac_of(&Signer { method: "GET", ..v1.clone() });
    assert_eq!(diagnose(v1.clone(), by_get).await, "GET was signed, but POST was sent");
    let get = Signer { method: "GET", ..v1.clone() };
    assert_eq!(diagnose(get, hmac_of(&v1)).await, "POST was signed, but GET was sent");
    let form = [("Tag.1.Key".to_owned(), "k".to_owned())];
    let with_form = Signer { form: form.into(), ..v1.clone() };
    assert_eq!(diagnose(with_form, hmac_of(&v1)).await, "the body was not signed");
    // A secret that ends in & and a key without one make the same mistake seen from the other side.
    for (mistake, expected) in [
        ("plus", "a space was signed as +: percent-encode it as %20"),
        ("form", "values were signed as a form encodes them: a space is %20, * is %2A and ~ stays"),
        ("component", "the characters !'()* were signed as they are: percent-encode them"),
        ("path", "a / in a value was signed as it is: percent-encode it as %2F"),
        ("key", "the key was the secret alone: it is the secret with an & behind it"),
        ("slash", "another path was signed: it is /, which V1 writes as %2F"),
    ] {
        assert_eq!(diagnose(v1.clone(), mistaken_v1(&v1, mistake)).await, expected);
    }
    assert_eq!(diagnose(v1.clone(), "nonsense".to_owned()).await, "", "none of them");

    let v3 = Signer { scheme: Scheme::Acs3, ..v1 };
    let by_get = authorization_of(&Signer { method: "GET", ..v3.clone() });
    assert_eq!(diagnose(v3.clone(), by_get).await, "GET was signed, but POST was sent");
    for host in ["mock.localhost", "http://mock.localhost:4590", "localhost:4590", "ecs.cn-hangzhou.aliyuncs.com"] {
        let rebuilt = Signer { headers: [("host".to_owned(), host.to_owned())].into(), ..v3.clone() };
        let expected = "another Host was signed than the one that was sent: sign the header as it is sent";
        assert_eq!(diagnose(v3.clone(), authorization_of(&rebuilt)).await, expected, "{host}");
    }
    let suffixed = Signer { secret: "testsecret&".to_owned(), ..v3.clone() };
    let expected = "the key was the secret with an & behind it: with ACS3 it is the secret alone";
    assert_eq!(diagnose(v3.clone(), authorization_of(&suffixed)).await, expected);
    let lying = [("x-acs-content-sha256".to_owned(), "0".repeat(64)), ("host".to_owned(), "x".to_owned())];
    let lying = Signer { headers: lying.into(), ..v3 };
    let expected = "x-acs-content-sha256 is not the SHA-256 of the body, in lower-case hexadecimal";
    assert_eq!(diagnose(lying.clone(), authorization_of(&lying)).await, expected);
}

/// The signature in version 1 of a client with this mistake.
fn mistaken_v1(signer: &Signer, mistake: &str) -> String {
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let encode = |text: &str| {
        let right = crate::support::percent_encoded(text);
        match mistake {
            "plus" => right.replace("%20", "+"),
            "form" => right.replace("%20", "+").replace("%2A", "*").replace('~', "%7E"),
            "component" => [("%21", "!"), ("%27", "'"), ("%28", "("), ("%29", ")"), ("%2A", "*")]
                .iter()
                .fold(right, |text, (encoded, bare)| text.replace(encoded, bare)),
            "path" => right.replace("%2F", "/"),
            _ => right,
        }
    };
    let mut pairs = signer.sign().query;
    pairs.retain(|(name, _)| name != "Signature");
    pairs.sort();
    let canonical: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let path = if mistake == "slash" { "/" } else { "%2F" };
    let text = format!("{}&{path}&{}", signer.method, encode(&canonical.join("&")));
    let key = if mistake == "key" { signer.secret.clone() } else { format!("{}&", signer.secret) };
    let mut mac = hmac::Hmac::<sha1::Sha1>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    base64::prelude::BASE64_STANDARD.encode(mac.finalize().into_bytes())
}
