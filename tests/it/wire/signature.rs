//! Both signature schemes by themselves: published vectors, and what a request signed by any client must and must not pass.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use ecs_mock::actions::faults::INVALID_ACCESS_KEY_ID;
use ecs_mock::model::params::Params;
use ecs_mock::wire::signature::{Refusal, Signed, claim};
use proptest::collection::btree_map;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::support::{Scheme, SignedRequest, Signer, property};

/// What the server makes of a request with one of two known keys, and a secret.
fn check(request: &SignedRequest, secret: &str) -> Result<(), Refusal> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }
    let mut pairs = request.query.clone();
    let query_count = pairs.len();
    let decode =
        |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    if request.headers.iter().any(|(_, value)| value.contains("form-urlencoded")) {
        let form = request.body.split('&').filter_map(|pair| pair.split_once('='));
        pairs.extend(form.map(|(name, value)| (decode(name), decode(value))));
    }
    let params = Params::new(pairs);
    let body = request.body.as_bytes();
    let signed = Signed { method: &request.method, headers: &headers, params: &params, query_count, body };
    let claim = claim(&signed)?;
    if !["testid", "YourAccessKeyId"].contains(&claim.access_key_id) {
        return Err(Refusal::from(&INVALID_ACCESS_KEY_ID));
    }
    claim.check(&signed, secret)
}

fn pairs(text: &str, separator: char, equals: char) -> Vec<(String, String)> {
    let pair = |pair: &str| pair.split_once(equals).map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    text.split(separator).filter(|line| !line.is_empty()).map(pair).collect()
}

const V1: &str = "SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&AccessKeyId=testid&Version=2014-05-26\
    &SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&Timestamp=2016-02-23T12:46:24Z";

fn v1(method: &str, parameters: &str, form: &str, signature: &str) -> SignedRequest {
    let mut query = pairs(&format!("{V1}&{parameters}"), '&', '=');
    query.push(("Signature".to_owned(), signature.to_owned()));
    let headers = if form.is_empty() { "" } else { "content-type: application/x-www-form-urlencoded" };
    SignedRequest { method: method.to_owned(), query, headers: pairs(headers, '\n', ':'), body: form.to_owned() }
}

#[test]
fn the_example_of_the_documentation_of_version_1() {
    let signature = "OLeaidS1JvxuMvnyHOwuJ+uX5qY=";
    assert_eq!(check(&v1("GET", "Format=XML&Action=DescribeRegions", "", signature), "testsecret"), Ok(()));
    let wrong = check(&v1("GET", "Format=XML&Action=DescribeRegions", "", "x"), "testsecret").unwrap_err();
    assert_eq!(
        wrong.fault.message,
        "Specified signature is not matched with our calculation. server string to sign is:\
         GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26SignatureMethod%3DHMAC-SHA1\
         %26SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26SignatureVersion%3D1.0\
         %26Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26"
    );
}

#[test]
fn vectors_of_version_1_by_get_and_by_post() {
    let get = "Action=DescribeSnapshots&DryRun=True&Format=JSON&RegionId=cn-hangzhou&SignatureType=\
        &SnapshotIds=[\"s-1\",\"s-2\"]&Tag.1.Key=env&Tag.1.Value=a b*~+/中";
    assert_eq!(check(&v1("GET", get, "", "J/e1YEELoSIxpyp4oSxZOl+7JW0="), "testsecret"), Ok(()));
    let post = "Action=DescribeSnapshots&Format=JSON&RegionId=cn-hangzhou&SignatureType=";
    let form = "SnapshotName=a+b%2A~%21%27%28%29%2B%2F%E4%B8%AD&Tag.1.Key=env&Tag.1.Value=prod&DryRun=true";
    assert_eq!(check(&v1("POST", post, form, "e6v7W+WFLxKw6bLQfIO0zbdnFII="), "testsecret"), Ok(()));
}

