//! A rooted folder: paths that cannot leave it, and writes that are there whole or not at all.

use std::fmt;

use super::BoxFuture;

#[cfg(test)]
pub(in crate::host) mod conformance;

/// A store of files under one root.
///
/// Whole-file writes are atomic: a reader, also after a crash, sees the old content or the new one, never a part.
pub trait Files: Send + Sync {
    /// The whole content. Fails with [`ErrorKind::TooLarge`] beyond `max_bytes`.
    fn read<'a>(&'a self, path: &'a FilePath, max_bytes: u64) -> BoxFuture<'a, Result<Vec<u8>>>;

    /// Opens a file to read it piece by piece.
    fn open<'a>(&'a self, path: &'a FilePath) -> BoxFuture<'a, Result<Box<dyn Reader>>>;

    /// Replaces the content, atomically; makes missing folders.
    fn write<'a>(&'a self, path: &'a FilePath, data: Vec<u8>) -> BoxFuture<'a, Result<()>>;

    /// Adds to the end; makes the file and missing folders.
    fn append<'a>(&'a self, path: &'a FilePath, data: Vec<u8>) -> BoxFuture<'a, Result<()>>;

    /// Removes a file. False if there was none.
    fn delete<'a>(&'a self, path: &'a FilePath) -> BoxFuture<'a, Result<bool>>;

    /// What is known of a file; `None` if there is none. A folder is not a file.
    fn info<'a>(&'a self, path: &'a FilePath) -> BoxFuture<'a, Result<Option<Info>>>;

    /// All files, in all folders, whose path begins with the text `prefix`; by path. An empty prefix gives all.
    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<Info>>>;

    /// Copies a file; what was at `to` is replaced, atomically.
    fn copy<'a>(&'a self, from: &'a FilePath, to: &'a FilePath) -> BoxFuture<'a, Result<()>>;

    /// Moves a file; what was at `to` is replaced, atomically.
    fn rename<'a>(&'a self, from: &'a FilePath, to: &'a FilePath) -> BoxFuture<'a, Result<()>>;
}

/// An open file.
pub trait Reader: Send {
    /// The next bytes, at most `max_bytes` of them; empty at the end of the file.
    fn next(&mut self, max_bytes: usize) -> BoxFuture<'_, Result<Vec<u8>>>;
}

/// A path below the root: names joined by `/`, none of them empty, `.` or `..`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FilePath(String);

impl FilePath {
    /// Reads a path as people write it: `reports/2026/march.csv`.
    pub fn parse(path: &str) -> Result<Self> {
        match fault_in(path) {
            Some(fault) => Err(Error::new(ErrorKind::BadPath, path, fault)),
            None => Ok(Self(path.to_owned())),
        }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names on the way down.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for FilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Windows reads `\` and `:` in ways of its own, so they are refused everywhere: a task is to mean the same on every machine.
fn fault_in(path: &str) -> Option<&'static str> {
    const MAX_PATH_BYTES: usize = 1024;
    const MAX_NAME_BYTES: usize = 200;
    if path.is_empty() {
        return Some("a path is not empty");
    }
    if path.starts_with('/') {
        return Some("a path begins below the files folder, without `/`");
    }
    if path.len() > MAX_PATH_BYTES {
        return Some("a path has at most 1024 bytes");
    }
    if path.contains(['\\', ':']) || path.chars().any(char::is_control) {
        return Some("a path has no `\\`, `:` or control characters");
    }
    path.split('/').find_map(|name| match name {
        "" => Some("a path has no empty names"),
        "." | ".." => Some("a path has no `.` or `..`"),
        _ if name.len() > MAX_NAME_BYTES => Some("a name in a path has at most 200 bytes"),
        _ => None,
    })
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Where it is.
    pub path: FilePath,
    /// Its length in bytes.
    pub bytes: u64,
    /// When its content was last changed, in microseconds since 1970.
    pub modified_us: i64,
}

/// What files answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a file call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The kind, for programs.
    pub kind: ErrorKind,
    /// The path as the caller wrote it.
    pub path: String,
    /// What was wrong, as a phrase.
    pub message: String,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The path cannot be a path, or leaves the root.
    BadPath,
    /// There is no such file.
    NotFound,
    /// More bytes than the caller allows.
    TooLarge,
    /// The disk or the system said no.
    Io,
}

impl Error {
    /// A failure at a path.
    pub fn new(kind: ErrorKind, path: impl fmt::Display, message: impl Into<String>) -> Self {
        Self { kind, path: path.to_string(), message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_stay_below_the_root_are_accepted() {
        for path in ["a", "a/b.csv", "Übersicht/2026 März.csv", "..a", "a..", ".hidden"] {
            assert_eq!(FilePath::parse(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn paths_that_could_mean_something_else_are_refused() {
        let long = "x".repeat(201);
        for path in [
            "",
            "/etc/passwd",
            "..",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            "a\\b",
            "c:a",
            "a\0b",
            "a\nb",
            &long,
        ] {
            assert_eq!(FilePath::parse(path).unwrap_err().kind, ErrorKind::BadPath, "{path:?}");
        }
    }
}
