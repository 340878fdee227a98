//! The folder in which a server keeps what must not be forgotten, locked so that only one server uses it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// A data folder. Dropping it releases the lock; so does the end of the process, however it comes.
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Where things are in a data folder, also for those who only look.
#[derive(Clone, Debug)]
pub struct DataPaths {
    /// The store's database.
    pub store: PathBuf,
    /// The socket on which the server listens.
    pub socket: PathBuf,
    lock: PathBuf,
}

impl DataPaths {
    /// The places below a folder.
    #[must_use]
    pub fn below(folder: &Path) -> Self {
        Self {
            store: folder.join("taskc.db"),
            socket: folder.join("taskc.sock"),
            lock: folder.join("taskc.lock"),
        }
    }
}

impl DataFolder {
    /// Makes the folder, for its owner alone, if it is not there, and locks it.
    pub fn open(path: &Path) -> Result<Self, DataFolderError> {
        let failed = |error| DataFolderError::Io { path: path.to_owned(), error };
        make(path).map_err(failed)?;
        let mut lock = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(DataPaths::below(path).lock)
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Whoever holds it may be writing its number just now; then the message does without.
                let _ = lock.read_to_string(&mut holder);
                return Err(DataFolderError::InUse {
                    path: path.to_owned(),
                    holder: holder.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        write_holder(&mut lock).map_err(failed)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Where things are.
    #[must_use]
    pub fn paths(&self) -> DataPaths {
        DataPaths::below(&self.path)
    }
}

fn make(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(path)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

fn write_holder(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    write!(lock, "{}", std::process::id())
}

/// Why a data folder cannot be used.
#[derive(Debug)]
pub enum DataFolderError {
    /// Another server uses it.
    InUse {
        /// The folder.
        path: PathBuf,
        /// The number of its process.
        holder: Option<u32>,
    },
    /// The disk said no.
    Io {
        /// The folder.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
}

impl std::fmt::Display for DataFolderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InUse { path, holder } => {
                write!(f, "another taskc serves with the data folder `{}`", path.display())?;
                holder.map_or(Ok(()), |process| write!(f, " (process {process})"))
            }
            Self::Io { path, error } => {
                write!(f, "the data folder `{}` cannot be used: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for DataFolderError {}

#[cfg(test)]
mod tests {
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn one_server_at_a_time() {
        let scratch = Scratch::new();
        let path = scratch.path().join("a/b");
        let first = DataFolder::open(&path).unwrap();
        let error = DataFolder::open(&path).err().unwrap();
        let process = std::process::id();
        assert_eq!(
            error.to_string(),
            format!(
                "another taskc serves with the data folder `{}` (process {process})",
                path.display()
            )
        );
        drop(first);
        DataFolder::open(&path).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_new_folder_is_for_its_owner() {
        use std::os::unix::fs::PermissionsExt;

        let scratch = Scratch::new();
        let path = scratch.path().join("data");
        let _folder = DataFolder::open(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_file_is_no_folder() {
        let scratch = Scratch::new();
        let path = scratch.path().join("file");
        fs::write(&path, "").unwrap();
        assert!(matches!(DataFolder::open(&path), Err(DataFolderError::Io { .. })));
    }
}
