//! The library's contacts with the world, by the names of their declarations.
//!
//! [`perform`] carries out one call on the [`Host`] and gives a value. Which calls are recorded before they are made, repeated or
//! asked about is the engine's business.

mod answer;
mod files;
mod http;
mod mail;
mod random;
mod run;
mod targets;

use std::rc::Rc;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use super::native::misuse;
use crate::host::Host;
use crate::value::{Code, DescriptorId, Fault, Types, Value};

pub use targets::Targets;

/// What calls of one run share.
#[derive(Clone)]
pub struct Context {
    /// The world.
    pub host: Host,
    /// Where lines and progress go.
    pub output: Arc<dyn Output>,
    /// The types that descriptors name.
    pub types: Rc<Types>,
    /// Where its calls may go.
    pub targets: Targets,
}

impl Context {
    /// What the calls of a run share that may go anywhere.
    #[must_use]
    pub fn new(host: Host, output: Arc<dyn Output>, types: Rc<Types>) -> Self {
        Self { host, output, types, targets: Targets::anywhere() }
    }
}

/// Where a run's lines go.
pub trait Output: Send + Sync {
    /// A line that `print` wrote.
    fn print(&self, text: &str);
    /// A structured line; `fields` is JSON.
    fn log(&self, level: Level, text: &str, fields: Option<&str>);
    /// How far the run is.
    fn progress(&self, done: i64, total: i64);

    /// How long a line may be, in bytes; longer ones are cut off, and end in `…`. What is kept is bounded, what
    /// only passes through need not be.
    fn line_bytes_max(&self) -> usize {
        64 << 10
    }
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For whoever looks for a mistake.
    Debug,
    /// Worth knowing.
    Info,
    /// Probably not as it should be.
    Warn,
    /// Something went wrong.
    Error,
}

impl Level {
    /// What it is called in logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// Carries out a call of the library function `name`.
pub fn perform<'a>(
    context: &'a Context,
    name: &'a str,
    args: Vec<Value>,
    descriptors: Vec<DescriptorId>,
) -> LocalBoxFuture<'a, Result<Value, Fault>> {
    perform_as(context, None, name, args, descriptors)
}

/// Carries out a call that has a name of its own among all calls of all runs. A call that is made again goes by the same name, so
/// that a server that is told the name can see that it is the same.
pub fn perform_as<'a>(
    context: &'a Context,
    key: Option<&'a str>,
    name: &'a str,
    args: Vec<Value>,
    descriptors: Vec<DescriptorId>,
) -> LocalBoxFuture<'a, Result<Value, Fault>> {
    let call = Call::new(name, args, descriptors, key);
    Box::pin(async move {
        let call = call?;
        match name.split_once('.').map_or("", |(module, _)| module) {
            "http" => http::perform(context, &call).await,
            "mail" => mail::perform(context, &call).await,
            "files" | "csv" => files::perform(context, &call).await,
            "random" | "uuid" | "list" => random::perform(context, &call),
            _ => run::perform(context, &call).await,
        }
    })
}

/// Whether this very call may be made twice although its declaration says at most once: `http.post(…, idempotent: true)`.
#[must_use]
pub fn is_repeatable(name: &str, args: &[Value]) -> bool {
    let params = params_of(name).unwrap_or_default();
    let place = params.iter().position(|it| *it == "idempotent");
    matches!(place.and_then(|at| args.get(at)), Some(Value::Bool(true)))
}

/// What a call is taken to have given that a person says was made, where nobody saw its answer.
#[must_use]
pub fn accepted(name: &str) -> Value {
    if name.starts_with("http.") { http::unseen() } else { Value::Null }
}

