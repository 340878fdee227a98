//! Joins Rust functions to the bodiless declarations of the library.
//!
//! A declaration is written once, in the language; the Rust side is an ordinary typed function of the same name. [`natives!`]
//! makes what the machine calls from it: arguments are read out of values as the parameters' types say, without copying
//! what can be borrowed, and the result is made a value. A test compares the two signatures.

use std::rc::Rc;

use rust_decimal::Decimal as Wide;

use crate::value::{Code, Fault, List, Map, Value};
use crate::vm::NativeFn;

/// A pure function that the machine can call.
pub(super) struct Native {
    /// What programs call it: `text.upper`, `list.sum#1`.
    pub(super) name: &'static str,
    pub(super) body: NativeFn,
    /// Nothing for one that looks at the call itself.
    #[cfg(test)]
    pub(super) shape: Option<fn() -> super::agreement::Shape>,
}

impl Native {
    /// A function that wants more of the call than its arguments: its type arguments, say.
    pub(super) const fn raw(name: &'static str, body: NativeFn) -> Self {
        Self {
            name,
            body,
            #[cfg(test)]
            shape: None,
        }
    }
}

/// Makes natives of functions of the same name: `natives!("text": upper(t), repeat(t, n))`. An overload names its number and its
/// function: `sum "#1" (xs) = sum_decimals`.
macro_rules! natives {
    ($module:literal: $($name:ident $($overload:literal)? ($($arg:ident),*) $(= $function:path)?),* $(,)?) => {
        &[$($crate::stdlib::native::Native {
            name: concat!($module, ".", stringify!($name) $(, $overload)?),
            body: |call| {
                let [$($arg),*] = &mut *call.args else {
                    return Err($crate::stdlib::native::misuse());
                };
                let answer = $crate::stdlib::native::function!($name $($function)?)(
                    $($crate::stdlib::native::Argument::read($arg)
                        .ok_or_else($crate::stdlib::native::misuse)?),*
                );
                $crate::stdlib::native::Answer::answer(answer)
            },
            #[cfg(test)]
            shape: Some(|| {
                use $crate::stdlib::agreement::Shaped as _;
                ($crate::stdlib::native::function!($name $($function)?)
                    as fn($($crate::stdlib::native::any!($arg)),*) -> _).shape()
            }),
        }),*]
    };
}

macro_rules! function {
    ($name:ident) => {
        $name
    };
    ($name:ident $function:path) => {
        $function
    };
}

/// A type left open, for each argument.
#[cfg(test)]
macro_rules! any {
    ($arg:ident) => {
        _
    };
}

#[cfg(test)]
pub(super) use any;
pub(super) use {function, natives};

/// A program that was not made by the compiler hands a function something else than it takes.
#[cold]
pub(super) fn misuse() -> Fault {
    Fault::new(Code::Argument, "the program hands a library function what it does not take")
}

/// A Rust type that a parameter may have.
pub(super) trait Argument<'a>: Sized {
    /// Reads it out of the value, which the caller does not need any more.
    fn read(value: &'a mut Value) -> Option<Self>;
}

/// A Rust type that a result may have.
pub(super) trait Answer {
    /// Makes the value.
    fn answer(self) -> Result<Value, Fault>;
}

/// Microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time(pub(super) i64);

/// Days since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date(pub(super) i32);

/// Microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duration(pub(super) i64);

/// What `bytes` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bytes(pub(super) Vec<u8>);

/// `text | bytes`: the bytes of either.
#[derive(Clone, Copy, Debug)]
pub(super) struct Data<'a>(pub(super) &'a [u8]);

/// `text | secret`, `secret | bytes`: something that must not show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hidden<'a>(pub(super) &'a Value);

/// A list of whole numbers, packed as the compiler keeps them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ints<'a>(pub(super) &'a [i64]);

/// A list of floats, packed as the compiler keeps them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Floats<'a>(pub(super) &'a [f64]);

/// A list of anything else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a>(pub(super) &'a [Value]);

macro_rules! scalars {
    ($($rust:ty: $variant:ident($it:ident) => $read:expr, $write:expr;)*) => {$(
        impl Argument<'_> for $rust {
            fn read(value: &mut Value) -> Option<Self> {
                if let Value::$variant($it) = *value { Some($read) } else { None }
            }
        }

        impl Answer for $rust {
            fn answer(self) -> Result<Value, Fault> {
                let $it = self;
                Ok(Value::$variant($write))
            }
        }
    )*};
}

scalars! {
    bool: Bool(it) => it, it;
    i64: Int(it) => it, it;
    f64: Float(it) => it, it;
    Wide: Decimal(it) => it.wide(), it.into();
    Time: Time(it) => Time(it), it.0;
    Date: Date(it) => Date(it), it.0;
    Duration: Duration(it) => Duration(it), it.0;
}

