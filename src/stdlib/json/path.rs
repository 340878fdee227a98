//! Paths into JSON values: `orders[0].total`, `["a b"].c`.

use std::rc::Rc;

use super::empty_object;
use crate::value::{Code, Fault, Key, Value};

/// The longest path, in steps.
const STEPS_MAX: usize = 200;

/// One step down.
#[derive(Debug, PartialEq)]
enum Step<'p> {
    Key(String),
    /// A place in a list, from its end if negative.
    Index(i64, &'p str),
}

pub(super) fn get(value: &Value, path: &str) -> Result<Option<Value>, Fault> {
    Ok(found(value, &steps(path)?))
}

pub(super) fn has(value: &Value, path: &str) -> Result<bool, Fault> {
    Ok(found(value, &steps(path)?).is_some())
}

fn found(value: &Value, steps: &[Step<'_>]) -> Option<Value> {
    let mut at = value.clone();
    for step in steps {
        let next = match (&at, step) {
            (Value::Map(map), Step::Key(key)) => map.get(key.as_str()).cloned(),
            (Value::List(list), Step::Index(index, _)) => {
                place(*index, list.len()).and_then(|index| list.get(index))
            }
            _ => None,
        };
        at = next?;
    }
    Some(at)
}

fn place(index: i64, length: usize) -> Option<usize> {
    let from_start = if index < 0 { index.checked_add_unsigned(length as u64)? } else { index };
    usize::try_from(from_start).ok()
}

pub(super) fn set(value: Value, path: &str, v: Value) -> Result<Value, Fault> {
    let mut value = value;
    put(&mut value, &steps(path)?, v)?;
    Ok(value)
}

fn put(at: &mut Value, steps: &[Step<'_>], new: Value) -> Result<(), Fault> {
    let Some((step, rest)) = steps.split_first() else {
        *at = new;
        return Ok(());
    };
    if at.is_null() && matches!(step, Step::Key(_)) {
        *at = empty_object();
    }
    match (at, step) {
        (Value::Map(map), Step::Key(key)) => {
            let map = Rc::make_mut(map);
            // Taken out, so that nobody else holds what is changed.
            let mut inner = match map.get_mut(key.as_str()) {
                Some(inner) => std::mem::replace(inner, Value::Null),
                None => Value::Null,
            };
            put(&mut inner, rest, new)?;
            map.insert(Key::text(key), inner);
            Ok(())
        }
        (Value::List(list), Step::Index(index, written)) => {
            let length = list.len();
            let list = Rc::make_mut(list);
            let outside = || {
                Fault::new(Code::Index, format!("place {written} lies outside a list of {length}"))
            };
            let index = place(*index, length).filter(|it| *it <= length).ok_or_else(outside)?;
            let mut inner = list.remove(index).unwrap_or(Value::Null);
            put(&mut inner, rest, new)?;
            list.insert(index, inner);
            Ok(())
        }
        (other, Step::Key(key)) => Err(no_step(other, &format!("`{key}`"))),
        (other, Step::Index(_, written)) => Err(no_step(other, &format!("`[{written}]`"))),
    }
}

fn no_step(value: &Value, step: &str) -> Fault {
    Fault::argument(format!("{} has no {step}", crate::value::describe(value)))
}

pub(super) fn remove(value: Value, path: &str) -> Result<Value, Fault> {
    let steps = steps(path)?;
    // Nothing is copied for the sake of what is not there.
    if found(&value, &steps).is_none() {
        return Ok(value);
    }
    let mut value = value;
    take(&mut value, &steps);
    Ok(value)
}

fn take(at: &mut Value, steps: &[Step<'_>]) {
    let Some((step, rest)) = steps.split_first() else {
        *at = Value::Null;
        return;
    };
    match (at, step) {
        (Value::Map(map), Step::Key(key)) => {
            let map = Rc::make_mut(map);
            if rest.is_empty() {
                map.remove(key.as_str());
            } else if let Some(inner) = map.get_mut(key.as_str()) {
                take(inner, rest);
            }
        }
        (Value::List(list), Step::Index(index, _)) => {
            let list = Rc::make_mut(list);
            let Some(index) = place(*index, list.len()) else { return };
            let Some(mut inner) = list.remove(index) else { return };
            if !rest.is_empty() {
                take(&mut inner, rest);
                list.insert(index, inner);
            }
        }
        _ => {}
    }
}

fn steps(path: &str) -> Result<Vec<Step<'_>>, Fault> {
    let wrong = || Fault::argument(format!("`{path}` is no path; write `orders[0].total`"));
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (step, after) = match rest.strip_prefix('[') {
            Some(inner) => bracket(inner).ok_or_else(wrong)?,
            None => key(rest, steps.is_empty()).ok_or_else(wrong)?,
        };
        steps.push(step);
        rest = after;
        if steps.len() > STEPS_MAX {
            return Err(Fault::new(Code::Limit, format!("a path has at most {STEPS_MAX} steps")));
        }
    }
    Ok(steps)
}

/// `a` at the start, `.a` behind something.
fn key(text: &str, is_first: bool) -> Option<(Step<'_>, &str)> {
    let name = if is_first { text } else { text.strip_prefix('.')? };
    let belongs = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '$' || c == '@';
    let end = name.find(|c| !belongs(c)).unwrap_or(name.len());
    (end > 0).then(|| (Step::Key(name[..end].to_owned()), &name[end..]))
}

/// `0]`, `-1]`, `"a b"]`
fn bracket(inner: &str) -> Option<(Step<'_>, &str)> {
    let Some(quoted) = inner.strip_prefix('"') else {
        let (index, after) = inner.split_once(']')?;
        return Some((Step::Index(index.parse().ok()?, index), after));
    };
    let mut key = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((Step::Key(key), quoted[at + 1..].strip_prefix(']')?)),
            '\\' => key.push(chars.next()?.1),
            other => key.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::json::{Layout, parse, write};

    fn read(text: &str) -> Value {
        parse(text).unwrap()
    }

    fn compact(value: &Value) -> String {
        write(value, Layout::Compact, 1000).unwrap()
    }

    #[test]
    fn paths_lead_to_values_or_to_nothing() {
        let value = read(r#"{"a":{"b":[10,{"c d":null}]},"x.y":1,"é":2}"#);
        for (path, found) in [
            ("a.b[0]", Some("10")),
            ("a.b[-1][\"c d\"]", Some("null")),
            ("[\"x.y\"]", Some("1")),
            ("é", Some("2")),
            ("a.b[2]", None),
            ("a.b.c", None),
            ("a[0]", None),
            ("nobody.a", None),
        ] {
            let value = get(&value, path).unwrap();
            assert_eq!(value.map(|it| compact(&it)).as_deref(), found, "{path}");
        }
        assert_eq!(get(&value, "").unwrap(), Some(value.clone()));
        assert!(has(&value, "a.b[1][\"c d\"]").unwrap());
        for bad in
            [".", "a.", "a..b", "a[", "a[x]", "[\"a", "a b", "[\"a\"", "a[99999999999999999999]"]
        {
            assert!(get(&value, bad).unwrap_err().is(Code::Argument), "{bad}");
        }
        assert!(get(&value, &"a.".repeat(300)).unwrap_err().is(Code::Limit));
    }

    #[test]
    fn setting_and_removing_leave_the_original_alone() {
        let value = read(r#"{"a":{"b":[1,2]}}"#);
        let changed = |path, new| set(value.clone(), path, read(new)).map(|it| compact(&it));
        assert_eq!(changed("a.b[0]", "9").unwrap(), r#"{"a":{"b":[9,2]}}"#);
        assert_eq!(changed("a.b[2]", "\"x\"").unwrap(), r#"{"a":{"b":[1,2,"x"]}}"#);
        assert_eq!(changed("n.m.o", "[]").unwrap(), r#"{"a":{"b":[1,2]},"n":{"m":{"o":[]}}}"#);
        assert!(changed("a.b[3]", "0").unwrap_err().is(Code::Index));
        assert!(changed("a.b[0].c", "0").unwrap_err().is(Code::Argument));
        assert!(changed("a[0]", "0").unwrap_err().is(Code::Argument));
        let removed = |path| compact(&remove(value.clone(), path).unwrap());
        assert_eq!(removed("a.b[-1]"), r#"{"a":{"b":[1]}}"#);
        assert_eq!(removed("a.b"), r#"{"a":{}}"#);
        assert_eq!(removed("a.z[0]"), r#"{"a":{"b":[1,2]}}"#);
        assert_eq!(removed(""), "null");
        assert_eq!(compact(&value), r#"{"a":{"b":[1,2]}}"#);
    }
}
