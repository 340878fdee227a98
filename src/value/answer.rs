//! What a call gave, a value or a fault, as one value: for journals and marks.

use super::{Fault, Value};

/// A list of the value, or of the parts of the fault.
#[must_use]
pub fn from_answer(answer: &Result<Value, Fault>) -> Value {
    match answer {
        Ok(value) => Value::list([value.clone()]),
        Err(fault) => from_fault(fault),
    }
}

/// What [`from_answer`] was made of; nothing where it was made by something else.
#[must_use]
pub fn to_answer(value: &Value) -> Option<Result<Value, Fault>> {
    let Value::List(parts) = value else { return None };
    if parts.len() == 1 { parts.get(0).map(Ok) } else { to_fault(value).map(Err) }
}

/// The parts of a fault as a list.
#[must_use]
pub fn from_fault(fault: &Fault) -> Value {
    let (code, message) = (Value::text(&fault.code), Value::text(&fault.message));
    let data = fault.data.clone().unwrap_or_default();
    Value::list([code, message, data, Value::Bool(fault.doubt)])
}

/// What [`from_fault`] was made of.
#[must_use]
pub fn to_fault(value: &Value) -> Option<Fault> {
    let Value::List(parts) = value else { return None };
    let parts: Vec<Value> = parts.iter().collect();
    let [code, message, data, Value::Bool(doubt)] = parts.as_slice() else { return None };
    Some(Fault {
        code: code.as_str()?.into(),
        message: message.as_str()?.to_owned(),
        data: (!data.is_null()).then(|| data.clone()),
        doubt: *doubt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Code;

    #[test]
    fn answers_read_back() {
        let fault = Fault::new(Code::Timeout, "late").in_doubt(true).with_data(Value::Int(1));
        for answer in [Ok(Value::Null), Ok(Value::list([Value::Int(1)])), Err(fault)] {
            assert_eq!(to_answer(&from_answer(&answer)), Some(answer));
        }
        assert_eq!(to_answer(&Value::Int(1)), None);
        assert_eq!(to_answer(&Value::list([])), None);
    }
}
