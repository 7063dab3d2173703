//! Where a body in chunks ends. The HTTP layer decodes it; here its lines are read before they go there, so that what is
//! behind the body is known to be another request.

use actix_web::http::header::HeaderName;

/// Bytes of a line at most: the size of a chunk with its extensions, or a trailer.
const LINE: usize = 4 * 1024;

/// Bytes of all trailers at most.
const TRAILERS: u64 = 64 * 1024;

/// A body, as far as its lines were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunks {
    /// The size of a chunk comes next.
    Size,
    /// The end of the line comes next that closes the data of a chunk.
    DataEnd,
    /// The last chunk has come, and these bytes of trailers.
    Trailers(u64),
    /// Nothing comes any more.
    End,
}

impl Chunks {
    /// How long the next piece is, of which `bytes` are the beginning: a line, and the data that it announces. `None`: the
    /// rest of the line is to come. An error says why this is no body.
    pub fn next(&mut self, bytes: &[u8]) -> Result<Option<u64>, &'static str> {
        let Some(newline) = bytes.iter().take(LINE).position(|&byte| byte == b'\n') else {
            return if bytes.len() < LINE { Ok(None) } else { Err("a line of a chunked body is too long") };
        };
        let line = bytes[..newline].strip_suffix(b"\r").ok_or("a line of a chunked body does not end with CRLF")?;
        if line.iter().any(|&byte| byte.is_ascii_control() && byte != b'\t') {
            return Err("a line of a chunked body has a control character");
        }
        let (next, length) = self.after(line, newline as u64 + 1)?;
        *self = next;
        Ok(Some(length))
    }

    /// What follows on a line that has `length` bytes with its end, and how long the piece is that begins with it.
    fn after(self, line: &[u8], length: u64) -> Result<(Self, u64), &'static str> {
        match self {
            Self::Size => match size(line).ok_or("the size of a chunk is no number")? {
                0 => Ok((Self::Trailers(0), length)),
                size => Ok((Self::DataEnd, length.saturating_add(size))),
            },
            Self::DataEnd if line.is_empty() => Ok((Self::Size, length)),
            Self::DataEnd => Err("a chunk is longer than its size"),
            Self::Trailers(_) if line.is_empty() => Ok((Self::End, length)),
            Self::Trailers(so_far) if so_far + length > TRAILERS => Err("the trailers are too long"),
            Self::Trailers(so_far) => {
                let name = line.split(|&byte| byte == b':').next().filter(|name| name.len() < line.len());
                let is_trailer = name.is_some_and(|name| HeaderName::from_bytes(name).is_ok());
                let next = Self::Trailers(so_far + length);
                if is_trailer { Ok((next, length)) } else { Err("a trailer has no name") }
            }
            Self::End => Ok((Self::End, 0)),
        }
    }
}

/// The size of a chunk; extensions say nothing here.
fn size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|&byte| byte == b';').next()?.trim_ascii_end();
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    u64::from_str_radix(str::from_utf8(digits).ok().filter(|_| is_number)?, 16).ok()
}
