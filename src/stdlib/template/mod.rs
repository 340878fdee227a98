//! Templates in Jinja's language, filled in with values.

mod convert;

use std::fmt::Write;

use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use super::limits::BYTES_MAX;
use super::native::{Native, natives};
use crate::value::{Code, Fault, Value, write_float};

pub(super) const NATIVES: &[Native] = natives!("template": text(source, values));

/// How many steps filling in one template may take.
const STEPS_MAX: u64 = 20_000_000;

/// What a template without a file is called in messages.
const NAMELESS: &str = "the template";

/// How deep macros, includes and recursive loops may be nested.
const LEVELS_MAX: usize = 100;

fn text(source: &str, values: &Value) -> Result<String, Fault> {
    fill("", source, values)
}

/// Fills in a template. The ending of its file's name decides whether values are escaped; a template without a file has no name.
pub(super) fn fill(name: &str, source: &str, values: &Value) -> Result<String, Fault> {
    thread_local! {
        static BARE: Environment<'static> = environment();
    }
    let name = if name.is_empty() { NAMELESS } else { name };
    BARE.with(|bare| {
        let mut environment = bare.clone();
        environment.add_template(name, source).map_err(|it| fault(&it))?;
        let template = environment.get_template(name).map_err(|it| fault(&it))?;
        render(&template, values)
    })
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(STEPS_MAX));
    environment.set_recursion_limit(LEVELS_MAX);
    environment.set_auto_escape_callback(escaping);
    environment.set_formatter(show);
    environment.add_filter("number", convert::number);
    environment
}

/// By the ending of the file, also where another follows that templates often have: `digest.html.j2`.
fn escaping(name: &str) -> AutoEscape {
    let name = [".j2", ".jinja"].iter().find_map(|it| name.strip_suffix(it)).unwrap_or(name);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if ["html", "htm", "xml", "xhtml", "svg"].iter().any(|it| it.eq_ignore_ascii_case(ending)) {
        AutoEscape::Html
    } else {
        AutoEscape::None
    }
}

/// Values print as in the language, and what is missing prints as nothing.
fn show(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &minijinja::Value,
) -> Result<(), Error> {
    if value.is_none() {
        return Ok(());
    }
    if let (minijinja::value::ValueKind::Number, false) = (value.kind(), value.is_integer())
        && let Ok(float) = f64::try_from(value.clone())
    {
        return write_float(out, float).map_err(Error::from);
    }
    minijinja::escape_formatter(out, state, value)
}

fn render(template: &minijinja::Template<'_, '_>, values: &Value) -> Result<String, Fault> {
    if !matches!(values, Value::Record(_) | Value::Map(_)) {
        return Err(Fault::argument("a template is filled in with a record or a map"));
    }
    let context = convert::value(values, 0)?;
    let mut out = Bounded { bytes: Vec::new(), full: false };
    match template.render_captured_to(context, &mut out) {
        Ok(_) => String::from_utf8(out.bytes)
            .map_err(|_| Fault::new(Code::Template, "the result is no text")),
        Err(_) if out.full => Err(Fault::new(
            Code::Limit,
            format!("the result is longer than {} MiB", BYTES_MAX >> 20),
        )),
        Err(error) => Err(fault(&error)),
    }
}

fn fault(error: &Error) -> Fault {
    // What went wrong in an included file says more than that it was included.
    let mut cause = error;
    while let Some(inner) =
        std::error::Error::source(cause).and_then(|it| it.downcast_ref::<Error>())
    {
        cause = inner;
    }
    let what = match (cause.kind(), cause.detail()) {
        (ErrorKind::OutOfFuel, _) => {
            return Fault::new(Code::Limit, "filling in the template takes too long");
        }
        (ErrorKind::TemplateNotFound, Some(detail)) => return Fault::new(Code::Template, detail),
        (_, Some(detail)) => detail.to_owned(),
        (kind, None) => kind.to_string(),
    };
    let mut message = String::new();
    let name = cause.name().unwrap_or(NAMELESS);
    let _ = match cause.line() {
        Some(line) => write!(message, "{name}, line {line}: {what}"),
        None => write!(message, "{name}: {what}"),
    };
    Fault::new(Code::Template, message)
}

