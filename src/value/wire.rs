//! Values as bytes: for journals, snapshots and whatever leaves the thread.
//!
//! The form describes itself and loses nothing, not even whether a list is packed, how many digits a decimal shows, or
//! which parts are shared. It is read and written without recursion. A secret is written as its name, and only where the
//! writer says so; its text never is.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use super::{Closure, Code, Decimal, Fault, Key, List, Map, Record, Secret, Shape, Value};

/// What may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Data: no functions, no secrets.
    Data,
    /// The state of a machine as well: functions of its program, and the names of secrets.
    Machine,
}

/// Why bytes could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrupt;

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stored values are damaged")
    }
}

impl std::error::Error for Corrupt {}

/// Writes one value of pure data.
pub fn encode(value: &Value) -> Result<Vec<u8>, Fault> {
    let mut writer = Writer::new(Scope::Data);
    writer.push(value)?;
    Ok(writer.finish())
}

/// Reads what [`encode`] has written.
pub fn decode(bytes: &[u8]) -> Result<Value, Corrupt> {
    let mut reader = Reader::new(bytes);
    let value = reader.next(&|_| None)?;
    if reader.is_at_end() { Ok(value) } else { Err(Corrupt) }
}

macro_rules! tags {
    ($($name:ident = $tag:literal,)*) => { $(const $name: u8 = $tag;)* };
}

tags! {
    NULL = 0, FALSE = 1, TRUE = 2, INT = 3, FLOAT = 4, DECIMAL = 5, TIME = 6, DATE = 7, DURATION = 8, TEXT = 9,
    BYTES = 10, INTS = 11, FLOATS = 12, BOOLS = 13, VALUES = 14, MAP = 15, RECORD = 16, CLOSURE = 17, SECRET = 18,
    // The next value is referred to later; and such a reference.
    SHARED = 19, AGAIN = 20,
}

/// Writes values one after the other. What they share is written once.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    scope: Scope,
    shapes: HashMap<*const Shape, usize>,
    /// Kept, so that no address is used twice.
    seen_shapes: Vec<Rc<Shape>>,
    seen: HashMap<*const (), usize>,
    kept: Vec<Value>,
}

