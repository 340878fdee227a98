//! What the compiler calls for constructs of the language that are more than an instruction: slices, decoding,
//! widening, sorting and grouping of queries. No program can name these.

use std::cmp::Ordering;
use std::rc::Rc;

use rust_decimal::Decimal as Wide;
use rust_decimal::prelude::ToPrimitive;
use rustc_hash::FxHashMap;

use crate::value::{Code, Fault, Key, List, Record, Shape, Value, convert};
use crate::vm::{NativeCall, NativeFn};

/// The function of a name.
pub(super) fn find(name: &str) -> Option<NativeFn> {
    Some(match name {
        "core.concat" => concat,
        "core.decode" => decode,
        "core.duration_divide" => |call| scale(call, Wide::checked_div),
        "core.duration_multiply" => |call| scale(call, Wide::checked_mul),
        "core.error" => error,
        "core.group_rows" => group_rows,
        "core.item" => item,
        "core.slice" => slice,
        "core.sort_places" => sort_places,
        "core.template" => template,
        "core.text_contains" => text_contains,
        "core.widen" => widen,
        _ => return None,
    })
}

fn misuse() -> Fault {
    super::native::misuse()
}

/// `a + b` of two lists.
fn concat(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let (Value::List(a), Value::List(b)) = (call.take(0), call.take(1)) else {
        return Err(misuse());
    };
    call.reserve((a.len() + b.len()) * size_of::<Value>())?;
    Ok(Value::list(a.iter().chain(b.iter())))
}

/// `x as T`
fn decode(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let id = *call.descriptors.first().ok_or_else(misuse)?;
    convert(call.args.first().ok_or_else(misuse)?, call.types, id)
}

/// The same value as a wider type.
fn widen(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    decode(call)
}

/// A duration times or divided by a decimal, to the nearest microsecond.
fn scale(
    call: &mut NativeCall<'_>,
    operate: fn(Wide, Wide) -> Option<Wide>,
) -> Result<Value, Fault> {
    let (Value::Duration(duration), Value::Decimal(number)) = (call.take(0), call.take(1)) else {
        return Err(misuse());
    };
    let number = number.wide();
    let result = operate(Wide::from(duration), number).and_then(|it| it.round().to_i64());
    match result {
        Some(micros) => Ok(Value::Duration(micros)),
        None if number.is_zero() => {
            Err(Fault::new(Code::DivisionByZero, "a duration was divided by zero"))
        }
        None => Err(Fault::overflow("this duration")),
    }
}

/// `fail { code: …, message: … }`: an error record; an error that was caught goes on as it is.
fn error(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let Value::Record(given) = call.take(0) else { return Err(misuse()) };
    let field = |name: &str| given.get(name).cloned().unwrap_or_default();
    let text = |name: &str, default: &str| match field(name) {
        Value::Null => Value::text(default),
        other => other,
    };
    let data = match field("data") {
        Value::Null => Value::Null,
        other => crate::value::to_json(&other)?,
    };
    let shape = Rc::new(Shape::new(["code", "message", "data", "at"]));
    let slots = [text("at", ""), text("code", Code::Fail.as_str()), data, text("message", "")];
    Ok(Value::Record(Rc::new(Record::new(&shape, slots))))
}

/// `t[a..b]` of lists, texts (by code points) and bytes; null is an end that is not given, below zero counts from the end.
fn slice(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let (from, until) = (bound(call.args.get(1))?, bound(call.args.get(2))?);
    let inclusive = matches!(call.args.get(3), Some(Value::Bool(true)));
    match call.take(0) {
        Value::List(list) => {
            let (start, end) = range(from, until, inclusive, list.len());
            call.reserve((end - start) * size_of::<Value>())?;
            Ok(Value::list((start..end).filter_map(|at| list.get(at))))
        }
        Value::Bytes(bytes) => {
            let (start, end) = range(from, until, inclusive, bytes.len());
            Ok(Value::bytes(bytes[start..end].to_vec()))
        }
        other => {
            let text = other.as_str().ok_or_else(misuse)?;
            let (start, end) = range(from, until, inclusive, text.chars().count());
            Ok(Value::from_string(text.chars().skip(start).take(end - start).collect()))
        }
    }
}

fn bound(value: Option<&Value>) -> Result<Option<i64>, Fault> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Int(n)) => Ok(Some(*n)),
        Some(_) => Err(misuse()),
    }
}

/// The places that a slice takes in, cut to what there is.
fn range(from: Option<i64>, until: Option<i64>, inclusive: bool, length: usize) -> (usize, usize) {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let place = |n: i64| if n < 0 { n.saturating_add(length) } else { n }.clamp(0, length);
    let start = from.map_or(0, place);
    let end = until.map_or(length, |n| {
        let n = if inclusive && n != -1 {
            n.saturating_add(1)
        } else if inclusive {
            length
        } else {
            n
        };
        place(n)
    });
    let size = |n: i64| usize::try_from(n).unwrap_or(0);
    (size(start), size(end.max(start)))
}