/// The headers of a request in version 3, with the fields of Authorization in this order.
fn v3(query: &str, headers: &str, body: &str, authorization: &str) -> SignedRequest {
    let mut headers = pairs(headers, '\n', ':');
    headers.push(("authorization".to_owned(), format!("ACS3-HMAC-SHA256 {authorization}")));
    SignedRequest { method: "POST".to_owned(), query: pairs(query, '&', '='), headers, body: body.to_owned() }
}

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn the_example_of_the_documentation_of_version_3() {
    let headers = format!(
        "host:ecs.cn-shanghai.aliyuncs.com\nx-acs-action:RunInstances\nx-acs-content-sha256:{EMPTY}\n\
         x-acs-date:2023-10-26T10:22:32Z\nx-acs-signature-nonce:3156853299f313e23d1673dc12e1703d\n\
         x-acs-version:2014-05-26"
    );
    let query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai";
    let signed = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
    let signature = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0";
    for authorization in [
        format!("Credential=YourAccessKeyId,SignedHeaders={signed},Signature={signature}"),
        // The fields come in any order, with or without spaces.
        format!("Signature={signature}, Credential=YourAccessKeyId, SignedHeaders={signed}"),
    ] {
        assert_eq!(check(&v3(query, &headers, "", &authorization), "YourAccessKeySecret"), Ok(()), "{authorization}");
    }
}

#[test]
fn vectors_of_version_3_with_and_without_a_body() {
    let common = "x-acs-action:DescribeSnapshots\nx-acs-date:2023-10-26T10:22:32Z\nhost:127.0.0.1:18123\n\
        x-acs-signature-nonce:3156853299f313e23d1673dc12e1703d\nx-acs-version:2014-05-26\naccept:application/json\n\
        user-agent:mock-ua/1.0";
    let permanent = "accept;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;\
        x-acs-signature-nonce;x-acs-version";
    let query = "DryRun=True&RegionId=cn-hangzhou&SnapshotIds=[\"s-1\",\"s-2\"]&Tag.1.Key=env&Tag.1.Value=a b*~+/中";
    let headers = format!("{common}\nx-acs-content-sha256:{EMPTY}\nx-acs-credentials-provider:static_ak");
    let signature = "148b71e86a714b151e883e2e32706508f7ade4a7dc364789de0f8485cccdfa50";
    let authorization = format!("Credential=testid,SignedHeaders={permanent},Signature={signature}");
    assert_eq!(check(&v3(query, &headers, "", &authorization), "testsecret"), Ok(()));
    let wrong = check(&v3(query, &headers, "", &authorization), "other").unwrap_err().fault.message;
    let start = "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n\
        21d3d416a0c7defc6e50db23109ad81c83aac2b9acf8d2bb04f531417079e265] server CanonicalRequest is [POST\n/\n\
        DryRun=True&RegionId=cn-hangzhou&SnapshotIds=%5B%22s-1%22%2C%22s-2%22%5D&Tag.1.Key=env\
        &Tag.1.Value=a%20b%2A~%2B%2F%E4%B8%AD\naccept:application/json\nhost:127.0.0.1:18123\n";
    assert!(wrong.starts_with(start), "{wrong}");
    assert!(wrong.ends_with(&format!("\nx-acs-version:2014-05-26\n\n{permanent}\n{EMPTY}]")), "{wrong}");

    let temporary = "accept;content-type;host;user-agent;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;\
        x-acs-credentials-provider;x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version";
    let headers = format!(
        "{common}\nx-acs-content-sha256:2e6bdc15b15d94ccc5c0723122576494e011910bb6f9a932240ec15cb8e469c9\n\
         x-acs-credentials-provider:static_sts\nx-acs-accesskey-id:testid\nx-acs-security-token:ststoken+/=\n\
         content-type:application/x-www-form-urlencoded"
    );
    let body = "DryRun=True&SnapshotName=a+b%2A~%21%27%28%29%2B%2F%E4%B8%AD&Tag.1.Key=env&Tag.1.Value=prod";
    let signature = "5d7b7df6efee9353707a9d9cc9b78f7e39729a40f5f24f142e93b504d1e7877c";
    let authorization = format!("Credential=testid,SignedHeaders={temporary},Signature={signature}");
    assert_eq!(check(&v3("RegionId=cn-hangzhou", &headers, body, &authorization), "testsecret"), Ok(()));
}