impl Writer {
    /// A writer of nothing yet.
    #[must_use]
    pub fn new(scope: Scope) -> Self {
        Self {
            out: Vec::new(),
            scope,
            shapes: HashMap::new(),
            seen_shapes: Vec::new(),
            seen: HashMap::new(),
            kept: Vec::new(),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// Writes a value. What was written before a fault is of no use.
    pub fn push(&mut self, value: &Value) -> Result<(), Fault> {
        let mut open = vec![(value, 0)];
        self.head(value, &mut open)?;
        while let Some((value, at)) = open.last_mut() {
            let child = written_child(value, *at);
            *at += 1;
            match child {
                Some(child) => {
                    open.push((child, 0));
                    self.head(child, &mut open)?;
                }
                None => {
                    open.pop();
                }
            }
        }
        Ok(())
    }

    /// Writes all of a value but what stands inside it; one that is complete leaves `open`.
    fn head<'v>(
        &mut self,
        value: &'v Value,
        open: &mut Vec<(&'v Value, usize)>,
    ) -> Result<(), Fault> {
        if self.shared(value) {
            open.pop();
            return Ok(());
        }
        match value {
            Value::Null => self.out.push(NULL),
            Value::Bool(it) => self.out.push(if *it { TRUE } else { FALSE }),
            Value::Int(it) => self.number(INT, *it),
            Value::Float(it) => {
                self.out.push(FLOAT);
                self.out.extend(it.to_bits().to_le_bytes());
            }
            Value::Decimal(it) => {
                self.out.push(DECIMAL);
                self.out.extend(it.wide().serialize());
            }
            Value::Time(it) => self.number(TIME, *it),
            Value::Date(it) => self.number(DATE, i64::from(*it)),
            Value::Duration(it) => self.number(DURATION, *it),
            Value::Short(it) => self.bytes(TEXT, it.as_str().as_bytes()),
            Value::Text(it) => self.bytes(TEXT, it.as_bytes()),
            Value::Bytes(it) => self.bytes(BYTES, it),
            Value::List(it) => self.list(it),
            Value::Map(it) => self.count(MAP, it.len()),
            Value::Record(it) => self.shape(&it.shape),
            Value::Closure(it) if self.scope == Scope::Machine => {
                self.count(CLOSURE, it.function as usize);
                self.length(it.captures.len());
            }
            Value::Secret(it) if self.scope == Scope::Machine => self.secret(it)?,
            Value::Closure(_) => {
                return Err(Fault::new(Code::Argument, "a function cannot be stored"));
            }
            Value::Secret(_) => return Err(Fault::new(Code::Secret, "a secret cannot be stored")),
        }
        Ok(())
    }

    /// Notes that a value is shared; whether it stands in the bytes already.
    fn shared(&mut self, value: &Value) -> bool {
        let (address, count): (*const (), _) = match value {
            Value::Text(it) => (Rc::as_ptr(it).cast(), Rc::strong_count(it)),
            Value::Bytes(it) => (Rc::as_ptr(it).cast(), Rc::strong_count(it)),
            Value::List(it) => (Rc::as_ptr(it).cast(), Rc::strong_count(it)),
            Value::Map(it) => (Rc::as_ptr(it).cast(), Rc::strong_count(it)),
            Value::Record(it) => (Rc::as_ptr(it).cast(), Rc::strong_count(it)),
            _ => return false,
        };
        if count == 1 {
            return false;
        }
        if let Some(place) = self.seen.get(&address) {
            let place = *place;
            self.count(AGAIN, place);
            return true;
        }
        self.seen.insert(address, self.kept.len());
        self.kept.push(value.clone());
        self.out.push(SHARED);
        false
    }

    fn list(&mut self, list: &List) {
        match list {
            List::Ints(items) => {
                self.count(INTS, items.len());
                for it in items {
                    self.varint(zigzag(*it));
                }
            }
            List::Floats(items) => {
                self.count(FLOATS, items.len());
                self.out.extend(items.iter().flat_map(|it| it.to_bits().to_le_bytes()));
            }
            List::Bools(items) => {
                self.count(BOOLS, items.len());
                self.out.extend(items.iter().map(|it| u8::from(*it)));
            }
            List::Values(items) => self.count(VALUES, items.len()),
        }
    }

    /// A record's shape: its place if it was written before, or else one past the last, and the names.
    fn shape(&mut self, shape: &Rc<Shape>) {
        let next = self.seen_shapes.len();
        let place = *self.shapes.entry(Rc::as_ptr(shape)).or_insert(next);
        self.count(RECORD, place);
        if place == next {
            self.seen_shapes.push(Rc::clone(shape));
            self.length(shape.slots.len());
            for name in &shape.slots {
                self.length(name.len());
                self.out.extend(name.as_bytes());
            }
            for slot in &shape.order {
                self.length(usize::from(*slot));
            }
        }
    }

    fn secret(&mut self, secret: &Secret) -> Result<(), Fault> {
        if secret.name.is_empty() {
            let message = "a secret that the program made cannot be stored";
            return Err(Fault::new(Code::Secret, message));
        }
        self.bytes(SECRET, secret.name.as_bytes());
        Ok(())
    }

    fn number(&mut self, tag: u8, number: i64) {
        self.out.push(tag);
        self.varint(zigzag(number));
    }

    fn bytes(&mut self, tag: u8, bytes: &[u8]) {
        self.count(tag, bytes.len());
        self.out.extend(bytes);
    }

    fn count(&mut self, tag: u8, count: usize) {
        self.out.push(tag);
        self.length(count);
    }

    fn length(&mut self, length: usize) {
        self.varint(length as u64);
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(low_byte(number) | 0x80);
            number >>= 7;
        }
        self.out.push(low_byte(number));
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the rest follows")]
fn low_byte(number: u64) -> u8 {
    number as u8
}

/// The elements of a packed list are written with its head.
fn written_child(value: &Value, at: usize) -> Option<&Value> {
    match value.child(at)? {
        std::borrow::Cow::Borrowed(child) => Some(child),
        std::borrow::Cow::Owned(_) => None,
    }
}

/// Small numbers of either sign become small numbers.
#[expect(clippy::cast_sign_loss, reason = "moves the sign to the lowest bit")]
fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

#[expect(clippy::cast_possible_wrap, reason = "moves the sign back")]
fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Reads values one after the other.
#[derive(Debug)]
pub struct Reader<'b> {
    rest: &'b [u8],
    shapes: Vec<Rc<Shape>>,
    /// Absent while what it stands for is still being read.
    shared: Vec<Option<Value>>,
}

/// Where to find a secret again by its name.
pub type Secrets<'s> = &'s dyn Fn(&str) -> Option<Rc<Secret>>;

/// A container whose content is still being read.
struct Open {
    head: Head,
    items: Vec<Value>,
    wanted: usize,
    /// Its place among the shared values.
    shared: Option<usize>,
}

enum Head {
    List,
    Map,
    Record(Rc<Shape>),
    Closure(u32),
}

/// What stands next in the bytes.
enum Next {
    Whole(Value),
    Open(Head, usize),
}

impl<'b> Reader<'b> {
    /// A reader of all values in these bytes.
    #[must_use]
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, shapes: Vec::new(), shared: Vec::new() }
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next value.
    pub fn next(&mut self, secrets: Secrets<'_>) -> Result<Value, Corrupt> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let (next, shared) = self.head(secrets)?;
            let mut whole = match next {
                Next::Open(head, wanted) => {
                    // A damaged count must not reserve what the bytes cannot fill.
                    let items = Vec::with_capacity(wanted.min(self.rest.len()));
                    open.push(Open { head, items, wanted, shared });
                    None
                }
                Next::Whole(value) => Some(self.keep(value, shared)),
            };
            loop {
                let Some(top) = open.last_mut() else {
                    return whole.ok_or(Corrupt);
                };
                top.items.extend(whole.take());
                if top.items.len() < top.wanted {
                    break;
                }
                let done = open.pop().ok_or(Corrupt)?;
                whole = Some(self.keep(closed(done.head, done.items)?, done.shared));
            }
        }
    }

