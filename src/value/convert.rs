//! Making a value fit a type: `as T`, what a database returns, and deep widening.
//!
//! One function does all of it, because every widening (`int` to `decimal`, a record to one with more optional fields,
//! anything to `json`) is also what decoding has to accept. What does not fit is reported with its path.

use std::cell::Cell;
use std::fmt::{self, Write};
use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rust_decimal::prelude::ToPrimitive;

use super::{
    Code, Decimal, Descriptor, DescriptorId, Fault, Key, List, Map, RecordDescriptor, Types, Value,
    calendar, decimal_to_float, float_to_decimal, print,
};

/// How deep a value may be nested that is decoded, widened to `json`, or read and written as JSON text.
pub const LEVELS_MAX: u32 = 200;

/// How many elements one conversion may look at. Values that share their parts can have more than any memory holds.
const ELEMENTS_MAX: u32 = 20_000_000;

/// Makes a value of the type, or says where it does not fit: `orders[3].total: expected decimal, found text "n/a"`.
pub fn convert(value: &Value, types: &Types, id: DescriptorId) -> Result<Value, Fault> {
    fit(value, types, id, 0).map_err(Mismatch::into_fault)
}

/// The value as `json`: records become objects, keys and everything that JSON does not know become texts.
pub fn to_json(value: &Value) -> Result<Value, Fault> {
    to_json_within(value, ELEMENTS_MAX)
}

fn to_json_within(value: &Value, elements_max: u32) -> Result<Value, Fault> {
    let fitter = Fitter { types: &Types::default(), left: Cell::new(elements_max) };
    fitter.json(value, 0).map_err(Mismatch::into_fault)
}

/// Why a value does not fit, collected on the way out.
#[derive(Debug)]
pub(super) struct Mismatch(Box<Finding>);

#[derive(Debug)]
struct Finding {
    /// Innermost first.
    path: Vec<Step>,
    kind: MismatchKind,
}

#[derive(Debug)]
enum MismatchKind {
    Type { expected: String, found: String },
    Missing { expected: String },
    TooDeep,
    TooMany,
    Secret,
    Function,
}

#[derive(Debug)]
enum Step {
    Index(usize),
    Field(String),
}

pub(super) type Fit<T = Value> = Result<T, Mismatch>;

impl Mismatch {
    fn new(kind: MismatchKind) -> Self {
        Self(Box::new(Finding { path: Vec::new(), kind }))
    }

    pub(super) fn wrong(types: &Types, id: DescriptorId, found: &Value) -> Self {
        let (expected, found) = (types.describe(id), describe(found));
        Self::new(MismatchKind::Type { expected, found })
    }

    pub(super) fn missing(types: &Types, id: DescriptorId) -> Self {
        Self::new(MismatchKind::Missing { expected: types.describe(id) })
    }

    pub(super) fn at_index(mut self, index: usize) -> Self {
        self.0.path.push(Step::Index(index));
        self
    }

    pub(super) fn at_field(mut self, name: &str) -> Self {
        self.0.path.push(Step::Field(name.to_owned()));
        self
    }

    pub(super) fn into_fault(self) -> Fault {
        let code = match self.0.kind {
            MismatchKind::Type { .. } | MismatchKind::Missing { .. } => Code::Decode,
            MismatchKind::TooDeep | MismatchKind::TooMany => Code::Limit,
            MismatchKind::Secret => Code::Secret,
            MismatchKind::Function => Code::Argument,
        };
        Fault::new(code, self.to_string())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.path.iter().rev().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Field(name) if is_name(name) => {
                    write!(f, "{}{name}", if at == 0 { "" } else { "." })?;
                }
                Step::Field(name) => {
                    f.write_char('[')?;
                    print::quoted(f, name)?;
                    f.write_char(']')?;
                }
            }
        }
        if !self.0.path.is_empty() {
            f.write_str(": ")?;
        }
        match &self.0.kind {
            MismatchKind::Type { expected, found } => {
                write!(f, "expected {expected}, found {found}")
            }
            MismatchKind::Missing { expected } => write!(f, "expected {expected}, found nothing"),
            MismatchKind::TooDeep => write!(f, "nested more than {LEVELS_MAX} levels deep"),
            MismatchKind::TooMany => f.write_str("too many elements"),
            MismatchKind::Secret => f.write_str("a secret cannot become JSON"),
            MismatchKind::Function => f.write_str("a function cannot become JSON"),
        }
    }
}