impl<'a> Argument<'a> for &'a str {
    fn read(value: &'a mut Value) -> Option<Self> {
        value.as_str()
    }
}

impl Answer for &str {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::text(self))
    }
}

impl Answer for String {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::from_string(self))
    }
}

impl<'a> Argument<'a> for &'a [u8] {
    fn read(value: &'a mut Value) -> Option<Self> {
        if let Value::Bytes(it) = value { Some(it) } else { None }
    }
}

impl Answer for Bytes {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::bytes(self.0))
    }
}

impl<'a> Argument<'a> for Data<'a> {
    fn read(value: &'a mut Value) -> Option<Self> {
        match value {
            Value::Bytes(it) => Some(Data(it)),
            other => other.as_str().map(|it| Data(it.as_bytes())),
        }
    }
}

impl<'a> Argument<'a> for Hidden<'a> {
    fn read(value: &'a mut Value) -> Option<Self> {
        Some(Self(value))
    }
}

/// Any value, lent.
impl<'a> Argument<'a> for &'a Value {
    fn read(value: &'a mut Value) -> Option<Self> {
        Some(value)
    }
}

/// The receiver of a function that changes it.
impl<'a> Argument<'a> for &'a mut Value {
    fn read(value: &'a mut Value) -> Option<Self> {
        Some(value)
    }
}

/// Any value, handed over.
impl Argument<'_> for Value {
    fn read(value: &mut Value) -> Option<Self> {
        Some(std::mem::replace(value, Value::Null))
    }
}

impl Answer for Value {
    fn answer(self) -> Result<Value, Fault> {
        Ok(self)
    }
}

impl<'a> Argument<'a> for &'a List {
    fn read(value: &'a mut Value) -> Option<Self> {
        if let Value::List(it) = value { Some(it) } else { None }
    }
}

impl Argument<'_> for Rc<List> {
    fn read(value: &mut Value) -> Option<Self> {
        match std::mem::replace(value, Value::Null) {
            Value::List(it) => Some(it),
            _ => None,
        }
    }
}

impl Answer for List {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::List(Rc::new(self)))
    }
}

impl<'a> Argument<'a> for Ints<'a> {
    fn read(value: &'a mut Value) -> Option<Self> {
        match value {
            Value::List(it) => match &**it {
                List::Ints(items) => Some(Self(items)),
                empty => empty.is_empty().then_some(Self(&[])),
            },
            _ => None,
        }
    }
}

impl<'a> Argument<'a> for Floats<'a> {
    fn read(value: &'a mut Value) -> Option<Self> {
        match value {
            Value::List(it) => match &**it {
                List::Floats(items) => Some(Self(items)),
                empty => empty.is_empty().then_some(Self(&[])),
            },
            _ => None,
        }
    }
}

impl<'a> Argument<'a> for Values<'a> {
    fn read(value: &'a mut Value) -> Option<Self> {
        match value {
            Value::List(it) => match &**it {
                List::Values(items) => Some(Self(items)),
                empty => empty.is_empty().then_some(Self(&[])),
            },
            _ => None,
        }
    }
}

impl<'a> Argument<'a> for &'a Map {
    fn read(value: &'a mut Value) -> Option<Self> {
        if let Value::Map(it) = value { Some(it) } else { None }
    }
}

impl Answer for Map {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::Map(Rc::new(self)))
    }
}

impl<'a, T: Argument<'a>> Argument<'a> for Option<T> {
    fn read(value: &'a mut Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value).map(Some) }
    }
}

impl<T: Answer> Answer for Option<T> {
    fn answer(self) -> Result<Value, Fault> {
        self.map_or(Ok(Value::Null), T::answer)
    }
}

impl<T: Answer> Answer for Vec<T> {
    fn answer(self) -> Result<Value, Fault> {
        // Collecting results would not know how many there are.
        let mut items = Vec::with_capacity(self.len());
        for item in self {
            items.push(item.answer()?);
        }
        Ok(Value::list(items))
    }
}

impl<T: Answer> Answer for Result<T, Fault> {
    fn answer(self) -> Result<Value, Fault> {
        self?.answer()
    }
}

impl Answer for () {
    fn answer(self) -> Result<Value, Fault> {
        Ok(Value::Null)
    }
}

/// Makes a Rust enum of a parameter that is one of some texts.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(in crate::stdlib) enum $name { $($variant,)* }

        impl $crate::stdlib::native::Argument<'_> for $name {
            fn read(value: &mut $crate::value::Value) -> Option<Self> {
                match value.as_str()? {
                    $($text => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        #[cfg(test)]
        impl $crate::stdlib::agreement::Declared for $name {
            fn agrees(declared: &$crate::check::types::Type) -> bool {
                let mut texts = vec![$($text),*];
                texts.sort_unstable();
                matches!(declared, $crate::check::types::Type::Union(it)
                    if it.iter().map(|it| it.as_str()).eq(texts))
            }
        }
    };
}
pub(super) use choice;