#[test]
fn a_vector_of_version_3_with_a_body_in_json() {
    let signed = "accept;content-type;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;\
        x-acs-date;x-acs-signature-nonce;x-acs-version";
    let headers = "x-acs-action:DescribeSnapshots\nx-acs-date:2023-10-26T10:22:32Z\nhost:127.0.0.1:18123\n\
        x-acs-signature-nonce:3156853299f313e23d1673dc12e1703d\nx-acs-version:2014-05-26\naccept:application/json\n\
        user-agent:mock-ua/1.0\nx-acs-credentials-provider:static_ak\ncontent-type:application/json; charset=utf-8\n\
        x-acs-content-sha256:7f8d00c8f5c421069163af464e3fa10427202c3c8b97fce053c3891db164e6d1";
    let body = r#"{"SnapshotName":"a b*~!'()+/中","DryRun":true,"Tag":[{"Key":"env","Value":"prod"}]}"#;
    let signature = "c95affba5cb2aa9eba53278af82e277956bb572f7c07ff1bcb8df965fa0f8587";
    let authorization = format!("Credential=testid,SignedHeaders={signed},Signature={signature}");
    assert_eq!(check(&v3("RegionId=cn-hangzhou", headers, body, &authorization), "testsecret"), Ok(()));
}

/// Any request that a client may sign.
fn signers() -> impl Strategy<Value = Signer> {
    let names = || "[A-Za-z][A-Za-z0-9.]{0,8}";
    let values = || prop_oneof!["[ -~]{0,12}", "\\PC{0,8}"];
    let scheme = select(vec![Scheme::RpcV1, Scheme::Acs3]);
    let headers = btree_map("x-[a-z]{1,8}", "[!-~]([ -~]{0,10}[!-~])?", 0..4);
    let parts =
        (scheme, btree_map(names(), values(), 0..6), btree_map(names(), values(), 0..4), headers, "[!-~]{1,40}");
    (parts, select(vec!["GET", "POST"])).prop_map(|((scheme, parameters, form, headers, secret), method)| {
        let mut signer = Signer { secret, method, form, ..Signer::new(scheme, "2026-03-15T12:00:00Z", "n") };
        signer.form.retain(|name, _| !parameters.contains_key(name));
        signer.parameters.extend(parameters);
        signer.headers.extend(headers);
        // What one of the schemes gives a meaning to is not any parameter.
        for name in ["Signature", "SignatureType"] {
            signer.parameters.remove(name);
            signer.form.remove(name);
        }
        signer
    })
}

#[test]
fn what_a_client_signs_is_right_and_with_any_other_secret_it_is_wrong() {
    let outcome = property(500).run(&(signers(), "[!-~]{1,40}"), |(signer, other)| {
        let request = signer.sign();
        prop_assert_eq!(check(&request, &signer.secret), Ok(()));
        if other != signer.secret {
            let refusal = check(&request, &other).unwrap_err();
            prop_assert_eq!(refusal.fault.code, "SignatureDoesNotMatch");
            prop_assert_eq!(refusal.diagnosis, None);
        }
        Ok(())
    });
    outcome.unwrap();
}

/// Flips a bit of one character; the text stays one that a request can carry.
fn flipped(text: &str, index: Index) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    let at = index.index(bytes.len());
    bytes[at] ^= 1;
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control) && text.trim() == text)
}

