//! A folder of the disk.
//!
//! Paths are followed one name at a time, and a symbolic link that leads out of the root is refused. Blocking calls run on
//! threads that are made for them, so that a slow disk can be waited for with a timeout.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use crate::host::files::{Error, ErrorKind, FilePath, Info, Reader, Result};
use crate::host::{self, BoxFuture};

/// What half-written files are called; they are never listed.
const TEMPORARY: &str = ".taskc-part-";

/// The files below one folder. The folder need not exist before something is written.
#[derive(Clone)]
pub struct Folder {
    root: Arc<PathBuf>,
}

impl Folder {
    /// A store of files below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: Arc::new(root.into()) }
    }

    /// Runs a blocking call beside the runtime.
    fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Path) -> Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T>> {
        let root = self.root.clone();
        Box::pin(async move {
            let work = tokio::task::spawn_blocking(move || call(&root));
            work.await
                .unwrap_or_else(|_| Err(Error::new(ErrorKind::Io, "", "the program is stopping")))
        })
    }
}

impl host::Files for Folder {
    fn read<'a>(&'a self, path: &'a FilePath, max_bytes: u64) -> BoxFuture<'a, Result<Vec<u8>>> {
        let path = path.clone();
        self.run(move |root| read(root, &path, max_bytes))
    }

    fn open<'a>(&'a self, path: &'a FilePath) -> BoxFuture<'a, Result<Box<dyn Reader>>> {
        let path = path.clone();
        self.run(move |root| {
            let file = open(root, &path)?;
            Ok(Box::new(OpenFile { file: Arc::new(file), path }) as Box<dyn Reader>)
        })
    }

    fn write<'a>(&'a self, path: &'a FilePath, data: Vec<u8>) -> BoxFuture<'a, Result<()>> {
        let path = path.clone();
        self.run(move |root| replace(root, &path, |file| file.write_all(&data)))
    }

    fn append<'a>(&'a self, path: &'a FilePath, data: Vec<u8>) -> BoxFuture<'a, Result<()>> {
        let path = path.clone();
        self.run(move |root| append(root, &path, &data))
    }

    fn delete<'a>(&'a self, path: &'a FilePath) -> BoxFuture<'a, Result<bool>> {
        let path = path.clone();
        self.run(move |root| match locate(root, &path)? {
            Some(found) if found.is_file() => {
                fs::remove_file(found).map(|()| true).map_err(io(&path))
            }
            _ => Ok(false),
        })
    }

    fn info<'a>(&'a self, path: &'a FilePath) -> BoxFuture<'a, Result<Option<Info>>> {
        let path = path.clone();
        self.run(move |root| match locate(root, &path)? {
            Some(found) if found.is_file() => info(path, &found).map(Some),
            _ => Ok(None),
        })
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<Info>>> {
        let prefix = prefix.to_owned();
        self.run(move |root| list(root, &prefix))
    }

    fn copy<'a>(&'a self, from: &'a FilePath, to: &'a FilePath) -> BoxFuture<'a, Result<()>> {
        let (from, to) = (from.clone(), to.clone());
        self.run(move |root| {
            let mut source = open(root, &from)?;
            replace(root, &to, |file| io::copy(&mut source, file).map(|_| ()))
        })
    }

    fn rename<'a>(&'a self, from: &'a FilePath, to: &'a FilePath) -> BoxFuture<'a, Result<()>> {
        let (from, to) = (from.clone(), to.clone());
        self.run(move |root| {
            let source =
                locate(root, &from)?.filter(|it| it.is_file()).ok_or_else(|| not_found(&from))?;
            fs::rename(source, place_for(root, &to)?).map_err(io(&to))
        })
    }
}

fn read(root: &Path, path: &FilePath, max_bytes: u64) -> Result<Vec<u8>> {
    let mut data = Vec::new();
    // One byte more than allowed tells whether there is more, also where the file grows meanwhile.
    open(root, path)?.take(max_bytes.saturating_add(1)).read_to_end(&mut data).map_err(io(path))?;
    if data.len() as u64 > max_bytes {
        return Err(Error::new(
            ErrorKind::TooLarge,
            path,
            format!("has more than {max_bytes} bytes"),
        ));
    }
    Ok(data)
}