fn is_name(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(word) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// What a value is, in a message: `text "n/a"`, `int 5`, `a list of 3`.
#[must_use]
pub fn describe(value: &Value) -> String {
    const TEXT_MAX: usize = 40;
    let kind = match value {
        Value::Null => return "null".into(),
        Value::List(it) => return format!("a list of {}", it.len()),
        Value::Map(_) => return "an object".into(),
        Value::Record(_) => return "a record".into(),
        Value::Closure(_) => return "a function".into(),
        Value::Secret(_) => return "a secret".into(),
        Value::Bytes(it) => return format!("bytes({})", it.len()),
        Value::Short(_) | Value::Text(_) => "text",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Float(_) => "float",
        Value::Decimal(_) => "decimal",
        Value::Time(_) => "time",
        Value::Date(_) => "date",
        Value::Duration(_) => "duration",
    };
    let Some(text) = value.as_str() else { return format!("{kind} {value}") };
    let shown: String = text.chars().take(TEXT_MAX).collect();
    let mut out = String::from("text ");
    print::quoted(&mut out, &shown).expect("writing to a String cannot fail");
    if shown.len() < text.len() {
        out.push('…');
    }
    out
}

/// Makes a value fit that stands `level` levels deep in what is being read.
pub(super) fn fit(value: &Value, types: &Types, id: DescriptorId, level: u32) -> Fit {
    Fitter { types, left: Cell::new(ELEMENTS_MAX) }.fit(value, id, level)
}

/// A key; those of JSON are texts.
pub(super) fn fit_key(key: &Value, types: &Types, wanted: DescriptorId) -> Fit<Key> {
    let read = |text: &str| match types.get(wanted) {
        Descriptor::Int => text.parse().ok().map(Value::Int),
        Descriptor::Bool => text.parse().ok().map(Value::Bool),
        other => read_text(text, other),
    };
    match (fit(key, types, wanted, 0), key.as_str()) {
        (Ok(key), _) => Ok(Key(key)),
        (Err(mismatch), text) => text.and_then(read).map(Key).ok_or(mismatch),
    }
}

struct Fitter<'t> {
    types: &'t Types,
    left: Cell<u32>,
}

