//! A socket in the file system, for the owner's other processes on this machine: lines in, lines out.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};

/// Longer requests are refused.
const REQUEST_BYTES_MAX: u64 = 1 << 20;

/// Longer answers are refused. They come from the owner's own server: ten thousand tasks take a megabyte and a half.
const ANSWER_BYTES_MAX: u64 = 1 << 30;

/// Listens. The socket goes with it.
pub struct LocalListener {
    listener: tokio::net::UnixListener,
    path: PathBuf,
}

impl Drop for LocalListener {
    fn drop(&mut self) {
        // If it cannot be removed, the next listener takes its place.
        let _ = fs::remove_file(&self.path);
    }
}

impl LocalListener {
    /// Takes the place of a socket that a process left behind. Only the owner may connect. Call it in a runtime.
    pub fn bind(path: &Path) -> io::Result<Self> {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = tokio::net::UnixListener::bind(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path: path.to_owned() })
    }

    /// The next who connects.
    pub async fn accept(&self) -> io::Result<LocalConnection> {
        let (read, write) = self.listener.accept().await?.0.into_split();
        Ok(LocalConnection { read: tokio::io::BufReader::new(read), write })
    }
}

/// Somebody who is connected.
pub struct LocalConnection {
    read: tokio::io::BufReader<tokio::net::unix::OwnedReadHalf>,
    write: tokio::net::unix::OwnedWriteHalf,
}

impl LocalConnection {
    /// The next line without its end; `None` when nothing follows.
    pub async fn read_line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        (&mut self.read).take(REQUEST_BYTES_MAX).read_line(&mut line).await?;
        whole_line(line)
    }

    /// Says a line, which has no line break in it.
    pub async fn write_line(&mut self, line: &str) -> io::Result<()> {
        self.write.write_all(format!("{line}\n").as_bytes()).await
    }
}

/// Says a line to whoever listens, and waits for the answer.
pub fn exchange(path: &Path, line: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(path)?;
    stream.write_all(format!("{line}\n").as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream.take(ANSWER_BYTES_MAX)).read_line(&mut answer)?;
    whole_line(answer)?.ok_or_else(|| {
        io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")
    })
}

fn whole_line(mut line: String) -> io::Result<Option<String>> {
    if line.pop() == Some('\n') {
        return Ok(Some(line));
    }
    if line.is_empty() {
        return Ok(None);
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, "the line is cut off or too long"))
}
