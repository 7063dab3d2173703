//! Replies, and the comparison of a JSON one with an XML one.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

/// What an error reply says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub status: u16,
    pub code: String,
    pub message: String,
}

impl Fault {
    pub fn new(status: u16, code: &str, message: &str) -> Self {
        Self { status, code: code.to_owned(), message: message.to_owned() }
    }
}

impl Reply {
    pub async fn read(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.text().await.unwrap() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// All values of a header.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn xml(&self) -> XmlTree {
        XmlTree::parse(&self.body)
    }

    pub fn fault(&self) -> Fault {
        let json = self.json();
        let text = |name: &str| json[name].as_str().unwrap_or_else(|| panic!("{name} in {json}")).to_owned();
        assert_eq!(text("RequestId"), self.header("x-acs-request-id"));
        assert!(!text("HostId").is_empty() && text("Recommend").contains(&text("Code")));
        Fault { status: self.status, code: text("Code"), message: text("Message") }
    }

    /// Panics unless this XML reply has the content of the JSON one. Two calls have two request ids.
    pub fn assert_says_the_same(&self, root: &str, json: &Self) {
        let mut tree = self.xml();
        assert_eq!(tree.name, root);
        let mut other = XmlTree::from_json(root, &json.json());
        tree.forget_request();
        other.forget_request();
        assert_eq!(tree, other);
    }
}

/// An element: its text, or its children in order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XmlTree {
    pub name: String,
    pub text: String,
    pub children: Vec<XmlTree>,
}

impl XmlTree {
    fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), text: String::new(), children: Vec::new() }
    }

    pub fn parse(xml: &str) -> Self {
        assert!(xml.starts_with("<?xml version='1.0' encoding='UTF-8'?><"), "{xml}");
        // quick-xml reads these, other parsers do not.
        let is_forbidden = |character: char| {
            (character < ' ' && !"\t\n\r".contains(character)) || "\u{fffe}\u{ffff}".contains(character)
        };
        assert_eq!(xml.find(is_forbidden), None, "{xml:?}");
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Self::new("")];
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{error}: {xml}")) {
                Event::Start(tag) => open.push(Self::new(tag.name().as_ref())),
                Event::Empty(tag) => {
                    let leaf = Self::new(tag.name().as_ref());
                    open.last_mut().unwrap().children.push(leaf);
                }
                Event::End(_) => {
                    let closed = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(closed);
                }
                Event::Text(text) => open.last_mut().unwrap().text.push_str(&text),
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref().unwrap() {
                        Some(character) => character.to_string(),
                        None => quick_xml::escape::resolve_xml_entity(&reference).unwrap().to_owned(),
                    };
                    open.last_mut().unwrap().text.push_str(&character);
                }
                Event::Eof => break,
                Event::Decl(_) => {}
                other => panic!("unexpected {other:?} in {xml}"),
            }
        }
        let mut root = open.pop().unwrap().children.pop().unwrap();
        root.sort();
        root
    }

    /// What this JSON reply would be as XML: lists are repeated elements.
    fn from_json(name: &str, json: &Value) -> Self {
        let mut tree = Self::new(name);
        match json {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::Array(items) => {
                            tree.children.extend(items.iter().map(|item| Self::from_json(name, item)));
                        }
                        value => tree.children.push(Self::from_json(name, value)),
                    }
                }
            }
            Value::String(text) => tree.text.clone_from(text),
            value => tree.text = value.to_string(),
        }
        tree.sort();
        tree
    }

    fn sort(&mut self) {
        self.children.iter_mut().for_each(Self::sort);
        self.children.sort_by(|left, right| left.name.cmp(&right.name));
    }

    fn forget_request(&mut self) {
        self.children.retain(|child| !matches!(child.name.as_str(), "RequestId" | "Recommend"));
    }

    pub fn child(&self, name: &str) -> &Self {
        self.children.iter().find(|child| child.name == name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }
}