impl Fitter<'_> {
    /// Counts an element.
    fn enter(&self, level: u32) -> Fit<()> {
        if level > LEVELS_MAX {
            return Err(Mismatch::new(MismatchKind::TooDeep));
        }
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| Mismatch::new(MismatchKind::TooMany))?);
        Ok(())
    }

    fn fit(&self, value: &Value, id: DescriptorId, level: u32) -> Fit {
        self.enter(level)?;
        let fitted = match self.types.get(id) {
            Descriptor::Optional(_) if value.is_null() => Some(Value::Null),
            Descriptor::Optional(of) => return self.fit(value, *of, level + 1),
            Descriptor::Json => return self.json(value, level),
            Descriptor::List(of) => match value {
                Value::List(list) => return self.list(list, *of, level),
                _ => None,
            },
            Descriptor::Map(key, of) => return self.map(value, id, (*key, *of), level),
            Descriptor::Record(record) => return self.record(value, id, record, level),
            Descriptor::OneOf(members) => {
                members.iter().find_map(|member| self.fit(value, *member, level + 1).ok())
            }
            Descriptor::Union(texts) => {
                let is_member = |text: &str| texts.iter().any(|it| **it == *text);
                value.as_str().is_some_and(is_member).then(|| value.clone())
            }
            scalar => fit_scalar(value, scalar),
        };
        fitted.ok_or_else(|| Mismatch::wrong(self.types, id, value))
    }

    fn list(&self, list: &Rc<List>, of: DescriptorId, level: u32) -> Fit {
        let as_it_is = match (&**list, self.types.get(of)) {
            (List::Ints(_), Descriptor::Int | Descriptor::Json)
            | (List::Floats(_), Descriptor::Float | Descriptor::Json)
            | (List::Bools(_), Descriptor::Bool | Descriptor::Json) => true,
            (List::Values(items), Descriptor::Text) => items.iter().all(|it| it.as_str().is_some()),
            _ => false,
        };
        if as_it_is {
            return Ok(Value::List(Rc::clone(list)));
        }
        let items = list.iter().enumerate();
        let fitted = items
            .map(|(at, item)| self.fit(&item, of, level + 1).map_err(|it| it.at_index(at)))
            .collect::<Fit<List>>()?;
        Ok(Value::List(Rc::new(fitted)))
    }

    fn map(
        &self,
        value: &Value,
        id: DescriptorId,
        (key_type, value_type): (DescriptorId, DescriptorId),
        level: u32,
    ) -> Fit {
        let mut fitted = Map::new();
        let mut add = |key: &Value, value: &Value| -> Fit<()> {
            let at = |it: Mismatch| it.at_field(&key.to_string());
            let key = fit_key(key, self.types, key_type).map_err(at)?;
            fitted.insert(key, self.fit(value, value_type, level + 1).map_err(at)?);
            Ok(())
        };
        match value {
            Value::Map(map) => map.iter().try_for_each(|(key, value)| add(&key.0, value))?,
            Value::Record(record) => {
                record.fields().try_for_each(|(name, value)| add(&Value::text(name), value))?;
            }
            _ => return Err(Mismatch::wrong(self.types, id, value)),
        }
        Ok(Value::Map(Rc::new(fitted)))
    }

    fn record(
        &self,
        value: &Value,
        id: DescriptorId,
        wanted: &RecordDescriptor,
        level: u32,
    ) -> Fit {
        if !matches!(value, Value::Map(_) | Value::Record(_)) {
            return Err(Mismatch::wrong(self.types, id, value));
        }
        let slots = wanted.fields.iter().map(|it| {
            let fitted = match value.field(&it.name) {
                Some(value) => self.fit(value, it.ty, level + 1),
                None if self.types.may_be_missing(it.ty) => Ok(Value::Null),
                None => Err(Mismatch::missing(self.types, it.ty)),
            };
            fitted.map_err(|mismatch| mismatch.at_field(&it.name))
        });
        let slots = slots.collect::<Fit<Box<[Value]>>>()?;
        let shape = self.types.shape(id).expect("every record descriptor has a shape");
        Ok(Value::record(shape, slots))
    }

    fn json(&self, value: &Value, level: u32) -> Fit {
        self.enter(level)?;
        Ok(match value {
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::Decimal(_)
            | Value::Short(_)
            | Value::Text(_) => value.clone(),
            Value::Time(_) | Value::Date(_) | Value::Duration(_) => value.to_text(),
            Value::Bytes(it) => Value::from_string(BASE64.encode(&**it)),
            Value::List(it) => self.json_list(it, level)?,
            Value::Map(it) => self.json_map(it, level)?,
            Value::Record(it) => {
                self.json_object(it.fields().map(|(key, it)| (Key::text(key), it)), level)?
            }
            Value::Closure(_) => return Err(Mismatch::new(MismatchKind::Function)),
            Value::Secret(_) => return Err(Mismatch::new(MismatchKind::Secret)),
        })
    }

    fn json_list(&self, list: &Rc<List>, level: u32) -> Fit {
        let List::Values(items) = &**list else { return Ok(Value::List(Rc::clone(list))) };
        let fit = |at, it: &Value| self.json(it, level + 1).map_err(|it| it.at_index(at));
        let made = items.iter().enumerate().map(|(at, it)| fit(at, it)).collect::<Fit<Vec<_>>>()?;
        if made.iter().zip(items).all(|(made, it)| is_same(made, it)) {
            return Ok(Value::List(Rc::clone(list)));
        }
        Ok(Value::list(made))
    }

    fn json_map(&self, map: &Rc<Map>, level: u32) -> Fit {
        let entries = map.iter().map(|(key, it)| (Key(key.0.to_text()), it));
        let made = self.json_object(entries, level)?;
        let Value::Map(new) = &made else { return Ok(made) };
        let unchanged =
            |((old_key, old), (_, new))| Key::as_str(old_key).is_some() && is_same(old, new);
        Ok(if map.iter().zip(new.iter()).all(unchanged) {
            Value::Map(Rc::clone(map))
        } else {
            made
        })
    }

    fn json_object<'a>(&self, entries: impl Iterator<Item = (Key, &'a Value)>, level: u32) -> Fit {
        let mut object = Map::with_capacity(entries.size_hint().0);
        for (key, value) in entries {
            let at = |it: Mismatch| it.at_field(key.as_str().unwrap_or_default());
            let value = self.json(value, level + 1).map_err(at)?;
            object.insert(key, value);
        }
        Ok(Value::Map(Rc::new(object)))
    }
}

