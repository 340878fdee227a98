//! What every store of files does, checked against an empty one.

use super::{ErrorKind, FilePath, Files};

const MAX: u64 = 1 << 20;

pub(in crate::host) async fn check(files: &dyn Files) {
    nothing_is_there(files).await;
    what_was_written_is_read(files).await;
    names_are_files_or_folders(files).await;
    files_move_and_go(files).await;
}

async fn nothing_is_there(files: &dyn Files) {
    let path = path("no/such/file");
    assert_eq!(files.read(&path, MAX).await.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(files.open(&path).await.err().unwrap().kind, ErrorKind::NotFound);
    assert_eq!(files.copy(&path, &path).await.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(files.rename(&path, &path).await.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(files.info(&path).await, Ok(None));
    assert_eq!(files.delete(&path).await, Ok(false));
    assert_eq!(files.list("").await, Ok(vec![]));
}

async fn what_was_written_is_read(files: &dyn Files) {
    let path = path("in/2026/märz.csv");
    files.write(&path, b"old and long".to_vec()).await.unwrap();
    files.write(&path, b"new".to_vec()).await.unwrap();
    files.append(&path, b" line".to_vec()).await.unwrap();
    assert_eq!(files.read(&path, 8).await.unwrap(), b"new line");
    assert_eq!(files.read(&path, 7).await.unwrap_err().kind, ErrorKind::TooLarge);
    assert_eq!(files.info(&path).await.unwrap().unwrap().bytes, 8);

    let mut reader = files.open(&path).await.unwrap();
    files.write(&path, b"changed meanwhile".to_vec()).await.unwrap();
    let mut pieces = Vec::new();
    while let Some(piece) = Some(reader.next(3).await.unwrap()).filter(|it| !it.is_empty()) {
        assert!(piece.len() <= 3);
        pieces.push(piece);
    }
    assert_eq!(
        pieces.concat(),
        b"new line",
        "an open file keeps the content that it was opened with"
    );
}

async fn names_are_files_or_folders(files: &dyn Files) {
    let below_a_file = path("in/2026/märz.csv/x");
    let folder = path("in/2026");
    assert_eq!(files.write(&below_a_file, vec![]).await.unwrap_err().kind, ErrorKind::Io);
    assert_eq!(files.append(&below_a_file, vec![]).await.unwrap_err().kind, ErrorKind::Io);
    assert_eq!(files.write(&folder, vec![]).await.unwrap_err().kind, ErrorKind::Io);
    assert_eq!(files.info(&folder).await, Ok(None));
    assert_eq!(files.info(&below_a_file).await, Ok(None));
    assert_eq!(files.read(&folder, MAX).await.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(files.delete(&folder).await, Ok(false));
}

async fn files_move_and_go(files: &dyn Files) {
    let (march, copy, moved) = (path("in/2026/märz.csv"), path("in/2026-copy"), path("done/x"));
    files.copy(&march, &copy).await.unwrap();
    files.write(&moved, b"in the way".to_vec()).await.unwrap();
    files.rename(&copy, &moved).await.unwrap();
    files.rename(&moved, &moved).await.unwrap();
    assert_eq!(listed(files, "").await, ["done/x", "in/2026/märz.csv"]);
    assert_eq!(listed(files, "in/20").await, ["in/2026/märz.csv"]);
    assert_eq!(listed(files, "d").await, ["done/x"]);
    assert_eq!(files.read(&moved, MAX).await.unwrap(), b"changed meanwhile");
    assert_eq!(files.delete(&moved).await, Ok(true));
    assert_eq!(listed(files, "done").await, [""; 0]);
}

async fn listed(files: &dyn Files, prefix: &str) -> Vec<String> {
    files.list(prefix).await.unwrap().into_iter().map(|it| it.path.to_string()).collect()
}

fn path(path: &str) -> FilePath {
    FilePath::parse(path).unwrap()
}