    fn keep(&mut self, value: Value, place: Option<usize>) -> Value {
        if let Some(place) = place {
            self.shared[place] = Some(value.clone());
        }
        value
    }

    fn head(&mut self, secrets: Secrets<'_>) -> Result<(Next, Option<usize>), Corrupt> {
        let mut tag = self.byte()?;
        let mut shared = None;
        if tag == SHARED {
            shared = Some(self.shared.len());
            self.shared.push(None);
            tag = self.byte()?;
        }
        let next = match tag {
            VALUES => Next::Open(Head::List, self.length()?),
            MAP => Next::Open(Head::Map, self.length()?.checked_mul(2).ok_or(Corrupt)?),
            RECORD => {
                let shape = self.shape()?;
                let wanted = shape.slots.len();
                Next::Open(Head::Record(shape), wanted)
            }
            CLOSURE => {
                let function = u32::try_from(self.length()?).map_err(|_| Corrupt)?;
                Next::Open(Head::Closure(function), self.length()?)
            }
            simple => Next::Whole(self.simple(simple, secrets)?),
        };
        Ok((next, shared))
    }

    fn simple(&mut self, tag: u8, secrets: Secrets<'_>) -> Result<Value, Corrupt> {
        Ok(match tag {
            NULL => Value::Null,
            FALSE => Value::Bool(false),
            TRUE => Value::Bool(true),
            INT => Value::Int(self.number()?),
            FLOAT => Value::Float(self.float()?),
            DECIMAL => Value::Decimal(self.decimal()?),
            TIME => Value::Time(self.number()?),
            DATE => Value::Date(i32::try_from(self.number()?).map_err(|_| Corrupt)?),
            DURATION => Value::Duration(self.number()?),
            TEXT => Value::text(self.text()?),
            BYTES => {
                let length = self.length()?;
                Value::bytes(self.take(length)?.to_vec())
            }
            INTS => {
                let count = self.length()?;
                self.list(count, Self::number, List::Ints)?
            }
            FLOATS => {
                let count = self.length()?;
                self.list(count, Self::float, List::Floats)?
            }
            BOOLS => {
                let count = self.length()?;
                self.list(count, |it| Ok(it.byte()? != 0), List::Bools)?
            }
            SECRET => Value::Secret(secrets(self.text()?).ok_or(Corrupt)?),
            AGAIN => {
                let place = self.length()?;
                self.shared.get(place).cloned().flatten().ok_or(Corrupt)?
            }
            _ => return Err(Corrupt),
        })
    }

