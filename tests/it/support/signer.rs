//! A client that signs by itself, in either scheme; written after the schemes' description, not after the server.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    RpcV1,
    Acs3,
}

/// A request to be signed; its parts can be changed one by one.
#[derive(Debug, Clone)]
pub struct Signer {
    pub scheme: Scheme,
    pub access_key_id: String,
    pub secret: String,
    pub security_token: Option<String>,
    pub timestamp: String,
    pub nonce: String,
    pub method: &'static str,
    pub parameters: BTreeMap<String, String>,
    /// Parameters that travel in a form.
    pub form: BTreeMap<String, String>,
    /// Sent and, with ACS3, signed.
    pub headers: BTreeMap<String, String>,
}

/// A signed request, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRequest {
    pub method: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Signer {
    /// DescribeSnapshots in cn-hangzhou, with the key of the documentation's examples.
    pub fn new(scheme: Scheme, timestamp: &str, nonce: &str) -> Self {
        let text = str::to_owned;
        Self {
            scheme,
            access_key_id: text("testid"),
            secret: text("testsecret"),
            security_token: None,
            timestamp: text(timestamp),
            nonce: text(nonce),
            method: "POST",
            parameters: BTreeMap::from([(text("RegionId"), text("cn-hangzhou"))]),
            form: BTreeMap::new(),
            headers: BTreeMap::from([(text("host"), text("mock.localhost:4590"))]),
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn sign(&self) -> SignedRequest {
        match self.scheme {
            Scheme::RpcV1 => self.sign_v1(),
            Scheme::Acs3 => self.sign_v3(),
        }
    }

    fn sign_v1(&self) -> SignedRequest {
        let mut parameters = self.parameters.clone();
        for (name, value) in [
            ("Action", "DescribeSnapshots"),
            ("Version", "2014-05-26"),
            ("AccessKeyId", &self.access_key_id),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
            ("SignatureNonce", &self.nonce),
            ("Timestamp", &self.timestamp),
        ] {
            parameters.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
        if let Some(token) = &self.security_token {
            parameters.insert("SecurityToken".to_owned(), token.clone());
        }
        let all: BTreeMap<_, _> = self.form.iter().chain(&parameters).collect();
        let canonical: Vec<String> =
            all.iter().map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value))).collect();
        let text = format!("{}&%2F&{}", self.method, percent_encoded(&canonical.join("&")));
        let mut mac = Hmac::<Sha1>::new_from_slice(format!("{}&", self.secret).as_bytes()).unwrap();
        mac.update(text.as_bytes());
        parameters.insert("Signature".to_owned(), BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        SignedRequest {
            method: self.method.to_owned(),
            query: parameters.into_iter().collect(),
            headers: self.sent_headers(),
            body: self.body(),
        }
    }

    fn sign_v3(&self) -> SignedRequest {
        let mut headers = self.headers.clone();
        let body = self.body();
        for (name, value) in [
            ("x-acs-action", "DescribeSnapshots"),
            ("x-acs-version", "2014-05-26"),
            ("x-acs-date", &self.timestamp),
            ("x-acs-signature-nonce", &self.nonce),
            ("x-acs-content-sha256", &hex(&Sha256::digest(&body))),
        ] {
            headers.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
        if let Some(token) = &self.security_token {
            headers.insert("x-acs-security-token".to_owned(), token.clone());
        }
        if !self.form.is_empty() {
            headers.insert("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned());
        }
        let query: Vec<String> =
            self.parameters.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
        let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
        let lines = lines.concat();
        let names: Vec<&str> = headers.keys().map(String::as_str).collect();
        let names = names.join(";");
        let hash = hex(&Sha256::digest(&body));
        let canonical = format!("{}\n/\n{}\n{lines}\n{names}\n{hash}", self.method, query.join("&"));
        let text = format!("ACS3-HMAC-SHA256\n{}", hex(&Sha256::digest(canonical)));
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        let signature = hex(&mac.finalize().into_bytes());
        let authorization =
            format!("ACS3-HMAC-SHA256 Credential={},SignedHeaders={names},Signature={signature}", self.access_key_id);
        headers.insert("authorization".to_owned(), authorization);
        SignedRequest {
            method: self.method.to_owned(),
            query: self.parameters.clone().into_iter().collect(),
            headers: headers.into_iter().collect(),
            body,
        }
    }

    fn sent_headers(&self) -> Vec<(String, String)> {
        let mut headers: Vec<_> = self.headers.clone().into_iter().collect();
        if !self.form.is_empty() {
            headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
        }
        headers
    }

    fn body(&self) -> String {
        let pairs: Vec<String> = self
            .form
            .iter()
            .map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value)))
            .collect();
        pairs.join("&")
    }
}

impl SignedRequest {
    /// The bytes of the request, in this format of answer.
    pub fn bytes(&self) -> Vec<u8> {
        let query: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value)))
            .collect();
        let mut text = format!("{} /?{} HTTP/1.1\r\n", self.method, query.join("&"));
        for (name, value) in &self.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        let _ = write!(text, "content-length: {}\r\nconnection: close\r\n\r\n{}", self.body.len(), self.body);
        text.into_bytes()
    }

    /// Another value of a header or a parameter than the one that was signed; none for an empty one.
    pub fn set(&mut self, name: &str, value: &str) {
        for pairs in [&mut self.query, &mut self.headers] {
            for pair in pairs.iter_mut().filter(|(other, _)| other == name) {
                value.clone_into(&mut pair.1);
            }
            pairs.retain(|(other, value)| other != name || !value.is_empty());
        }
    }
}

pub fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
