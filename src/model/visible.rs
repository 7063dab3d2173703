//! Texts in which nothing is hidden: what cannot be seen, or looks like something else, is written as `\u{a0}`.

use std::fmt::Write as _;

use icu_normalizer::ComposingNormalizerBorrowed;

/// Letters that have no shape.
const SHAPELESS: [char; 5] = ['\u{115f}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{ffa0}'];

/// The signs that look like nothing but themselves, beside ASCII: the syllables of Korean, and the ideographs of Chinese, which
/// letters of Japanese may look like.
const DISTINCT: [std::ops::RangeInclusive<char>; 4] =
    ['\u{3400}'..='\u{4dbf}', '\u{4e00}'..='\u{9fff}', '\u{ac00}'..='\u{d7a3}', '\u{20000}'..='\u{3ffff}'];

/// Whether a character is not seen, or is part of a text that Unicode has in two forms.
fn is_hidden(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    // The standard library escapes what no font shows, and marks that are drawn over the letter before.
    let is_escaped = character.escape_debug().len() > 1;
    // Those that are put together to syllables, and those that are stored for another one which looks the same.
    let is_part = matches!(character, '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}');
    let is_other = || !ComposingNormalizerBorrowed::new_nfc().is_normalized(character.encode_utf8(&mut [0; 4]));
    is_escaped || is_part || SHAPELESS.contains(&character) || is_other()
}

/// A text with all that is hidden in it written out: spaces at its ends and behind others, and what is not seen.
#[must_use]
pub fn visible(text: &str) -> String {
    written(text, is_hidden)
}

/// Two texts, so that they look the same only if they are: where they may look alike, all that is not ASCII is written out.
#[must_use]
pub fn visible_pair(one: &str, other: &str) -> (String, String) {
    if one != other && may_look_alike(one, other) {
        let is_written = |character: char| !character.is_ascii() || is_hidden(character);
        return (written(one, is_written), written(other, is_written));
    }
    (visible(one), visible(other))
}

/// A text with what cannot be seen written out, and what turns the direction of others; what scripts and emoji are made of
/// stays as it is. For people who read, where [`visible`] is for those who compare.
#[must_use]
pub fn readable(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unreadable(character) {
            // Into a text, this succeeds.
            let _ = write!(written, "\\u{{{:x}}}", u32::from(character));
        } else {
            written.push(character);
        }
    }
    written
}

fn is_unreadable(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    // Joiners shape letters and emoji.
    if matches!(character, '\u{200c}' | '\u{200d}') {
        return false;
    }
    // Behind a letter, the standard library escapes what no font shows and no mark that is drawn over it.
    let behind_a_letter = format!("a{character}");
    behind_a_letter.escape_debug().count() > 2
}

/// Whether two texts differ in nothing but how Unicode writes them down, or in letters that may look like others.
fn may_look_alike(one: &str, other: &str) -> bool {
    let normal = ComposingNormalizerBorrowed::new_nfkc();
    let (one, other): (Vec<char>, Vec<char>) =
        (normal.normalize(one).chars().collect(), normal.normalize(other).chars().collect());
    let is_distinct = |character: &char| character.is_ascii() || DISTINCT.iter().any(|range| range.contains(character));
    one.len() == other.len()
        && one.iter().zip(&other).all(|(left, right)| left == right || !is_distinct(left) || !is_distinct(right))
}

fn written(text: &str, is_written: impl Fn(char) -> bool) -> String {
    let mut written = String::with_capacity(text.len());
    let length = text.chars().count();
    let mut was_space = true;
    for (place, character) in text.chars().enumerate() {
        let is_space = character == ' ';
        if (is_space && (was_space || place + 1 == length)) || is_written(character) {
            // Into a text, this succeeds.
            let _ = write!(written, "\\u{{{:x}}}", u32::from(character));
        } else if character == '\\' {
            written.push_str("\\\\");
        } else {
            written.push(character);
        }
        was_space = is_space;
    }
    written
}

/// Without the spaces at its ends, those among them that are not seen.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| {
        character.is_whitespace() || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    })
}