#[test]
fn one_flipped_byte_is_always_refused() {
    let outcome = property(2_000).run(&(signers(), any::<Index>(), any::<Index>()), |(signer, which, at)| {
        let mut request = signer.sign();
        // Names and values of the query, values of headers, and the body are signed; so are the method and the signature.
        let count = 2 * request.query.len() + request.headers.len() + 1;
        let chosen = which.index(count);
        let in_headers = chosen.checked_sub(2 * request.query.len());
        let text = match in_headers {
            None if chosen.is_multiple_of(2) => &mut request.query[chosen / 2].0,
            None => &mut request.query[chosen / 2].1,
            Some(header) if header < request.headers.len() => &mut request.headers[header].1,
            Some(_) => &mut request.body,
        };
        let Some(changed) = flipped(text, at) else { return Ok(()) };
        *text = changed;
        // In version 1 neither headers nor what is behind an encoded form matter.
        if signer.scheme == Scheme::RpcV1 && in_headers.is_some() {
            return Ok(());
        }
        prop_assert!(check(&request, &signer.secret).is_err(), "{:?}", request);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn a_flipped_byte_of_a_form_is_refused_in_version_1() {
    let outcome = property(500).run(&(signers(), any::<Index>(), any::<Index>()), |(signer, which, at)| {
        let signer = Signer { scheme: Scheme::RpcV1, ..signer };
        let mut request = signer.sign();
        let mut form: Vec<(String, String)> = signer.form.clone().into_iter().collect();
        if form.is_empty() {
            return Ok(());
        }
        let chosen = which.index(form.len());
        let Some(changed) = flipped(&form[chosen].1, at) else { return Ok(()) };
        form[chosen].1 = changed;
        request.body = Signer { form: form.into_iter().collect(), ..signer.clone() }.sign().body;
        prop_assert!(check(&request, &signer.secret).is_err(), "{:?}", request);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn a_parameter_that_is_there_twice_counts_once_as_for_the_action() {
    for scheme in [Scheme::RpcV1, Scheme::Acs3] {
        let signer = Signer::new(scheme, "2026-03-15T12:00:00Z", "n").with("A", "1");
        let mut request = signer.sign();
        request.query.push(("A".to_owned(), "2".to_owned()));
        assert_eq!(check(&request, &signer.secret), Ok(()), "the first one is what was signed");
        request.query.insert(0, ("A".to_owned(), "2".to_owned()));
        assert!(check(&request, &signer.secret).is_err(), "the first one is another one");
    }
}

#[test]
fn names_of_parameters_may_be_encoded_or_not_in_version_3() {
    let signer = Signer::new(Scheme::Acs3, "2026-03-15T12:00:00Z", "n").with("a b", "1");
    assert_eq!(check(&signer.sign(), &signer.secret), Ok(()), "as it is");
    // The signature is over the encoded name, which then travels decoded.
    let encoded = Signer::new(Scheme::Acs3, "2026-03-15T12:00:00Z", "n").with("a%20b", "1");
    let mut request = encoded.sign();
    for (name, _) in request.query.iter_mut().filter(|(name, _)| name == "a%20b") {
        *name = "a b".to_owned();
    }
    assert_eq!(check(&request, &signer.secret), Ok(()), "encoded");
}

#[test]
fn headers_that_mean_something_must_be_covered() {
    let signer = Signer::new(Scheme::Acs3, "2026-03-15T12:00:00Z", "n");
    for name in ["x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256", "x-acs-version"] {
        let mut request = signer.sign();
        let authorization = request.headers.iter().find(|(name, _)| name == "authorization").unwrap().1.clone();
        request.set("authorization", &authorization.replace(&format!(";{name}"), ""));
        assert_eq!(check(&request, &signer.secret).unwrap_err().fault.code, "IncompleteSignature", "{name}");
    }
}

#[test]
fn a_header_that_comes_twice_is_signed_with_a_comma() {
    let signer = Signer::new(Scheme::Acs3, "2026-03-15T12:00:00Z", "n");
    let signer = Signer { headers: [("x-list".to_owned(), "a,b".to_owned())].into(), ..signer };
    let mut request = signer.sign();
    request.set("x-list", "a");
    request.headers.push(("x-list".to_owned(), " b ".to_owned()));
    assert_eq!(check(&request, &signer.secret), Ok(()));
}