/// Whether becoming JSON left a value as it was, so that what is shared stays shared.
fn is_same(made: &Value, from: &Value) -> bool {
    match (made, from) {
        (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b),
        (Value::Map(a), Value::Map(b)) => Rc::ptr_eq(a, b),
        (Value::Text(a), Value::Text(b)) => Rc::ptr_eq(a, b),
        (made, from) => std::mem::discriminant(made) == std::mem::discriminant(from),
    }
}

fn fit_scalar(value: &Value, wanted: &Descriptor) -> Option<Value> {
    match (wanted, value) {
        (Descriptor::Nothing, Value::Null)
        | (Descriptor::Bool, Value::Bool(_))
        | (Descriptor::Int, Value::Int(_))
        | (Descriptor::Decimal, Value::Decimal(_))
        | (Descriptor::Float, Value::Float(_))
        | (Descriptor::Text, Value::Short(_) | Value::Text(_))
        | (Descriptor::Bytes, Value::Bytes(_))
        | (Descriptor::Time, Value::Time(_))
        | (Descriptor::Date, Value::Date(_))
        | (Descriptor::Duration, Value::Duration(_))
        | (Descriptor::Secret, Value::Secret(_))
        | (Descriptor::Function, Value::Closure(_)) => Some(value.clone()),
        (Descriptor::Int | Descriptor::Decimal | Descriptor::Float, _) => fit_number(value, wanted),
        (_, Value::Short(_) | Value::Text(_)) => read_text(value.as_str()?, wanted),
        _ => None,
    }
}

/// A number of one kind as another, where that loses nothing (to `float`: nothing but digits beyond its own).
fn fit_number(value: &Value, wanted: &Descriptor) -> Option<Value> {
    let exact = match value {
        Value::Int(it) => rust_decimal::Decimal::from(*it),
        Value::Decimal(it) => it.wide(),
        Value::Float(it) => float_to_decimal(*it)?,
        _ => return None,
    };
    match wanted {
        Descriptor::Int if exact.is_integer() => exact.to_i64().map(Value::Int),
        Descriptor::Decimal => Some(Value::Decimal(Decimal::from(exact))),
        Descriptor::Float => Some(Value::Float(decimal_to_float(exact))),
        _ => None,
    }
}

