//! A real mail server: aiosmtpd, which keeps what it takes in a Maildir.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use super::Folder;

/// Takes mails until it is dropped.
pub(crate) struct Server {
    /// Where it listens.
    pub port: u16,
    process: Child,
    folder: Folder,
}

impl Server {
    /// Starts one on a free port and waits until it answers.
    pub(crate) fn start() -> Self {
        let folder = Folder::new();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new("/usr/bin/python3")
            .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}")])
            .args(["-c", "aiosmtpd.handlers.Mailbox"])
            .arg(folder.path().join("mails"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Debian's python3-aiosmtpd is installed; .ci/test does that");
        let server = Self { port, process, folder };
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return server;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!(
            "the mail server did not start: is Debian's python3-aiosmtpd installed? .ci/test installs it"
        );
    }

    /// The mails taken so far, in no particular order, each as it came over the wire.
    pub(crate) fn mails(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder.path().join("mails/new")) else {
            return Vec::new();
        };
        entries.map(|it| std::fs::read_to_string(it.unwrap().path()).unwrap()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