/// `t[i]` of a text, by code points, and of bytes.
fn item(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let (whole, Value::Int(index)) = (call.take(0), call.take(1)) else { return Err(misuse()) };
    let outside = |length: usize| {
        Fault::new(Code::Index, format!("there is no place {index}: the length is {length}"))
    };
    if let Value::Bytes(bytes) = &whole {
        let at = place(index, bytes.len()).ok_or_else(|| outside(bytes.len()))?;
        return Ok(Value::Int(i64::from(bytes[at])));
    }
    let text = whole.as_str().ok_or_else(misuse)?;
    let length = text.chars().count();
    let found = place(index, length).and_then(|at| text.chars().nth(at));
    found.map(|c| Value::text(c.encode_utf8(&mut [0; 4]))).ok_or_else(|| outside(length))
}

fn place(index: i64, length: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(i64::try_from(length).ok()?)? } else { index };
    usize::try_from(index).ok().filter(|at| *at < length)
}

/// `s in t`
fn text_contains(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let (text, part) = (call.take(0), call.take(1));
    let (text, part) = (text.as_str().ok_or_else(misuse)?, part.as_str().ok_or_else(misuse)?);
    Ok(Value::Bool(text.contains(part)))
}

/// `group by`: takes a list of columns of keys, gives for each group the places of its rows, in the order in which groups
/// first appear.
fn group_rows(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let Value::List(columns) = call.take(0) else { return Err(misuse()) };
    let columns: Vec<Value> = columns.iter().collect();
    let count = match columns.first() {
        Some(Value::List(first)) => first.len(),
        _ => 0,
    };
    call.reserve(count * 2 * size_of::<Value>())?;
    let mut groups: Vec<Vec<i64>> = Vec::new();
    #[expect(
        clippy::mutable_key_type,
        reason = "where a map found a key last is no part of what it is"
    )]
    let mut known: FxHashMap<Vec<GroupKey>, usize> = FxHashMap::default();
    for row in 0..count {
        let key = columns.iter().map(|column| group_key(column, row)).collect();
        let next = groups.len();
        let group = *known.entry(key).or_insert(next);
        if group == next {
            groups.push(Vec::new());
        }
        groups[group].push(i64::try_from(row).unwrap_or(i64::MAX));
    }
    let lists = groups.into_iter().map(|rows| Value::List(Rc::new(List::Ints(rows))));
    Ok(Value::List(Rc::new(List::Values(lists.collect()))))
}

/// A key by value: numbers of one amount are one key whatever their scale.
#[derive(PartialEq, Eq, Hash)]
enum GroupKey {
    Key(Key),
    Number(Wide),
    Other(String),
}

fn group_key(column: &Value, row: usize) -> GroupKey {
    let Value::List(column) = column else { return GroupKey::Other(String::new()) };
    match column.get(row).unwrap_or_default() {
        Value::Decimal(number) => GroupKey::Number(number.wide().normalize()),
        value @ (Value::Int(_)
        | Value::Bool(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Short(_)
        | Value::Text(_)) => GroupKey::Key(Key(value)),
        other => GroupKey::Other(other.to_string()),
    }
}

/// `sort`: takes places, for each key a list with one value a place, and for each key whether the largest comes first. Equal
/// rows stay in order; null comes first.
fn sort_places(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let (Value::List(places), Value::List(keys), Value::List(descending)) =
        (call.take(0), call.take(1), call.take(2))
    else {
        return Err(misuse());
    };
    let columns: Vec<Vec<Value>> = keys
        .iter()
        .map(|column| match column {
            Value::List(column) => Ok(column.iter().collect()),
            _ => Err(misuse()),
        })
        .collect::<Result<_, _>>()?;
    let descending: Vec<bool> =
        descending.iter().map(|it| matches!(it, Value::Bool(true))).collect();
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| {
        for (column, descending) in columns.iter().zip(&descending) {
            let ordering = compare(&column[*a], &column[*b]);
            let ordering = if *descending { ordering.reverse() } else { ordering };
            if ordering != Ordering::Equal {
                return ordering;
            }
        }
        Ordering::Equal
    });
    Ok(Value::list(order.into_iter().filter_map(|at| places.get(at))))
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}

/// `template("x.html", values)`: takes the path, what the file held when the task was compiled, and the values.
fn template(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let (path, source, values) = (call.take(0), call.take(1), call.take(2));
    let (path, source) = (path.as_str().ok_or_else(misuse)?, source.as_str().ok_or_else(misuse)?);
    super::template::fill(path, source, &values).map(Value::from_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_cut_to_what_there_is() {
        assert_eq!(range(None, None, false, 5), (0, 5));
        assert_eq!(range(Some(1), Some(3), false, 5), (1, 3));
        assert_eq!(range(Some(1), Some(3), true, 5), (1, 4));
        assert_eq!(range(Some(-2), None, false, 5), (3, 5));
        assert_eq!(range(Some(0), Some(-1), false, 5), (0, 4));
        assert_eq!(range(Some(0), Some(-1), true, 5), (0, 5));
        assert_eq!(range(Some(4), Some(2), false, 5), (4, 4));
        assert_eq!(range(Some(i64::MIN), Some(i64::MAX), true, 5), (0, 5));
    }

    #[test]
    fn rows_are_grouped_by_value_in_the_order_of_their_first_row() {
        let column = Value::list([1, 2, 1].map(Value::Int));
        let mut args = [Value::list([column])];
        let types = crate::value::Types::default();
        let mut call = NativeCall::new(&mut args, &[], &types, usize::MAX);
        assert_eq!(group_rows(&mut call).unwrap().to_string(), "[[0, 2], [1]]");
    }
}
