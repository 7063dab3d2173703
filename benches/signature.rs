//! What checking a signature costs: a real SDK's DescribeSnapshots in each scheme, right and wrong, and a nonce.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use criterion::{Criterion, criterion_group, criterion_main};
use ecs_mock::model::params::Params;
use ecs_mock::model::time::Time;
use ecs_mock::nonces::Nonces;
use ecs_mock::wire::signature::{Signed, claim};

const PARAMETERS: &[(&str, &str)] = &[
    ("DryRun", "True"),
    ("RegionId", "cn-hangzhou"),
    ("SnapshotIds", "[\"s-1\",\"s-2\"]"),
    ("Tag.1.Key", "env"),
    ("Tag.1.Value", "a b*~+/中"),
];
const V1: &[(&str, &str)] = &[
    ("Action", "DescribeSnapshots"),
    ("Version", "2014-05-26"),
    ("Format", "JSON"),
    ("SignatureMethod", "HMAC-SHA1"),
    ("SignatureVersion", "1.0"),
    ("SignatureType", ""),
    ("SignatureNonce", "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"),
    ("Timestamp", "2016-02-23T12:46:24Z"),
    ("AccessKeyId", "testid"),
    ("Signature", "J/e1YEELoSIxpyp4oSxZOl+7JW0="),
];
const ACS3: &[(&str, &str)] = &[
    ("accept", "application/json"),
    ("host", "127.0.0.1:18123"),
    ("user-agent", "mock-ua/1.0"),
    ("x-acs-action", "DescribeSnapshots"),
    ("x-acs-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("x-acs-credentials-provider", "static_ak"),
    ("x-acs-date", "2023-10-26T10:22:32Z"),
    ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
    ("x-acs-version", "2014-05-26"),
    (
        "authorization",
        "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=accept;host;user-agent;x-acs-action;x-acs-content-sha256;\
         x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version,\
         Signature=148b71e86a714b151e883e2e32706508f7ade4a7dc364789de0f8485cccdfa50",
    ),
];

fn signatures(criterion: &mut Criterion) {
    for (scheme, more, headers) in [("V1", V1, &[][..]), ("ACS3", &[][..], ACS3)] {
        let pairs = PARAMETERS.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let params = Params::new(pairs);
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let query_count = params.pairs().len();
        let request = Signed { method: "POST", headers: &headers, params: &params, query_count, body: b"" };
        // The vector of version 1 is a GET.
        let request = Signed { method: if scheme == "V1" { "GET" } else { "POST" }, ..request };
        let check = |secret| claim(black_box(&request)).unwrap().check(&request, secret);
        check("testsecret").unwrap();
        let mut group = criterion.benchmark_group(scheme);
        group.bench_function("right", |bencher| bencher.iter(|| check("testsecret")));
        group.bench_function("wrong, mistakes searched", |bencher| bencher.iter(|| check("other")));
        group.finish();
    }
    let (now, mut number) = (Time(1_773_576_000), 0_u64);
    let nonces = Nonces::new(1_000_000);
    let mut use_next = || {
        number += 1;
        let expiration = now.plus(900 + i64::try_from(number % 900).unwrap());
        nonces.is_first_use("testid", &number.to_string(), now, expiration)
    };
    (0..100_000).for_each(|_| assert!(use_next()));
    criterion.bench_function("nonce, 100,000 remembered", |bencher| bencher.iter(&mut use_next));
}

criterion_group!(benches, signatures);
criterion_main!(benches);
