//! Clock, lines, progress, settings.

use std::fmt::Write;
use std::rc::Rc;
use std::time::Duration;

use super::{Call, Context, Level, misuse};
use crate::stdlib::native::Time;
use crate::value::json::{self, Layout};
use crate::value::{Bounded, Code, Fault, List, Map, Secret, Value};

pub(super) async fn perform(context: &Context, call: &Call<'_>) -> Result<Value, Fault> {
    match call.name {
        "prelude.print" => {
            context.output.print(&line(call.arg("x"), context.output.line_bytes_max()));
            Ok(Value::Null)
        }
        "prelude.now" => Ok(Value::Time(context.host.clock.now_us())),
        "prelude.today" => {
            let now = Time(context.host.clock.now_us());
            crate::stdlib::time::date(now, call.text("in")?).map(|it| Value::Date(it.0))
        }
        "prelude.sleep" => {
            let micros = u64::try_from(call.micros("d")?).unwrap_or(0);
            context.host.clock.sleep(Duration::from_micros(micros)).await;
            Ok(Value::Null)
        }
        "prelude.progress" => {
            context.output.progress(call.int("done")?, call.int("total")?);
            Ok(Value::Null)
        }
        "log.debug" => log(context, Level::Debug, call),
        "log.info" => log(context, Level::Info, call),
        "log.warn" => log(context, Level::Warn, call),
        "log.error" => log(context, Level::Error, call),
        "env._get" => {
            let value = context.host.settings.env(call.text("name")?);
            Ok(value.map_or(Value::Null, Value::from_string))
        }
        "secret._get" => secret(context, call.text("name")?),
        _ => Err(misuse()),
    }
}

/// What a value prints as, cut off where it is too long for a line.
fn line(value: &Value, bytes_max: usize) -> String {
    let mut out = Bounded::new(bytes_max);
    let written = match value.as_str() {
        Some(text) => out.write_str(text.get(..floor(text, bytes_max)).unwrap_or_default()),
        None => crate::value::write_value(&mut out, value),
    };
    let is_cut = written.is_err() || value.as_str().is_some_and(|it| it.len() > bytes_max);
    if is_cut {
        out.text.push('…');
    }
    out.text
}

/// The last border between characters that is not behind `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn log(context: &Context, level: Level, call: &Call<'_>) -> Result<Value, Fault> {
    let bytes_max = context.output.line_bytes_max();
    let fields = match call.arg("fields") {
        Value::Null => None,
        fields => Some(json::write(
            &loggable(crate::value::to_json(fields)?),
            Layout::Compact,
            bytes_max,
        )?),
    };
    context.output.log(level, &line(call.arg("message"), bytes_max), fields.as_deref());
    Ok(Value::Null)
}

/// Numbers that JSON does not have, as texts: a line that reports trouble must not be trouble.
fn loggable(json: Value) -> Value {
    match json {
        Value::Float(it) if !it.is_finite() => Value::Float(it).to_text(),
        Value::List(list) => match &*list {
            List::Ints(_) | List::Bools(_) => Value::List(list),
            List::Floats(_) | List::Values(_) => Value::list(list.iter().map(loggable)),
        },
        Value::Map(map) => {
            let entries = map.iter().map(|(key, it)| (key.clone(), loggable(it.clone())));
            Value::Map(Rc::new(entries.collect::<Map>()))
        }
        other => other,
    }
}

fn secret(context: &Context, name: &str) -> Result<Value, Fault> {
    let Some(secret) = context.host.settings.secret(name) else {
        let message = format!(
            "the secret `{name}` has no value: set the environment variable that taskc.toml names for it"
        );
        return Err(Fault::new(Code::Secret, message));
    };
    Ok(Value::Secret(Rc::new(Secret::new(name, secret.text))))
}

#[cfg(test)]
mod tests {
    use super::super::tests::Scene;
    use super::*;
    use crate::host::settings;
    use crate::value::{Key, Shape};

    #[test]
    fn lines_are_written_as_they_print() {
        let scene = Scene::new();
        let print = |value| scene.call("prelude.print", &[("x", value)]).unwrap();
        print(Value::text("a \"b\""));
        print(Value::list([Value::text("a")]));
        print((0..60).fold(Value::Null, |it, _| Value::list([it.clone(), it])));
        let bytes_max = 64 << 10;
        print(Value::text(&"é".repeat(bytes_max)));
        let heard = scene.heard.0.lock().unwrap();
        assert_eq!(heard[..2], ["a \"b\"", r#"["a"]"#]);
        assert!(heard[2..].iter().all(|it| it.ends_with('…') && it.len() < bytes_max + 10));
    }

    #[test]
    fn log_lines_have_fields() {
        let scene = Scene::new();
        let message = ("message", Value::text("sent"));
        scene.call("log.info", std::slice::from_ref(&message)).unwrap();
        let shape = Rc::new(Shape::new(["mailed", "rate"]));
        let fields = Value::record(&shape, [Value::Int(3), Value::Float(f64::NAN)]);
        scene.call("log.warn", &[message.clone(), ("fields", fields)]).unwrap();
        let secret = Value::Secret(Rc::new(Secret::new("KEY", "hunter2")));
        let fault = scene.call("log.error", &[message, ("fields", secret)]).unwrap_err();
        assert!(fault.is(Code::Secret) && !fault.message.contains("hunter2"));
        let heard = scene.heard.0.lock().unwrap();
        assert_eq!(*heard, ["info sent -", r#"warn sent {"mailed":3,"rate":"NaN"}"#]);
    }

    #[test]
    fn the_clock_and_the_settings_are_the_worlds() {
        let scene = Scene::new();
        let now = || scene.call("prelude.now", &[]).unwrap().to_string();
        assert_eq!(now(), "2026-01-01T00:00:00Z");
        scene.call("prelude.sleep", &[("d", Value::Duration(1_500_000))]).unwrap();
        scene.call("prelude.sleep", &[("d", Value::Duration(-5))]).unwrap();
        assert_eq!(now(), "2026-01-01T00:00:01.5Z");
        let today = |zone| scene.call("prelude.today", &[("in", Value::text(zone))]);
        assert_eq!(today("America/New_York").unwrap().to_string(), "2025-12-31");
        assert!(today("Nowhere").unwrap_err().is(Code::Argument));
        scene.world.settings.set_env("REGION", "eu");
        let key = settings::Secret { text: "hunter2".into(), hosts: Vec::new() };
        scene.world.settings.set_secret("KEY", key);
        let get = |call, name| scene.call(call, &[("name", Value::text(name))]);
        assert_eq!(get("env._get", "REGION"), Ok(Value::text("eu")));
        assert_eq!(get("env._get", "OTHER"), Ok(Value::Null));
        assert!(matches!(get("secret._get", "KEY"), Ok(Value::Secret(it)) if it.name == "KEY"));
        assert!(get("secret._get", "OTHER").unwrap_err().is(Code::Secret));
    }

    #[test]
    fn keys_of_fields_are_texts() {
        let map: Map = [(Key(Value::Int(1)), Value::Bool(true))].into_iter().collect();
        let scene = Scene::new();
        let named = [("message", Value::text("m")), ("fields", Value::Map(Rc::new(map)))];
        scene.call("log.debug", &named).unwrap();
        assert_eq!(*scene.heard.0.lock().unwrap(), [r#"debug m {"1":true}"#]);
    }
}
