//! The project's file store.

use super::answer::record;
use super::{Call, Context, misuse};
use crate::host::files::{Error, ErrorKind, FilePath, Info};
use crate::stdlib::csv;
use crate::value::{Code, Fault, Value};

/// A longer file is not read as a whole.
const FILE_BYTES_MAX: u64 = 256 << 20;

pub(super) async fn perform(context: &Context, name: &str, call: Call) -> Result<Value, Fault> {
    let files = &context.host.files;
    match name {
        "files.read" => read(context, call.text(0)?).await.map(Value::bytes),
        "files.read_text" => read_text(context, call.text(0)?).await.map(Value::from_string),
        "files.lines" => {
            let text = read_text(context, call.text(0)?).await?;
            Ok(Value::list(text.lines().map(Value::text)))
        }
        "files.write" => {
            files.write(&path(call.text(0)?)?, call.data(1)?).await.map_err(fault)?;
            Ok(Value::Null)
        }
        "files.append" => {
            files.append(&path(call.text(0)?)?, call.data(1)?).await.map_err(fault)?;
            Ok(Value::Null)
        }
        "files.exists" => {
            let info = files.info(&path(call.text(0)?)?).await.map_err(fault)?;
            Ok(Value::Bool(info.is_some()))
        }
        "files.delete" => files.delete(&path(call.text(0)?)?).await.map(Value::Bool).map_err(fault),
        "files.list" => {
            let found = files.list(call.text(0)?).await.map_err(fault)?;
            Ok(Value::list(found.iter().map(info_value)))
        }
        "files.info" => {
            let info = files.info(&path(call.text(0)?)?).await.map_err(fault)?;
            Ok(info.as_ref().map_or(Value::Null, info_value))
        }
        "files.copy" => {
            files.copy(&path(call.text(0)?)?, &path(call.text(1)?)?).await.map_err(fault)?;
            Ok(Value::Null)
        }
        "files.move" => {
            files.rename(&path(call.text(0)?)?, &path(call.text(1)?)?).await.map_err(fault)?;
            Ok(Value::Null)
        }
        "csv.rows" => {
            let table = read(context, call.text(0)?).await?;
            let options = csv::Options { separator: call.text(1)?, header: call.truth(2) };
            csv::read(&table, options, &context.types, call.descriptors.first().copied())
        }
        _ => Err(misuse()),
    }
}

/// The whole content of a file.
async fn read(context: &Context, written: &str) -> Result<Vec<u8>, Fault> {
    context.host.files.read(&path(written)?, FILE_BYTES_MAX).await.map_err(fault)
}

async fn read_text(context: &Context, written: &str) -> Result<String, Fault> {
    let bytes = read(context, written).await?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Fault::new(
            Code::Decode,
            format!("`{written}` is not UTF-8: see byte {at}; `files.read` gives its bytes"),
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Puts a file into the store.
pub(super) async fn write(context: &Context, written: &str, data: Vec<u8>) -> Result<(), Fault> {
    context.host.files.write(&path(written)?, data).await.map_err(fault)
}

fn path(written: &str) -> Result<FilePath, Fault> {
    FilePath::parse(written).map_err(fault)
}

fn fault(error: Error) -> Fault {
    let code = match error.kind {
        ErrorKind::NotFound => Code::NotFound,
        ErrorKind::TooLarge => Code::Limit,
        _ => Code::File,
    };
    Fault::new(code, format!("`{}`: {}", error.path, error.message))
}

fn info_value(info: &Info) -> Value {
    record(vec![
        ("path", Value::text(info.path.as_str())),
        ("size", Value::Int(i64::try_from(info.bytes).unwrap_or(i64::MAX))),
        ("modified", Value::Time(info.modified_us)),
    ])
}