    fn list<T>(
        &mut self,
        count: usize,
        read: impl Fn(&mut Self) -> Result<T, Corrupt>,
        form: fn(Vec<T>) -> List,
    ) -> Result<Value, Corrupt> {
        if count > self.rest.len() {
            return Err(Corrupt);
        }
        let items = (0..count).map(|_| read(self)).collect::<Result<_, _>>()?;
        Ok(Value::List(Rc::new(form(items))))
    }

    fn shape(&mut self) -> Result<Rc<Shape>, Corrupt> {
        let place = self.length()?;
        if place < self.shapes.len() {
            return Ok(Rc::clone(&self.shapes[place]));
        }
        let count = self.length()?;
        if place > self.shapes.len() || count > self.rest.len() {
            return Err(Corrupt);
        }
        let slots = (0..count)
            .map(|_| self.text().map(Into::into))
            .collect::<Result<Box<[ecow::EcoString]>, _>>()?;
        let order = (0..count).map(|_| u16::try_from(self.length()?).map_err(|_| Corrupt));
        let order = order.collect::<Result<Box<[u16]>, _>>()?;
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if !slots.is_sorted_by(|a, b| a < b)
            || !sorted.iter().map(|it| usize::from(*it)).eq(0..count)
        {
            return Err(Corrupt);
        }
        let shape = Rc::new(Shape { slots, order });
        self.shapes.push(Rc::clone(&shape));
        Ok(shape)
    }

    fn decimal(&mut self) -> Result<Decimal, Corrupt> {
        let bytes: [u8; 16] = self.take(16)?.try_into().map_err(|_| Corrupt)?;
        let decimal = rust_decimal::Decimal::deserialize(bytes);
        if decimal.scale() > 28 { Err(Corrupt) } else { Ok(decimal.into()) }
    }

    fn float(&mut self) -> Result<f64, Corrupt> {
        let bytes = self.take(8)?.try_into().map_err(|_| Corrupt)?;
        Ok(f64::from_bits(u64::from_le_bytes(bytes)))
    }

    fn number(&mut self) -> Result<i64, Corrupt> {
        self.varint().map(unzigzag)
    }

    fn text(&mut self) -> Result<&'b str, Corrupt> {
        let length = self.length()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| Corrupt)
    }

    fn length(&mut self) -> Result<usize, Corrupt> {
        usize::try_from(self.varint()?).map_err(|_| Corrupt)
    }

    fn varint(&mut self) -> Result<u64, Corrupt> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Corrupt)
    }

    fn byte(&mut self) -> Result<u8, Corrupt> {
        self.take(1).map(|it| it[0])
    }

    fn take(&mut self, count: usize) -> Result<&'b [u8], Corrupt> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Corrupt)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn closed(head: Head, items: Vec<Value>) -> Result<Value, Corrupt> {
    Ok(match head {
        Head::List => Value::List(Rc::new(List::Values(items))),
        Head::Map => {
            let mut map = Map::with_capacity(items.len() / 2);
            let mut items = items.into_iter();
            while let (Some(key), Some(value)) = (items.next(), items.next()) {
                if !may_be_key(&key) {
                    return Err(Corrupt);
                }
                map.insert(Key(key), value);
            }
            Value::Map(Rc::new(map))
        }
        Head::Record(shape) => Value::Record(Rc::new(Record::new(&shape, items))),
        Head::Closure(function) => {
            Value::Closure(Rc::new(Closure { function, captures: items.into() }))
        }
    })
}

