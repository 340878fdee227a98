//! Files in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Clock, Faults};
use crate::host::files::{Error, ErrorKind, FilePath, Info, Reader, Result};
use crate::host::{self, BoxFuture, Clock as _};

/// A folder in memory. A folder within it exists as long as it has files.
pub struct Files {
    clock: Clock,
    faults: Arc<Faults>,
    by_path: Mutex<BTreeMap<String, File>>,
}

#[derive(Clone)]
struct File {
    data: Arc<Vec<u8>>,
    modified_us: i64,
}

impl Files {
    /// An empty folder.
    #[must_use]
    pub fn new(clock: Clock, faults: Arc<Faults>) -> Self {
        Self { clock, faults, by_path: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, File>> {
        self.by_path.lock().expect("map operations do not panic")
    }

    fn get(&self, path: &FilePath) -> Result<File> {
        self.strike(path.as_str())?;
        let found = self.lock().get(path.as_str()).cloned();
        found.ok_or_else(|| Error::new(ErrorKind::NotFound, path, "there is no such file"))
    }

    fn put(&self, path: &FilePath, data: Vec<u8>) -> Result<()> {
        self.strike(path.as_str())?;
        let mut files = self.lock();
        if let Some(fault) = collision(&files, path) {
            return Err(Error::new(ErrorKind::Io, path, fault));
        }
        let file = File { data: Arc::new(data), modified_us: self.clock.now_us() };
        files.insert(path.as_str().to_owned(), file);
        Ok(())
    }

    fn strike(&self, path: &str) -> Result<()> {
        if self.faults.strikes() {
            return Err(Error::new(ErrorKind::Io, path, "the disk failed (simulated)"));
        }
        Ok(())
    }
}

/// A name is a file or a folder, as on a disk.
fn collision(files: &BTreeMap<String, File>, path: &FilePath) -> Option<String> {
    let folder = format!("{path}/");
    if files.range(folder.clone()..).next().is_some_and(|(it, _)| it.starts_with(&folder)) {
        return Some("there is a folder of that name".to_owned());
    }
    let above = path.as_str().match_indices('/').map(|(at, _)| &path.as_str()[..at]);
    above
        .filter(|it| files.contains_key(*it))
        .map(|it| format!("`{it}` is a file, not a folder"))
        .next()
}

impl host::Files for Files {
    fn read<'a>(&'a self, path: &'a FilePath, max_bytes: u64) -> BoxFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            let data = self.get(path)?.data;
            if data.len() as u64 > max_bytes {
                return Err(Error::new(
                    ErrorKind::TooLarge,
                    path,
                    format!("has more than {max_bytes} bytes"),
                ));
            }
            Ok(data.to_vec())
        })
    }

    fn open<'a>(&'a self, path: &'a FilePath) -> BoxFuture<'a, Result<Box<dyn Reader>>> {
        Box::pin(async move {
            let data = self.get(path)?.data;
            Ok(Box::new(Cursor { data, at: 0 }) as Box<dyn Reader>)
        })
    }

    fn write<'a>(&'a self, path: &'a FilePath, data: Vec<u8>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.put(path, data) })
    }

    fn append<'a>(&'a self, path: &'a FilePath, data: Vec<u8>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let old =
                self.lock().get(path.as_str()).map(|file| file.data.clone()).unwrap_or_default();
            self.put(path, [old.as_slice(), &data].concat())
        })
    }

    fn delete<'a>(&'a self, path: &'a FilePath) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move {
            self.strike(path.as_str())?;
            Ok(self.lock().remove(path.as_str()).is_some())
        })
    }

    fn info<'a>(&'a self, path: &'a FilePath) -> BoxFuture<'a, Result<Option<Info>>> {
        Box::pin(async move {
            self.strike(path.as_str())?;
            self.lock().get(path.as_str()).map(|file| info(path.as_str(), file)).transpose()
        })
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<Info>>> {
        Box::pin(async move {
            self.strike(prefix)?;
            let files = self.lock();
            let below =
                files.range(prefix.to_owned()..).take_while(|(path, _)| path.starts_with(prefix));
            below.map(|(path, file)| info(path, file)).collect()
        })
    }

    fn copy<'a>(&'a self, from: &'a FilePath, to: &'a FilePath) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.put(to, self.get(from)?.data.to_vec()) })
    }

    fn rename<'a>(&'a self, from: &'a FilePath, to: &'a FilePath) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let file = self.get(from)?;
            if from != to {
                self.put(to, file.data.to_vec())?;
                self.lock().remove(from.as_str());
            }
            Ok(())
        })
    }
}

fn info(path: &str, file: &File) -> Result<Info> {
    Ok(Info {
        path: FilePath::parse(path)?,
        bytes: file.data.len() as u64,
        modified_us: file.modified_us,
    })
}

/// An open file keeps the content it was opened with.
struct Cursor {
    data: Arc<Vec<u8>>,
    at: usize,
}

impl Reader for Cursor {
    fn next(&mut self, max_bytes: usize) -> BoxFuture<'_, Result<Vec<u8>>> {
        let end = self.at.saturating_add(max_bytes).min(self.data.len());
        let piece = self.data[self.at..end].to_vec();
        self.at = end;
        Box::pin(async move { Ok(piece) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::files::conformance;

    #[test]
    fn behaves_like_a_folder() {
        futures_util::FutureExt::now_or_never(conformance::check(&new()))
            .expect("a simulation answers at once");
    }

    #[test]
    fn a_failing_disk_changes_nothing() {
        let files = new();
        let path = FilePath::parse("a").unwrap();
        files.faults.fail_next(1);
        assert_eq!(files.put(&path, vec![1]).unwrap_err().kind, ErrorKind::Io);
        assert_eq!(files.get(&path).err().unwrap().kind, ErrorKind::NotFound);
    }

    fn new() -> Files {
        Files::new(Clock::new(0), Arc::new(Faults::new(0)))
    }
}
