//! Prometheus' text format 0.0.4, read strictly: what a lenient reader would guess at is an error here.

use std::collections::{BTreeMap, BTreeSet};

/// Labels by their names.
pub type Labels = BTreeMap<String, String>;

/// All metrics of one answer.
#[derive(Debug, Default)]
pub struct Exposition {
    /// The type of each family, by its name.
    pub types: BTreeMap<String, String>,
    pub samples: BTreeMap<(String, Labels), f64>,
}

impl Exposition {
    /// Panics unless the text is wholly in order: each family opens with its HELP and its TYPE, once; its samples follow, each
    /// combination of name and labels once; buckets of histograms ascend up to `+Inf`, which is the count.
    pub fn read(text: &str) -> Self {
        let (mut read, mut helped, mut family) = (Self::default(), BTreeSet::new(), String::new());
        assert!(text.ends_with('\n') && !text.contains('\r'), "lines end with a line feed");
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').expect("HELP has a text");
                assert!(is_name(name) && !help.is_empty(), "{line}");
                assert!(helped.insert(name.to_owned()), "{name} has two helps");
                name.clone_into(&mut family);
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect("TYPE has a type");
                assert_eq!(name, family, "its HELP stands before it");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(read.types.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} has two types");
            } else {
                assert!(!line.starts_with('#'), "no other comments: {line}");
                let (name, labels, value) = sample(line);
                let kind = read.types.get(&family).unwrap_or_else(|| panic!("{line} stands under no TYPE"));
                let rest = name.strip_prefix(&*family).unwrap_or_else(|| panic!("{line} stands under {family}"));
                assert!(if kind == "histogram" {
                    ["_bucket", "_sum", "_count"].contains(&rest)
                } else {
                    rest.is_empty()
                });
                assert!(kind == "gauge" || value >= 0.0, "{line}");
                assert!(read.samples.insert((name, labels), value).is_none(), "{line} is there twice");
            }
        }
        read.check_histograms();
        read
    }

    fn check_histograms(&self) {
        let mut buckets: BTreeMap<(String, Labels), Vec<(f64, f64)>> = BTreeMap::new();
        for ((name, labels), value) in &self.samples {
            if let Some(name) = name.strip_suffix("_bucket") {
                let mut labels = labels.clone();
                let bound: f64 = labels.remove("le").unwrap().parse().unwrap();
                buckets.entry((name.to_owned(), labels)).or_default().push((bound, *value));
            }
        }
        for ((name, labels), mut buckets) in buckets {
            buckets.sort_by(|left, right| left.0.total_cmp(&right.0));
            assert!(buckets.is_sorted_by(|left, right| left.1 <= right.1), "{name} {labels:?}: {buckets:?}");
            let (bound, count) = *buckets.last().unwrap();
            assert!(bound.is_infinite());
            assert_eq!(self.samples[&(format!("{name}_count"), labels.clone())].to_bits(), count.to_bits(), "{name}");
            assert!(self.samples.contains_key(&(format!("{name}_sum"), labels)), "{name}");
        }
    }

    /// The value of a sample; none of one that is not there.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.samples.get(&(name.to_owned(), labels)).copied()
    }

    /// The sum of all samples of a name.
    pub fn sum(&self, name: &str) -> f64 {
        self.samples.iter().filter(|((other, _), _)| other == name).map(|(_, value)| value).sum()
    }
}

fn is_name(text: &str) -> bool {
    let is_inside = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == ':';
    text.chars().all(is_inside) && !text.is_empty() && !text.starts_with(|sign: char| sign.is_ascii_digit())
}

/// `name{label="value"} 1`, without a timestamp.
fn sample(line: &str) -> (String, Labels, f64) {
    let end = line.find(['{', ' ']).unwrap_or_else(|| panic!("{line} has no value"));
    let (name, mut rest) = line.split_at(end);
    assert!(is_name(name), "{line}");
    let mut labels = Labels::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        loop {
            let (label, behind) = rest.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
            assert!(is_name(label) && !label.contains(':'), "{line}");
            let (value, behind) = quoted(behind);
            assert!(labels.insert(label.to_owned(), value).is_none(), "{line}");
            rest = match behind.strip_prefix(',') {
                Some(more) => more,
                None => break rest = behind.strip_prefix('}').unwrap_or_else(|| panic!("{line}")),
            };
        }
    }
    let value = rest.strip_prefix(' ').unwrap_or_else(|| panic!("{line}"));
    let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
    (name.to_owned(), labels, value)
}

/// A value up to its closing quotation mark, and what stands behind that.
fn quoted(text: &str) -> (String, &str) {
    let (mut value, mut signs) = (String::new(), text.char_indices());
    while let Some((place, sign)) = signs.next() {
        match sign {
            '"' => return (value, &text[place + 1..]),
            '\\' => value.push(match signs.next() {
                Some((_, 'n')) => '\n',
                Some((_, sign @ ('\\' | '"'))) => sign,
                other => panic!("{other:?} is no escape"),
            }),
            sign => value.push(sign),
        }
    }
    panic!("{text} has no end")
}

#[test]
fn what_is_not_in_order_is_not_read() {
    let head = "# HELP a_total A.\n# TYPE a_total counter\n";
    assert_eq!(
        Exposition::read(&format!("{head}a_total{{b=\"c\\\"\\\\\\n\"}} 2\n")).sum("a_total").to_bits(),
        2f64.to_bits()
    );
    let histogram = "# HELP h H.\n# TYPE h histogram\n";
    for text in [
        "a_total 1\n".to_owned(),
        format!("{head}a_total 1"),
        format!("{head}a_total 1\r\n"),
        format!("{head}a_total 1\n# EOF\n"),
        format!("{head}# UNIT a_total seconds\n"),
        format!("{head}a_total 1\na_total 2\n"),
        format!("{head}{head}"),
        format!("{head}a 1\n"),
        format!("{head}b_total 1\n"),
        format!("{head}a_total -1\n"),
        format!("{head}a_total{{}} 1\n"),
        format!("{head}a_total{{b=\"c\",}} 1\n"),
        format!("{head}a_total{{b=\"c\",b=\"d\"}} 1\n"),
        format!("{head}a_total{{b=\"\\x\"}} 1\n"),
        format!("{head}a_total one\n"),
        format!("{histogram}h_bucket{{le=\"1.0\"}} 1\nh_sum 1\nh_count 1\n"),
        format!("{histogram}h_bucket{{le=\"1.0\"}} 2\nh_bucket{{le=\"+Inf\"}} 1\nh_sum 1\nh_count 1\n"),
        format!("{histogram}h_bucket{{le=\"+Inf\"}} 1\nh_sum 1\nh_count 2\n"),
    ] {
        let read = std::panic::catch_unwind(|| Exposition::read(&text));
        assert!(read.is_err(), "{text}");
    }
}
