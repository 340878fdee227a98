//! The folder that the programs run in: themselves, and the files that two of them read.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A folder that is removed when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind stands among the system's temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// How much the programs read.
pub struct Sizes {
    orders: usize,
    sales: usize,
}

/// 20 MB of JSON and 100 MB of CSV, to be timed.
pub const LARGE: Sizes = Sizes { orders: 48_000, sales: 2_000_000 };
/// Enough to be counted.
pub const SMALL: Sizes = Sizes { orders: 200, sales: 4_000 };

/// Makes the folder.
pub fn prepare(sizes: &Sizes) -> Folder {
    let folder = Folder(std::env::temp_dir().join(format!("taskc-machine-{}", std::process::id())));
    let files = folder.0.join("files");
    fs::create_dir_all(&files).expect("a temporary folder can be made");
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/machine/programs");
    for entry in fs::read_dir(programs).expect("the programs stand beside this file") {
        let path = entry.expect("it can be read").path();
        // Who runs one of them where it stands leaves a data folder.
        if path.is_dir() {
            continue;
        }
        let name = path.file_name().expect("a file has a name");
        fs::copy(&path, folder.0.join(name)).expect("it can be written to");
    }
    write(&files.join("orders.json"), |out| orders(out, sizes.orders));
    write(&files.join("sales.csv"), |out| sales(out, sizes.sales));
    folder
}

/// Writes a file piece by piece: what this process holds would be counted as its children's.
fn write(path: &Path, content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) {
    let file = File::create(path).expect("a temporary file can be made");
    let mut out = BufWriter::new(file);
    content(&mut out).and_then(|()| out.flush()).expect("it can be written to");
}

/// Orders as JSON: about 430 bytes each.
fn orders(out: &mut impl Write, count: usize) -> io::Result<()> {
    out.write_all(b"[")?;
    for id in 0..count {
        let paid = !id.is_multiple_of(3);
        let note = if id.is_multiple_of(5) { "\"leave it at the door, please\"" } else { "null" };
        let comma = if id == 0 { "" } else { "," };
        write!(
            out,
            "{comma}{{\"id\":{id},\"customer\":\"customer number {}\",\"paid\":{paid},\"note\":{note},\"lines\":[",
            id % 997
        )?;
        for line in 0..=(id % 15) {
            let comma = if line == 0 { "" } else { "," };
            let (sku, qty, cents) = (id * 31 % 5_003, line + 1, id * 17 % 10_007);
            write!(out, "{comma}{{\"sku\":\"SKU-{sku:05}\",\"qty\":{qty},\"cents\":{cents}}}")?;
        }
        out.write_all(b"]}")?;
    }
    out.write_all(b"]")
}

/// Sales as CSV: about 50 bytes each.
fn sales(out: &mut impl Write, count: usize) -> io::Result<()> {
    out.write_all(b"id,day,shop,item,cents,note\n")?;
    for id in 0..count {
        let (day, shop) = (id % 28 + 1, id * 7_919 % 211);
        let (item, cents) = (id * 31 % 5_003, id * 17 % 10_007 + id % 3);
        writeln!(out, "{id},2026-11-{day:02},shop {shop},SKU-{item:05},{cents},as ordered")?;
    }
    Ok(())
}
