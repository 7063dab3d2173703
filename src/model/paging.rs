//! Pages: by PageNumber and PageSize, or by MaxResults and NextToken.

use std::str::FromStr;

use serde::Serialize;

use super::params::{Reading, Reason, Refusal};
use super::sealed::{Damaged, Sealed};
use super::time::Time;

const TOKEN: &str = "the NextToken of an earlier page of the same list";

/// The page that a request asks for, well formed.
#[derive(Debug)]
pub struct Paging {
    /// 1 in token mode.
    pub page_number: i32,
    /// Rows on a full page.
    pub page_size: i32,
    mode: Mode,
}

#[derive(Debug)]
enum Mode {
    /// Nobody said how.
    Open,
    Numbered,
    Token(Option<Token>),
}

/// How large the pages of a list may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Without a PageSize.
    pub page_size: i32,
    /// MaxResults at most, and at least the default; others are brought in between.
    pub max_results: i32,
}

impl Sizes {
    /// Those of most lists: 10, and 100 at most.
    pub const USUAL: Self = Self { page_size: 10, max_results: 100 };
}

/// PageSize at most, and MaxResults at least.
const MAXIMUM_PAGE_SIZE: i32 = 100;
const MINIMUM_RESULTS: i32 = 10;

/// Where a page starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Start {
    /// After this many rows.
    Offset(i64),
    /// After the row at this place in the order, whether or not that row still exists.
    After(Position),
}

/// A place in the order of lists: newest first, then by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Position {
    pub creation_time: Time,
    pub id: String,
}

impl Paging {
    /// Reads `PageNumber`, `PageSize`, `MaxResults` and `NextToken`. One of the last two is enough to put PageNumber and
    /// PageSize out of effect, though not out of the checks; MaxResults is brought into 10 to 100. A request that names
    /// none of the four gets the first page and a token of the next.
    ///
    /// Refused as malformed are a PageNumber under 1, a PageSize outside 1 to 100, what is not an integer, a damaged NextToken.
    pub fn read(reading: &mut Reading<'_>) -> Self {
        Self::read_sized(reading, Sizes::USUAL)
    }

    /// As [`Paging::read`], of a list with other sizes.
    pub fn read_sized(reading: &mut Reading<'_>, sizes: Sizes) -> Self {
        let (number, size) = numbers(reading);
        let max_results = reading.integer("MaxResults", i32::MIN..=i32::MAX, "an integer");
        let token = reading.parsed::<Token>("NextToken", TOKEN);
        if max_results.is_none() && token.is_none() {
            let is_open = number.is_none() && size.is_none();
            let mode = if is_open { Mode::Open } else { Mode::Numbered };
            return Self { page_number: number.unwrap_or(1), page_size: size.unwrap_or(sizes.page_size), mode };
        }
        let page_size = max_results.unwrap_or(MINIMUM_RESULTS).clamp(MINIMUM_RESULTS, sizes.max_results);
        Self { page_number: 1, page_size, mode: Mode::Token(token) }
    }

    /// Reads `PageNumber` and `PageSize`, for a list that has no tokens.
    pub fn read_numbers(reading: &mut Reading<'_>, sizes: Sizes) -> Self {
        let (number, size) = numbers(reading);
        Self { page_number: number.unwrap_or(1), page_size: size.unwrap_or(sizes.page_size), mode: Mode::Numbered }
    }

    /// Reads `MaxResults` and `NextToken`, for a list that has no numbers.
    pub fn read_tokens(reading: &mut Reading<'_>, sizes: Sizes) -> Self {
        let max_results = reading.integer("MaxResults", i32::MIN..=i32::MAX, "an integer");
        let token = reading.parsed::<Token>("NextToken", TOKEN);
        let page_size = max_results.unwrap_or(MINIMUM_RESULTS).clamp(MINIMUM_RESULTS, sizes.max_results);
        Self { page_number: 1, page_size, mode: Mode::Token(token) }
    }

    /// Where the page starts, given the filter that the token must have come from.
    ///
    /// # Errors
    ///
    /// Malformed: a NextToken that belongs to another filter.
    pub fn start(&self, filter: &impl Serialize) -> Result<Start, Refusal> {
        match &self.mode {
            Mode::Open | Mode::Numbered => Ok(Start::Offset(self.skip())),
            Mode::Token(None) => Ok(Start::Offset(0)),
            Mode::Token(Some(token)) if token.sealed.is_of(filter) => Ok(Start::After(token.position.clone())),
            Mode::Token(Some(_)) => Err(Refusal::new("NextToken", Reason::Malformed, TOKEN)),
        }
    }

    /// How many rows stand before the page, in a list that has no tokens.
    #[must_use]
    pub fn skip(&self) -> i64 {
        i64::from(self.page_number - 1) * i64::from(self.page_size)
    }

    /// How many rows to fetch: where a token may follow, one more than the page holds, to see whether there is another page.
    #[must_use]
    pub fn limit(&self) -> i64 {
        i64::from(self.page_size) + i64::from(!matches!(self.mode, Mode::Numbered))
    }

    /// The rows of the page, of those that were fetched.
    #[must_use]
    pub fn cut<'r, T>(&self, rows: &'r [T]) -> &'r [T] {
        let size = usize::try_from(self.page_size).unwrap_or(usize::MAX);
        &rows[..rows.len().min(size)]
    }

    /// The token of the next page, if more rows were fetched than the page has.
    pub fn next_token<T>(
        &self,
        rows: &[T],
        filter: &impl Serialize,
        position: impl FnOnce(&T) -> Position,
    ) -> Option<String> {
        let page = self.cut(rows);
        let last = page.last().filter(|_| page.len() < rows.len())?;
        Some(Token::new(filter, position(last)).sealed.to_string())
    }
}

fn numbers(reading: &mut Reading<'_>) -> (Option<i32>, Option<i32>) {
    let number = reading.integer("PageNumber", 1..=i32::MAX, "an integer from 1");
    let size = reading.integer("PageSize", 1..=MAXIMUM_PAGE_SIZE, "an integer from 1 to 100");
    (number, size)
}

/// The last row of a page and the filter that it was listed by. It names a place in the order, not a row: rows that come
/// and go move nothing.
#[derive(Debug)]
struct Token {
    sealed: Sealed,
    position: Position,
}

impl Token {
    fn new(filter: &impl Serialize, position: Position) -> Self {
        let mut place = Vec::from(position.creation_time.0.to_be_bytes());
        place.extend(position.id.as_bytes());
        Self { sealed: Sealed::new(filter, place), position }
    }
}

impl FromStr for Token {
    type Err = Damaged;

    fn from_str(text: &str) -> Result<Self, Damaged> {
        let sealed: Sealed = text.parse()?;
        let (creation_time, id) = sealed.place.split_first_chunk::<8>().ok_or(Damaged)?;
        let creation_time = Time(i64::from_be_bytes(*creation_time));
        let id = str::from_utf8(id).map_err(|_| Damaged)?.to_owned();
        Ok(Self { sealed, position: Position { creation_time, id } })
    }
}