/// Opens a regular file; a pipe or a device would block or never end.
fn open(root: &Path, path: &FilePath) -> Result<File> {
    let found = locate(root, path)?.filter(|it| it.is_file()).ok_or_else(|| not_found(path))?;
    File::open(found).map_err(io(path))
}

/// Writes a new file beside the old one and puts it in its place.
fn replace(
    root: &Path,
    path: &FilePath,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<()> {
    let target = place_for(root, path)?;
    let folder = target.parent().expect("a place is below the root");
    let part = folder.join(temporary_name());
    let written = File::create_new(&part).and_then(|mut file| {
        fill(&mut file)?;
        file.sync_all()
    });
    let replaced =
        written.and_then(|()| fs::rename(&part, &target)).and_then(|()| sync_folder(folder));
    replaced.map_err(|error| {
        // The part may not be there; what matters is the first error.
        let _ = fs::remove_file(&part);
        io(path)(error)
    })
}

fn append(root: &Path, path: &FilePath, data: &[u8]) -> Result<()> {
    let target = place_for(root, path)?;
    let target = locate(root, path)?.unwrap_or(target);
    let mut file = OpenOptions::new().append(true).create(true).open(target).map_err(io(path))?;
    file.write_all(data).and_then(|()| file.sync_all()).map_err(io(path))
}

fn temporary_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("{TEMPORARY}{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Makes a rename survive a power failure. Windows cannot open folders and needs no such call.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(windows) { Ok(()) } else { File::open(folder)?.sync_all() }
}

/// Where a path really is, below the real root; `None` if nothing is there.
fn locate(root: &Path, path: &FilePath) -> Result<Option<PathBuf>> {
    let Some(root) = existing(root, path)? else {
        return Ok(None);
    };
    path.names().try_fold(Some(root.clone()), |at, name| match at {
        Some(at) => step(&root, &at, name, path),
        None => Ok(None),
    })
}

/// Where a file may be written: makes the folders on the way, and refuses the name of a folder.
fn place_for(root: &Path, path: &FilePath) -> Result<PathBuf> {
    fs::create_dir_all(root).map_err(io(path))?;
    let root = fs::canonicalize(root).map_err(io(path))?;
    let mut names: Vec<_> = path.names().collect();
    let file_name = names.pop().expect("a path has a name");
    let mut at = root.clone();
    for name in names {
        at = match step(&root, &at, name, path)? {
            Some(folder) if folder.is_dir() => folder,
            Some(_) => {
                return Err(Error::new(
                    ErrorKind::Io,
                    path,
                    format!("`{name}` is a file, not a folder"),
                ));
            }
            None => {
                let folder = at.join(name);
                fs::create_dir(&folder).map_err(io(path))?;
                folder
            }
        };
    }
    match step(&root, &at, file_name, path)? {
        Some(found) if !found.is_file() => Err(Error::new(
            ErrorKind::Io,
            path,
            "there is something of that name that is not a file",
        )),
        _ => Ok(at.join(file_name)),
    }
}

/// One name further down; follows a link if it stays below the root.
fn step(root: &Path, at: &Path, name: &str, path: &FilePath) -> Result<Option<PathBuf>> {
    let next = at.join(name);
    if !at.is_dir() {
        return Ok(None);
    }
    match fs::symlink_metadata(&next) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(path)(error)),
        Ok(found) if !found.is_symlink() => Ok(Some(next)),
        Ok(_) => {
            let target = existing(&next, path)?;
            if target.as_ref().is_some_and(|it| it.starts_with(root)) {
                return Ok(target);
            }
            Err(Error::new(
                ErrorKind::BadPath,
                path,
                format!("`{name}` is a link that leads out of the files folder"),
            ))
        }
    }
}

fn existing(place: &Path, path: &FilePath) -> Result<Option<PathBuf>> {
    match fs::canonicalize(place) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io(path)(error)),
    }
}