fn may_be_key(value: &Value) -> bool {
    value.as_str().is_some()
        || matches!(value, Value::Int(_) | Value::Bool(_) | Value::Date(_) | Value::Time(_))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::parse_decimal;
    use super::*;

    fn record(a: Value, z: Value) -> Value {
        Value::record(&Rc::new(Shape::new(["z", "a"])), [a, z])
    }

    fn scalar() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_map(Value::Float),
            (any::<i64>(), 0_u32..=28)
                .prop_map(|(n, s)| Value::Decimal(rust_decimal::Decimal::new(n, s).into())),
            any::<i64>().prop_map(Value::Time),
            any::<i32>().prop_map(Value::Date),
            any::<i64>().prop_map(Value::Duration),
            ".{0,30}".prop_map(|it| Value::text(&it)),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(Value::bytes),
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        scalar().prop_recursive(4, 40, 6, |inner| {
            let list = proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::list);
            let entry =
                (".{0,20}", inner.clone()).prop_map(|(key, value)| (Key::text(&key), value));
            let map = proptest::collection::vec(entry, 0..12)
                .prop_map(|it| Value::Map(Rc::new(it.into_iter().collect())));
            let rec = (inner.clone(), inner).prop_map(|(a, z)| record(a, z));
            prop_oneof![list, map, rec]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in value()) {
            let back = decode(&encode(&value).unwrap()).unwrap();
            prop_assert_eq!(&back, &value);
            prop_assert_eq!(back.to_string(), value.to_string());
        }

        #[test]
        fn damaged_bytes_are_an_error_or_a_value(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(value) = decode(&bytes) {
                prop_assert!(value.deep_size(1 << 20) <= 1 << 20);
            }
        }
    }

    #[test]
    fn what_is_shared_is_written_once_and_stays_shared() {
        let doubled = (0..60)
            .fold(Value::text("the text in the middle"), |it, _| Value::list([it.clone(), it]));
        let bytes = encode(&doubled).unwrap();
        assert!(bytes.len() < 500, "{}", bytes.len());
        let Value::List(list) = decode(&bytes).unwrap() else { panic!() };
        let List::Values(items) = &*list else { panic!() };
        assert!(
            matches!((&items[0], &items[1]), (Value::List(a), Value::List(b)) if Rc::ptr_eq(a, b))
        );
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = (0..500_000).fold(Value::Null, |inner, _| record(inner, Value::Int(1)));
        let back = decode(&encode(&deep).unwrap()).unwrap();
        assert!(back == deep);
    }

    #[test]
    fn functions_and_secrets_are_state_and_no_data() {
        let secret = Value::Secret(Rc::new(Secret::new("KEY", "hunter2")));
        let closure = Value::Closure(Rc::new(Closure { function: 7, captures: [secret].into() }));
        assert!(encode(&closure).unwrap_err().is(Code::Argument));
        let mut writer = Writer::new(Scope::Machine);
        writer.push(&closure).unwrap();
        writer.push(&Value::Decimal(parse_decimal("1.10").unwrap().into())).unwrap();
        let bytes = writer.finish();
        assert!(!bytes.windows(7).any(|it| it == b"hunter2"));
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.next(&|_| None).unwrap_err(), Corrupt);
        let mut reader = Reader::new(&bytes);
        let restore = |name: &str| Some(Rc::new(Secret::new(name, "hunter3")));
        let Value::Closure(back) = reader.next(&restore).unwrap() else { panic!() };
        assert!(matches!(&back.captures[0], Value::Secret(it) if it.text == "hunter3"));
        assert_eq!(reader.next(&restore).unwrap().to_string(), "1.10");
        assert!(reader.is_at_end());
    }
}
