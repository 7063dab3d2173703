//! Secrets that are given themselves or in files. What is given as a flag can be read in the list of processes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a secret cannot be had. Names files and flags, never a secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("--{flag}-file {}: {error}", .path.display())]
    Unreadable { flag: &'static str, path: PathBuf, error: io::Error },
    #[error("--{flag}-file {}: the file is empty", .path.display())]
    Empty { flag: &'static str, path: PathBuf },
    #[error("--{flag} and --{flag}-file {} differ: give one of them", .path.display())]
    Different { flag: &'static str, path: PathBuf },
}

/// The secret that was given, if one was: as `--<flag>`, or in the file of `--<flag>-file`. An empty text is none, since
/// that is how an environment that passes variables on says that there is none.
pub fn given(flag: &'static str, text: Option<&str>, file: Option<&Path>) -> Result<Option<String>, SecretError> {
    let text = text.filter(|text| !text.is_empty());
    let Some(path) = file.filter(|path| !path.as_os_str().is_empty()) else { return Ok(text.map(str::to_owned)) };
    let path = || path.to_owned();
    let content = fs::read_to_string(path());
    let content = content.map_err(|error| SecretError::Unreadable { flag, path: path(), error })?;
    let secret = content.trim_end_matches(['\r', '\n']);
    match text {
        _ if secret.is_empty() => Err(SecretError::Empty { flag, path: path() }),
        Some(text) if text != secret => Err(SecretError::Different { flag, path: path() }),
        _ => Ok(Some(secret.to_owned())),
    }
}