/// What the contacts with the world take, by name; a test compares this with the declarations.
const PARAMS: &[(&str, &[&str])] = &[
    ("prelude.print", &["x"]),
    ("prelude.now", &[]),
    ("prelude.today", &["in"]),
    ("prelude.sleep", &["d"]),
    ("prelude.progress", &["done", "total"]),
    ("log.debug", &["message", "fields"]),
    ("log.info", &["message", "fields"]),
    ("log.warn", &["message", "fields"]),
    ("log.error", &["message", "fields"]),
    ("env._get", &["name"]),
    ("secret._get", &["name"]),
    ("random.int", &["a", "b"]),
    ("random.float", &[]),
    ("random.bytes", &["n"]),
    ("random.choice", &["xs"]),
    ("random.sample", &["xs", "n"]),
    ("list.shuffle", &["self"]),
    ("uuid.v4", &[]),
    ("uuid.v7", &[]),
    ("files.read", &["path"]),
    ("files.read_text", &["path"]),
    ("files.lines", &["path"]),
    ("files.write", &["path", "data"]),
    ("files.append", &["path", "data"]),
    ("files.exists", &["path"]),
    ("files.delete", &["path"]),
    ("files.list", &["prefix"]),
    ("files.info", &["path"]),
    ("files.copy", &["path", "to"]),
    ("files.move", &["path", "to"]),
    ("csv.rows", &["path", "separator", "header"]),
    ("mail.send", mail::PARAMS),
    ("mail.sent", &[]),
    ("http.get", http::READING),
    ("http.head", http::READING),
    ("http.post", http::WRITING),
    ("http.put", http::WRITING),
    ("http.patch", http::WRITING),
    ("http.delete", http::WRITING),
    ("http.download", http::DOWNLOADING),
];

/// The names of what a contact with the world takes; none for what is none.
#[must_use]
pub fn parameters(name: &str) -> &'static [&'static str] {
    params_of(name).unwrap_or_default()
}

fn params_of(name: &str) -> Option<&'static [&'static str]> {
    PARAMS.iter().find(|(it, _)| *it == name).map(|(_, params)| *params)
}

/// One call with its arguments by name.
struct Call<'a> {
    name: &'a str,
    params: &'static [&'static str],
    args: Vec<Value>,
    descriptors: Vec<DescriptorId>,
    /// What it is called among all calls, if it is.
    key: Option<&'a str>,
}

impl<'a> Call<'a> {
    fn new(
        name: &'a str,
        args: Vec<Value>,
        descriptors: Vec<DescriptorId>,
        key: Option<&'a str>,
    ) -> Result<Self, Fault> {
        let Some(params) = params_of(name) else {
            return Err(Fault::new(Code::Argument, format!("this version has no `{name}`")));
        };
        if params.len() != args.len() {
            return Err(misuse());
        }
        Ok(Self { name, params, args, descriptors, key })
    }

    /// The argument for a parameter; null where the function has none of that name.
    fn arg(&self, param: &str) -> &Value {
        let place = self.params.iter().position(|it| *it == param);
        place.map_or(&Value::Null, |at| &self.args[at])
    }

    fn text(&self, param: &str) -> Result<&str, Fault> {
        self.arg(param).as_str().ok_or_else(misuse)
    }

    /// A text that may be missing.
    fn text_if_any(&self, param: &str) -> Option<&str> {
        self.arg(param).as_str()
    }

    fn int(&self, param: &str) -> Result<i64, Fault> {
        match self.arg(param) {
            Value::Int(n) => Ok(*n),
            _ => Err(misuse()),
        }
    }

    fn micros(&self, param: &str) -> Result<i64, Fault> {
        match self.arg(param) {
            Value::Duration(n) => Ok(*n),
            _ => Err(misuse()),
        }
    }

    /// A truth value; false where the function has no such parameter.
    fn truth(&self, param: &str) -> bool {
        matches!(self.arg(param), Value::Bool(true))
    }

    /// The bytes of a text or of bytes.
    fn data(&self, param: &str) -> Result<Vec<u8>, Fault> {
        data(self.arg(param)).ok_or_else(misuse)
    }
}