fn list(root: &Path, prefix: &str) -> Result<Vec<Info>> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(root.join(&folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::new(ErrorKind::Io, prefix, error.to_string())),
        };
        for entry in entries {
            let entry =
                entry.map_err(|error| Error::new(ErrorKind::Io, prefix, error.to_string()))?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let below = format!("{folder}{name}");
            // Links are not followed: they could lead in circles, or out.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && overlap(&format!("{below}/"), prefix) {
                folders.push(format!("{below}/"));
            } else if kind.is_file() && below.starts_with(prefix) && !name.starts_with(TEMPORARY) {
                found.extend(FilePath::parse(&below).and_then(|path| info(path, &entry.path())));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// Whether something below the folder can begin with the prefix.
fn overlap(folder: &str, prefix: &str) -> bool {
    folder.starts_with(prefix) || prefix.starts_with(folder)
}

fn info(path: FilePath, found: &Path) -> Result<Info> {
    let metadata = fs::metadata(found).map_err(io(&path))?;
    let modified = metadata.modified().map_err(io(&path))?;
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    let modified_us = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    Ok(Info { path, bytes: metadata.len(), modified_us })
}

fn not_found(path: &FilePath) -> Error {
    Error::new(ErrorKind::NotFound, path, "there is no such file")
}

fn io(path: &FilePath) -> impl Fn(io::Error) -> Error {
    move |error| match error.kind() {
        io::ErrorKind::NotFound => not_found(path),
        _ => Error::new(ErrorKind::Io, path, error.to_string()),
    }
}

struct OpenFile {
    file: Arc<File>,
    path: FilePath,
}

impl Reader for OpenFile {
    fn next(&mut self, max_bytes: usize) -> BoxFuture<'_, Result<Vec<u8>>> {
        let (file, path) = (self.file.clone(), self.path.clone());
        Box::pin(async move {
            let work = tokio::task::spawn_blocking(move || {
                let mut piece = Vec::new();
                file.as_ref().take(max_bytes as u64).read_to_end(&mut piece).map_err(io(&path))?;
                Ok(piece)
            });
            work.await
                .unwrap_or_else(|_| Err(Error::new(ErrorKind::Io, "", "the program is stopping")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::scratch::Scratch;
    use super::*;
    use crate::host::Files as _;
    use crate::host::files::conformance;

    #[tokio::test]
    async fn behaves_like_a_folder() {
        let scratch = Scratch::new();
        conformance::check(&Folder::new(scratch.path().join("made when needed"))).await;
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn links_do_not_lead_out() {
        use std::os::unix::fs::symlink;

        let scratch = Scratch::new();
        let (root, outside) = (scratch.path().join("root"), scratch.path().join("outside"));
        fs::create_dir_all(root.join("in")).unwrap();
        fs::create_dir_all(&outside).unwrap();
        fs::write(outside.join("secret"), "x").unwrap();
        fs::write(root.join("in/own"), "own").unwrap();
        symlink(&outside, root.join("out")).unwrap();
        symlink(outside.join("secret"), root.join("file")).unwrap();
        symlink(outside.join("new"), root.join("dangling")).unwrap();
        symlink(root.join("in"), root.join("inside")).unwrap();

        let files = Folder::new(&root);
        let path = |it: &str| FilePath::parse(it).unwrap();
        for out in ["out/secret", "file", "dangling"] {
            let out = path(out);
            assert_eq!(files.read(&out, 9).await.unwrap_err().kind, ErrorKind::BadPath, "{out}");
            assert_eq!(
                files.write(&out, vec![]).await.unwrap_err().kind,
                ErrorKind::BadPath,
                "{out}"
            );
            assert_eq!(
                files.append(&out, vec![]).await.unwrap_err().kind,
                ErrorKind::BadPath,
                "{out}"
            );
            assert_eq!(files.delete(&out).await.unwrap_err().kind, ErrorKind::BadPath, "{out}");
            assert_eq!(files.info(&out).await.unwrap_err().kind, ErrorKind::BadPath, "{out}");
        }
        assert_eq!(
            files.write(&path("out/made/x"), vec![]).await.unwrap_err().kind,
            ErrorKind::BadPath
        );
        assert!(!outside.join("made").exists() && !outside.join("new").exists());
        assert_eq!(files.read(&path("inside/own"), 9).await.unwrap(), b"own");
        assert_eq!(files.list("").await.unwrap().len(), 1, "links are not followed when listing");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn pipes_and_devices_are_no_files() {
        let files = Folder::new("/dev");
        let null = FilePath::parse("null").unwrap();
        assert_eq!(files.read(&null, 9).await.unwrap_err().kind, ErrorKind::NotFound);
        assert_eq!(files.write(&null, vec![]).await.unwrap_err().kind, ErrorKind::Io);
    }
}
