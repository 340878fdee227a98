//! Clock, lines, progress, settings.

use std::time::Duration;

use super::{Call, Context, Level, misuse};
use crate::schedule::{Instant, Zone};
use crate::value::json::{self, Layout};
use crate::value::{Code, Fault, Secret, Value};

/// How long a line may be, in bytes.
const LINE_BYTES_MAX: usize = 64 << 10;

pub(super) async fn perform(context: &Context, name: &str, call: &Call) -> Result<Value, Fault> {
    match name {
        "prelude.print" => {
            context.output.print(&shown(call.arg(0)));
            Ok(Value::Null)
        }
        "prelude.now" => Ok(Value::Time(context.host.clock.now_us())),
        "prelude.today" => today(context, call.text(0)?),
        "prelude.sleep" => {
            let micros = u64::try_from(call.int(0)?).unwrap_or(0);
            context.host.clock.sleep(Duration::from_micros(micros)).await;
            Ok(Value::Null)
        }
        "prelude.progress" => {
            context.output.progress(call.int(0)?, call.int(1)?);
            Ok(Value::Null)
        }
        "log.debug" => log(context, Level::Debug, call),
        "log.info" => log(context, Level::Info, call),
        "log.warn" => log(context, Level::Warn, call),
        "log.error" => log(context, Level::Error, call),
        "env._get" => {
            Ok(context.host.settings.env(call.text(0)?).map_or(Value::Null, Value::from_string))
        }
        "secret._get" => secret(context, call.text(0)?),
        _ => Err(Fault::new(Code::Argument, format!("this version has no `{name}`"))),
    }
}

/// What a value prints as: a text as it is.
fn shown(value: &Value) -> String {
    let mut text = match value.as_str() {
        Some(text) => text.to_owned(),
        None => {
            let mut text = String::new();
            // Writing to a text does not fail.
            let _ = crate::value::write_value(&mut text, value);
            text
        }
    };
    if text.len() > LINE_BYTES_MAX {
        let mut end = LINE_BYTES_MAX;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

fn today(context: &Context, zone: &str) -> Result<Value, Fault> {
    let zone = Zone::get(zone)
        .map_err(|unknown| Fault::argument(format!("no time zone is called `{}`", unknown.name)))?;
    let now = Instant(context.host.clock.now_us());
    Ok(Value::Date(zone.civil(now).date().0))
}

fn log(context: &Context, level: Level, call: &Call) -> Result<Value, Fault> {
    let fields = match call.arg(1) {
        Value::Null => None,
        fields => {
            let fields = crate::value::to_json(fields)?;
            Some(json::write(&fields, Layout::Compact, LINE_BYTES_MAX)?)
        }
    };
    let text = call.arg(0).as_str().ok_or_else(misuse)?;
    context.output.log(level, text, fields.as_deref());
    Ok(Value::Null)
}

fn secret(context: &Context, name: &str) -> Result<Value, Fault> {
    let Some(secret) = context.host.settings.secret(name) else {
        let message = format!(
            "the secret `{name}` has no value: set the environment variable that taskc.toml names for it"
        );
        return Err(Fault::new(Code::Secret, message));
    };
    Ok(Value::Secret(std::rc::Rc::new(Secret::new(name, secret.text))))
}