/// What JSON writes as text, and what stands in a key.
fn read_text(text: &str, wanted: &Descriptor) -> Option<Value> {
    match wanted {
        Descriptor::Time => calendar::parse_time(text).map(Value::Time),
        Descriptor::Date => calendar::parse_date(text).map(Value::Date),
        Descriptor::Duration => calendar::parse_duration(text).map(Value::Duration),
        Descriptor::Bytes => BASE64.decode(text).ok().map(Value::bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::types::tests::Builder;
    use super::super::{Secret, Shape, parse_decimal};
    use super::*;

    fn decimal(text: &str) -> Value {
        Value::Decimal(parse_decimal(text).unwrap().into())
    }

    fn object(entries: &[(&str, Value)]) -> Value {
        let entries = entries.iter().map(|(key, value)| (Key::text(key), value.clone()));
        Value::Map(Rc::new(entries.collect()))
    }

    #[test]
    fn the_first_mismatch_is_named_with_its_path() {
        let mut it = Builder::default();
        let total = it.add(Descriptor::Decimal);
        let order = it.record("Order", &[("total", total)]);
        let orders = it.add(Descriptor::List(order));
        let root = it.record("", &[("orders", orders)]);
        let types = it.done();
        let with = |last: Value| {
            let rows = [Value::Int(1), decimal("2.50"), Value::Int(3), last];
            object(&[("orders", Value::list(rows.map(|total| object(&[("total", total)]))))])
        };
        let fitted = convert(&with(Value::Int(9)), &types, root).unwrap();
        assert_eq!(
            fitted.to_string(),
            "{ orders: [{ total: 1 }, { total: 2.50 }, { total: 3 }, { total: 9 }] }"
        );
        let message = |value| convert(&value, &types, root).unwrap_err().message;
        assert_eq!(
            message(with(Value::text("n/a"))),
            r#"orders[3].total: expected decimal, found text "n/a""#
        );
        assert_eq!(message(with(Value::Null)), "orders[3].total: expected decimal, found null");
        assert_eq!(message(object(&[])), "orders: expected [Order], found nothing");
        assert_eq!(message(Value::Int(1)), "expected { orders: [Order] }, found int 1");
    }

    #[test]
    fn scalars_fit_where_nothing_is_lost() {
        let mut it = Builder::default();
        let mut ids = std::collections::HashMap::new();
        for (name, descriptor) in [
            ("int", Descriptor::Int),
            ("decimal", Descriptor::Decimal),
            ("float", Descriptor::Float),
            ("bool", Descriptor::Bool),
            ("text", Descriptor::Text),
            ("time", Descriptor::Time),
            ("date", Descriptor::Date),
            ("duration", Descriptor::Duration),
            ("bytes", Descriptor::Bytes),
            ("json", Descriptor::Json),
            ("status", Descriptor::Union(["open".into(), "paid".into()].into())),
        ] {
            ids.insert(name, it.add(descriptor));
        }
        let maybe = it.add(Descriptor::Optional(ids["int"]));
        ids.insert("int?", maybe);
        let types = it.done();
        let fits = |value: &Value, name: &str| convert(value, &types, ids[name]).ok();
        for (value, name, result) in [
            (Value::Int(1), "decimal", Some("1")),
            (Value::Int(1), "float", Some("1")),
            (decimal("1.00"), "int", Some("1")),
            (decimal("1.50"), "int", None),
            (decimal("1.50"), "float", Some("1.5")),
            (Value::Float(0.1), "decimal", Some("0.1")),
            (Value::Float(1e300), "decimal", None),
            (Value::Float(1e300), "int", None),
            (Value::text("12"), "int", None),
            (Value::Int(1), "bool", None),
            (Value::Int(1), "text", None),
            (Value::text("2026-03-29T02:30:00+02:00"), "time", Some("2026-03-29T00:30:00Z")),
            (Value::text("yesterday"), "time", None),
            (Value::text("2026-03-29"), "date", Some("2026-03-29")),
            (Value::text("1h30m"), "duration", Some("1h30m")),
            (Value::text("aGk="), "bytes", Some("bytes(2)")),
            (Value::text("paid"), "status", Some("paid")),
            (Value::text("late"), "status", None),
            (Value::Null, "int?", Some("null")),
            (Value::Int(5), "int?", Some("5")),
            (Value::Null, "int", None),
            (Value::Date(0), "json", Some("1970-01-01")),
        ] {
            let fitted = fits(&value, name).map(|it| it.to_string());
            assert_eq!(fitted.as_deref(), result, "{value} as {name}");
        }
    }

    #[test]
    fn records_widen_and_lists_change_their_form() {
        let mut it = Builder::default();
        let int = it.add(Descriptor::Int);
        let float = it.add(Descriptor::Float);
        let decimal = it.add(Descriptor::Decimal);
        let maybe = it.add(Descriptor::Optional(decimal));
        let wide = it.record("", &[("a", decimal), ("b", maybe)]);
        let floats = it.add(Descriptor::List(float));
        let by_day = {
            let date = it.add(Descriptor::Date);
            it.add(Descriptor::Map(date, int))
        };
        let types = it.done();
        let narrow = Value::record(&Rc::new(Shape::new(["a"])), [Value::Int(1)]);
        assert_eq!(convert(&narrow, &types, wide).unwrap().to_string(), "{ a: 1, b: null }");
        let ints = Value::list([Value::Int(1), Value::Int(2)]);
        let Value::List(list) = convert(&ints, &types, floats).unwrap() else { panic!() };
        assert!(matches!(&*list, List::Floats(it) if *it == [1.0, 2.0]));
        let days = object(&[("1970-01-02", Value::Int(5))]);
        assert_eq!(convert(&days, &types, by_day).unwrap().to_string(), "[1970-01-02: 5]");
        let wrong = object(&[("soon", Value::Int(5))]);
        assert_eq!(
            convert(&wrong, &types, by_day).unwrap_err().message,
            r#"soon: expected date, found text "soon""#
        );
    }

    #[test]
    fn anything_but_secrets_and_functions_becomes_json() {
        let shape = Rc::new(Shape::new(["at", "tags"]));
        let tags: Map = [(Key(Value::Int(1)), Value::bytes(vec![104, 105]))].into_iter().collect();
        let record = Value::record(&shape, [Value::Time(0), Value::Map(Rc::new(tags))]);
        assert_eq!(
            to_json(&record).unwrap().to_string(),
            r#"["at": "1970-01-01T00:00:00Z", "tags": ["1": "aGk="]]"#
        );
        let secret = Value::list([Value::Secret(Rc::new(Secret::new("KEY", "hunter2")))]);
        let fault = to_json(&secret).unwrap_err();
        assert_eq!(fault.to_string(), "secret: [0]: a secret cannot become JSON");
    }

    #[test]
    fn what_is_json_already_stays_shared() {
        let inner = object(&[("a", Value::list([Value::text("x")]))]);
        let Value::Map(before) = &inner else { panic!() };
        let Value::Map(after) = to_json(&inner).unwrap() else { panic!() };
        assert!(Rc::ptr_eq(before, &after));
        let doubled = (0..60).fold(Value::Null, |it, _| Value::list([it.clone(), it]));
        assert!(to_json_within(&doubled, 1000).unwrap_err().is(Code::Limit));
    }

    #[test]
    fn what_is_too_deep_is_a_fault() {
        let deep = (0..100_000).fold(Value::Null, |inner, _| Value::list([inner]));
        assert!(to_json(&deep).unwrap_err().is(Code::Limit));
        let types = Types::new(&[Descriptor::List(DescriptorId(0))]).unwrap();
        let list = (0..100_000).fold(Value::list([]), |inner, _| Value::list([inner]));
        assert!(convert(&list, &types, DescriptorId(0)).unwrap_err().is(Code::Limit));
    }
}
