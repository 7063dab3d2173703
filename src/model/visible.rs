//! Texts in which nothing is hidden: what cannot be seen, or looks like something else, is written as `\u{a0}`.

use std::fmt::Write as _;

/// Letters without a shape, and signs that are stored for another one which looks the same.
const ALIKE: [char; 33] = [
    '\u{115f}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{ffa0}', '\u{374}', '\u{37e}', '\u{387}', '\u{1f71}',
    '\u{1f73}', '\u{1f75}', '\u{1f77}', '\u{1f79}', '\u{1f7b}', '\u{1f7d}', '\u{1fbb}', '\u{1fbe}', '\u{1fc9}',
    '\u{1fcb}', '\u{1fd3}', '\u{1fdb}', '\u{1fe3}', '\u{1feb}', '\u{1fee}', '\u{1fef}', '\u{1ff9}', '\u{1ffb}',
    '\u{1ffd}', '\u{2126}', '\u{212a}', '\u{212b}', '\u{2329}', '\u{232a}',
];

/// Whether a character is not seen, or is part of a text that Unicode has in two forms.
fn is_hidden(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    // The standard library escapes what no font shows, and marks that are drawn over the letter before.
    let is_escaped = character.escape_debug().len() > 1;
    let is_in_two_forms = matches!(character,
        '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}');
    is_escaped || is_in_two_forms || ALIKE.contains(&character)
}

/// Whether a character may look like another one of another script. Signs of Chinese, Japanese and Korean do not look like
/// letters.
fn is_letter_of_others(character: char) -> bool {
    !character.is_ascii() && !('\u{2e80}'..='\u{fe00}').contains(&character)
}

/// A text with all that is hidden in it written out: spaces at its ends and behind others, and what is not seen.
#[must_use]
pub fn visible(text: &str) -> String {
    written(text, |_, _| false)
}

/// Two texts, so that they look the same only if they are.
#[must_use]
pub fn visible_pair(one: &str, other: &str) -> (String, String) {
    // Where they differ in nothing but letters of other scripts, they may look the same.
    let is_alike = one != other && one.chars().count() == other.chars().count() && {
        let mut differing = one.chars().zip(other.chars()).filter(|(left, right)| left != right);
        differing.all(|(left, right)| is_letter_of_others(left) || is_letter_of_others(right))
    };
    if !is_alike {
        return (visible(one), visible(other));
    }
    let differs = |text: &'_ str, place: usize, character: char| text.chars().nth(place) != Some(character);
    (
        written(one, |place, character| !character.is_ascii() && differs(other, place, character)),
        written(other, |place, character| !character.is_ascii() && differs(one, place, character)),
    )
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

fn written(text: &str, is_more: impl Fn(usize, char) -> bool) -> String {
    let mut written = String::with_capacity(text.len());
    let length = text.chars().count();
    let mut was_space = true;
    for (place, character) in text.chars().enumerate() {
        let is_space = character == ' ';
        if (is_space && (was_space || place + 1 == length)) || is_hidden(character) || is_more(place, character) {
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