/// The bytes of a text or of bytes.
fn data(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Bytes(bytes) => Some(bytes.to_vec()),
        other => other.as_str().map(|it| it.as_bytes().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::FutureExt;

    use super::*;
    use crate::check::effects::EffectClass;
    use crate::check::library::Library;
    use crate::check::types::Type;
    use crate::host::sim::World;

    /// What a run said.
    #[derive(Default)]
    pub(super) struct Heard(pub(super) Mutex<Vec<String>>);

    impl Output for Heard {
        fn print(&self, text: &str) {
            self.0.lock().unwrap().push(text.to_owned());
        }

        fn log(&self, level: Level, text: &str, fields: Option<&str>) {
            let line = format!("{} {text} {}", level.as_str(), fields.unwrap_or("-"));
            self.0.lock().unwrap().push(line);
        }

        fn progress(&self, done: i64, total: i64) {
            self.0.lock().unwrap().push(format!("{done}/{total}"));
        }
    }

    /// A simulated world and a run in it.
    pub(super) struct Scene {
        pub(super) world: World,
        pub(super) heard: Arc<Heard>,
        context: Context,
    }

    impl Scene {
        pub(super) fn new() -> Self {
            let world = World::new(1, 1_767_225_600_000_000);
            let heard = Arc::new(Heard::default());
            let context = Context::new(world.host(), heard.clone(), Rc::default());
            Self { world, heard, context }
        }

        /// Makes a call; parameters that are not named are null.
        pub(super) fn call(&self, name: &str, named: &[(&str, Value)]) -> Result<Value, Fault> {
            self.call_as(None, name, named)
        }

        pub(super) fn call_as(
            &self,
            key: Option<&str>,
            name: &str,
            named: &[(&str, Value)],
        ) -> Result<Value, Fault> {
            let params = params_of(name).unwrap();
            assert!(
                named.iter().all(|(it, _)| params.contains(it)),
                "{name} has no such parameter"
            );
            let arg = |param: &&str| {
                let found = named.iter().find(|(it, _)| it == param);
                found.map_or(Value::Null, |(_, value)| value.clone())
            };
            let args = params.iter().map(arg).collect();
            let pending = perform_as(&self.context, key, name, args, Vec::new());
            pending.now_or_never().expect("a simulated world answers at once")
        }
    }

    #[test]
    fn every_contact_is_declared_and_takes_what_it_declares() {
        let library = Library::new(crate::stdlib::declarations());
        let mut declared = Vec::new();
        for id in library.all_functions() {
            let it = library.declaration(id);
            if it.native.is_some_and(|it| it.effect != EffectClass::Pure) {
                let name = format!("{}.{}", it.id.module, it.id.name);
                let params: Vec<_> =
                    it.signature.params.iter().map(|it| it.name.to_string()).collect();
                // Templates are filled in by the machine: the program holds what they said when it was compiled.
                if name != "prelude.template" {
                    declared.push((name, params));
                }
            }
        }
        let mut performed: Vec<_> = PARAMS
            .iter()
            .map(|(name, params)| {
                ((*name).to_owned(), params.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
            })
            .collect();
        declared.sort();
        performed.sort();
        assert_eq!(declared, performed);
    }

    #[test]
    fn records_have_the_fields_that_are_declared() {
        let library = Library::new(crate::stdlib::declarations());
        for (name, fields) in answer::ALL {
            let Some(Type::Record(declared)) = library.named_type(name) else {
                panic!("no record type is called {name}")
            };
            let declared: Vec<_> = declared.declared().map(|it| it.name.to_string()).collect();
            assert_eq!(declared, **fields, "{name}");
        }
    }

    #[test]
    fn calls_that_are_none_are_faults() {
        let scene = Scene::new();
        let perform = |name, args| {
            perform(&scene.context, name, args, Vec::new()).now_or_never().unwrap().unwrap_err()
        };
        assert!(perform("http.trace", vec![]).message.contains("no `http.trace`"));
        assert!(perform("files.read", vec![]).is(Code::Argument));
        assert!(perform("files.read", vec![Value::Int(1)]).is(Code::Argument));
    }

    #[test]
    fn a_post_is_repeatable_only_if_it_says_so() {
        let args = |idempotent| {
            let flag =
                |it: &&str| if *it == "idempotent" { Value::Bool(idempotent) } else { Value::Null };
            http::WRITING.iter().map(flag).collect::<Vec<_>>()
        };
        assert!(is_repeatable("http.post", &args(true)));
        assert!(!is_repeatable("http.post", &args(false)));
        assert!(!is_repeatable("mail.send", &args(true)));
    }
}
