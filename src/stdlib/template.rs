//! Templates: Jinja by minijinja, without code, with a bound on how much they may do.

use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::value::{Code, Fault, Value};

/// How many steps a template may take.
const FUEL: u64 = 5_000_000;

/// A template of this many bytes is refused.
const SOURCE_BYTES_MAX: usize = 4 << 20;

/// Fills in a template. The ending of `path` decides whether values are escaped: `.html`, `.htm` and `.xml` are.
pub(super) fn render(path: &str, source: &str, values: &Value) -> Result<String, Fault> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(Fault::new(
            Code::Limit,
            format!("the template `{path}` is longer than {SOURCE_BYTES_MAX} bytes"),
        ));
    }
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| match name.rsplit('.').next() {
        Some("html" | "htm" | "xml" | "svg") => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    environment.add_template(path, source).map_err(|error| fault(path, &error))?;
    let template = environment.get_template(path).map_err(|error| fault(path, &error))?;
    template.render(plain(values)).map_err(|error| fault(path, &error))
}

fn fault(path: &str, error: &minijinja::Error) -> Fault {
    let line = error.line().map_or(String::new(), |line| format!(", line {line}"));
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    Fault::new(Code::Template, format!("template `{path}`{line}: {detail}"))
}

/// A value as templates see it: numbers stay numbers, decimals print with their scale, times and the like are texts.
fn plain(value: &Value) -> minijinja::Value {
    match value {
        Value::Null => minijinja::Value::from(()),
        Value::Bool(it) => (*it).into(),
        Value::Int(it) => (*it).into(),
        Value::Float(it) => (*it).into(),
        Value::List(list) => list.iter().map(|it| plain(&it)).collect(),
        Value::Map(map) => {
            map.iter().map(|(key, value)| (key.0.to_string(), plain(value))).collect()
        }
        Value::Record(record) => {
            record.fields().map(|(name, value)| (name, plain(value))).collect()
        }
        other => other.as_str().map_or_else(|| other.to_string().into(), Into::into),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::json;

    fn rendered(path: &str, source: &str, values: &str) -> Result<String, Fault> {
        render(path, source, &json::parse(values).unwrap())
    }

    #[test]
    fn html_is_escaped_by_the_ending_of_the_file() {
        let values = r#"{ "name": "<Ada>", "rows": [1, 2] }"#;
        let html = rendered("a.html", "{{ name }}{% for r in rows %} {{ r }}{% endfor %}", values);
        assert_eq!(html.unwrap(), "&lt;Ada&gt; 1 2");
        assert_eq!(rendered("a.txt", "{{ name }}\n", values).unwrap(), "<Ada>\n");
    }

    #[test]
    fn what_is_wrong_is_a_fault_that_names_the_template() {
        assert!(rendered("a.txt", "{{ nam }}", "{}").unwrap_err().is(Code::Template));
        assert!(rendered("a.txt", "{% for %}", "{}").unwrap_err().message.contains("a.txt"));
        let endless =
            "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}";
        assert!(rendered("a.txt", endless, "{}").is_err());
    }
}