struct Bounded {
    bytes: Vec<u8>,
    full: bool,
}

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.len() > BYTES_MAX.saturating_sub(self.bytes.len()) {
            self.full = true;
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::value::json::parse;
    use crate::value::{Secret, Shape, parse_decimal};

    fn values() -> Value {
        let total = Value::Decimal(parse_decimal("1234.50").unwrap().into());
        let shape = Rc::new(Shape::new(["name", "total", "rows", "at", "none", "half"]));
        let rows = parse(r#"[{"b": 1, "a": "<i>"}, {"b": 2, "a": "y"}]"#).unwrap();
        // By slot: at, half, name, none, rows, total.
        let slots = [
            Value::Time(0),
            Value::Float(2500.0),
            Value::text("Ada & Co"),
            Value::Null,
            rows,
            total,
        ];
        Value::record(&shape, slots)
    }

    fn filled(source: &str) -> Result<String, String> {
        text(source, &values()).map_err(|it| it.to_string())
    }

    #[test]
    fn values_print_as_in_the_language() {
        for (source, result) in [
            (
                "{{ name }} {{ total }} {{ at }} [{{ none }}] {{ half }}",
                "Ada & Co 1234.50 1970-01-01T00:00:00Z [] 2500",
            ),
            (
                "{% for r in rows %}{{ loop.index }}{{ r.a }}{{ r.b + 1 }};{% endfor %}",
                "1<i>2;2y3;",
            ),
            ("{% for k in rows[0] %}{{ k }}{% endfor %}", "ba"),
            ("{{ rows|length }}{{ name|upper }}{{ total|number('#,##0.0') }}", "2ADA & CO1,234.5"),
            ("{{ half|number('0.00', 'de') }} {{ 3|number }}", "2500,00 3.00"),
            ("{% if none %}x{% else %}y{% endif %}", "y"),
            ("", ""),
        ] {
            assert_eq!(filled(source).as_deref(), Ok(result), "{source}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (source, message) in [
            ("a\n{{ nobody }}", "template: the template, line 2: `nobody` is undefined"),
            ("{{ rows[0].zzz }}", "template: the template, line 1: `rows[0].zzz` is undefined"),
            ("{% for %}", "template: the template, line 1: unexpected end of block, expected in"),
            ("{% include 'x.html' %}", "template: tried to include non-existing template 'x.html'"),
        ] {
            assert_eq!(filled(source).unwrap_err(), message);
        }
        assert!(text("x", &Value::Int(1)).unwrap_err().is(Code::Argument));
        let secret = Value::Secret(Rc::new(Secret::new("KEY", "x")));
        let record = Value::record(&Rc::new(Shape::new(["key"])), [secret]);
        assert!(text("{{ key }}", &record).unwrap_err().is(Code::Secret));
    }

    #[test]
    fn templates_cannot_run_away() {
        let nested =
            "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}";
        assert!(text(nested, &values()).unwrap_err().is(Code::Limit));
        let long = "{% for a in range(10000) %}{{ 'x' * 100000 }}{% endfor %}";
        assert!(text(long, &values()).unwrap_err().is(Code::Limit));
        let deep = "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}";
        assert!(text(deep, &values()).unwrap_err().is(Code::Template));
        let nested = (0..100_000).fold(Value::Null, |it, _| Value::list([it]));
        let record = Value::record(&Rc::new(Shape::new(["x"])), [nested]);
        assert!(text("", &record).unwrap_err().is(Code::Limit));
    }

    #[test]
    fn values_are_escaped_by_the_ending_of_the_file() {
        for (name, shown) in [
            ("a.html", "Ada &amp; Co"),
            ("A.XML", "Ada &amp; Co"),
            ("a.html.j2", "Ada &amp; Co"),
            ("a.txt", "Ada & Co"),
            ("html", "Ada & Co"),
        ] {
            assert_eq!(fill(name, "{{ name }}", &values()).as_deref(), Ok(shown), "{name}");
        }
        let fault = fill("a.html", "\n{{ x }}", &values()).unwrap_err();
        assert_eq!(fault.message, "a.html, line 2: `x` is undefined");
    }
}
