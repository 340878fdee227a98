//! The project's file store.

use super::answer::{FILE_INFO, record};
use super::{Call, Context, misuse};
use crate::host::files::{Error, ErrorKind, FilePath, Info};
use crate::stdlib::{csv, text};
use crate::value::{Code, Fault, Value};

/// A longer file is not read as a whole.
const FILE_BYTES_MAX: u64 = 256 << 20;

pub(super) async fn perform(context: &Context, call: &Call<'_>) -> Result<Value, Fault> {
    let files = &context.host.files;
    let path = |param| path(context, call.text(param)?);
    match call.name {
        "files.read" => read(context, call).await.map(Value::bytes),
        "files.read_text" => read_text(context, call).await.map(Value::from_string),
        "files.lines" => Ok(Value::list(read_text(context, call).await?.lines().map(Value::text))),
        "files.write" => done(files.write(&path("path")?, call.data("data")?).await),
        "files.append" => done(files.append(&path("path")?, call.data("data")?).await),
        "files.exists" => {
            Ok(Value::Bool(files.info(&path("path")?).await.map_err(|it| fault(&it))?.is_some()))
        }
        "files.delete" => {
            files.delete(&path("path")?).await.map(Value::Bool).map_err(|it| fault(&it))
        }
        "files.list" => {
            let prefix = call.text("prefix")?;
            context.targets.admit_files_below(prefix)?;
            let found = files.list(prefix).await.map_err(|it| fault(&it))?;
            Ok(Value::list(found.iter().map(info_value)))
        }
        "files.info" => {
            let info = files.info(&path("path")?).await.map_err(|it| fault(&it))?;
            Ok(info.as_ref().map_or(Value::Null, info_value))
        }
        "files.copy" => done(files.copy(&path("path")?, &path("to")?).await),
        "files.move" => done(files.rename(&path("path")?, &path("to")?).await),
        "csv.rows" => {
            let table = read(context, call).await?;
            let options =
                csv::Options { separator: call.text("separator")?, header: call.truth("header") };
            csv::read(&table, options, &context.types, call.descriptors.first().copied())
        }
        _ => Err(misuse()),
    }
}

fn done(result: Result<(), Error>) -> Result<Value, Fault> {
    result.map(|()| Value::Null).map_err(|it| fault(&it))
}

/// The whole content of the file that a call names.
async fn read(context: &Context, call: &Call<'_>) -> Result<Vec<u8>, Fault> {
    let path = path(context, call.text("path")?)?;
    context.host.files.read(&path, FILE_BYTES_MAX).await.map_err(|it| fault(&it))
}

async fn read_text(context: &Context, call: &Call<'_>) -> Result<String, Fault> {
    let bytes = read(context, call).await?;
    text::decode(&bytes, "utf-8").map(std::borrow::Cow::into_owned).map_err(|_| {
        let path = call.text_if_any("path").unwrap_or_default();
        let valid = std::str::from_utf8(&bytes).err().map_or(0, |it| it.valid_up_to());
        let message = format!(
            "`{path}` is no text in UTF-8 from byte {valid} on; `files.read` gives its bytes"
        );
        Fault::new(Code::Decode, message)
    })
}

/// Puts a file into the store.
pub(super) async fn write(context: &Context, written: &str, data: Vec<u8>) -> Result<(), Fault> {
    context.host.files.write(&path(context, written)?, data).await.map_err(|it| fault(&it))
}

/// Reads a path that the task may use, before anything else is done where that matters.
pub(super) fn path(context: &Context, written: &str) -> Result<FilePath, Fault> {
    let path = FilePath::parse(written).map_err(|it| fault(&it))?;
    context.targets.admit_file(path.as_str())?;
    Ok(path)
}

fn fault(error: &Error) -> Fault {
    let code = match error.kind {
        ErrorKind::NotFound => Code::NotFound,
        ErrorKind::TooLarge => Code::Limit,
        ErrorKind::BadPath => Code::Argument,
        ErrorKind::Io => Code::File,
    };
    Fault::new(code, error.to_string())
}

fn info_value(info: &Info) -> Value {
    let size = Value::Int(i64::try_from(info.bytes).unwrap_or(i64::MAX));
    record(&FILE_INFO, [Value::text(info.path.as_str()), size, Value::Time(info.modified_us)])
}

#[cfg(test)]
mod tests {
    use super::super::tests::Scene;
    use super::*;

    fn path(path: &str) -> (&'static str, Value) {
        ("path", Value::text(path))
    }

    #[test]
    fn files_are_written_read_listed_and_moved() {
        let scene = Scene::new();
        let to = ("to", Value::text("b.txt"));
        let data = |data| ("data", Value::text(data));
        scene.call("files.write", &[path("a.txt"), data("one\n")]).unwrap();
        scene.call("files.append", &[path("a.txt"), data("two")]).unwrap();
        let lines = scene.call("files.lines", &[path("a.txt")]).unwrap();
        assert_eq!(lines.to_string(), r#"["one", "two"]"#);
        let info = scene.call("files.info", &[path("a.txt")]).unwrap();
        assert!(
            info.to_string().starts_with(r#"{ path: "a.txt", size: 7, modified: 2026-"#),
            "{info}"
        );
        scene.call("files.move", &[path("a.txt"), to]).unwrap();
        assert_eq!(scene.call("files.exists", &[path("a.txt")]), Ok(Value::Bool(false)));
        assert_eq!(scene.call("files.delete", &[path("b.txt")]), Ok(Value::Bool(true)));
        let list = scene.call("files.list", &[("prefix", Value::text(""))]).unwrap();
        assert_eq!(list.to_string(), "[]");
    }

    #[test]
    fn what_is_wrong_has_its_code() {
        let scene = Scene::new();
        let fault = |name, named: &[_]| scene.call(name, named).unwrap_err();
        assert!(fault("files.read", &[path("nowhere")]).is(Code::NotFound));
        assert!(fault("files.read", &[path("../secret")]).is(Code::Argument));
        let bytes = ("data", Value::bytes(vec![b'a', 0xff]));
        scene.call("files.write", &[path("x"), bytes]).unwrap();
        let wrong = fault("files.read_text", &[path("x")]);
        assert!(wrong.is(Code::Decode) && wrong.message.contains("from byte 1 on"), "{wrong}");
    }

    #[test]
    fn rows_of_a_file_are_read() {
        let scene = Scene::new();
        let data = ("data", Value::text("a;b\n1;2\n"));
        scene.call("files.write", &[path("t.csv"), data]).unwrap();
        let named = [path("t.csv"), ("separator", Value::text(";")), ("header", Value::Bool(true))];
        let rows = scene.call("csv.rows", &named).unwrap();
        assert_eq!(rows.to_string(), r#"[["a": "1", "b": "2"]]"#);
    }
}
