//! Tests that declarations and Rust functions say the same: names, parameters, types, effects.

use std::collections::BTreeSet;
use std::rc::Rc;

use rust_decimal::Decimal as Wide;

use super::native::{Bytes, Data, Date, Duration, Floats, Hidden, Ints, Time, Values};
use crate::check::effects::EffectClass;
use crate::check::library::Library;
use crate::check::types::Type;
use crate::value::{Fault, List, Map, Value};

/// What a Rust function takes and gives, as questions to the declared types.
pub(super) struct Shape {
    pub(super) params: Vec<fn(&Type) -> bool>,
    pub(super) result: fn(&Type) -> bool,
}

/// A Rust type that can say which declared types it stands for.
pub(super) trait Declared {
    fn agrees(declared: &Type) -> bool;
}

/// A function whose types can be asked.
pub(super) trait Shaped {
    fn shape(self) -> Shape;
}

macro_rules! shaped {
    ($(($($arg:ident),*))*) => {$(
        impl<R: Declared, $($arg: Declared),*> Shaped for fn($($arg),*) -> R {
            fn shape(self) -> Shape {
                Shape { params: vec![$($arg::agrees),*], result: R::agrees }
            }
        }
    )*};
}
shaped! { () (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) }

macro_rules! declared {
    ($($rust:ty => $pattern:pat,)*) => {$(
        impl Declared for $rust {
            fn agrees(declared: &Type) -> bool {
                matches!(declared, $pattern)
            }
        }
    )*};
}

declared! {
    bool => Type::Bool,
    i64 => Type::Int,
    f64 => Type::Float,
    Wide => Type::Decimal,
    Time => Type::Time,
    Date => Type::Date,
    Duration => Type::Duration,
    &str => Type::Text | Type::Union(_),
    String => Type::Text,
    &[u8] => Type::Bytes,
    Bytes => Type::Bytes,
    () => Type::Nothing,
    &Value => _,
    &mut Value => Type::List(_) | Type::Map(_),
    Value => _,
    &List => Type::List(_),
    Rc<List> => Type::List(_),
    List => Type::List(_),
    &Map => Type::Map(_),
    Map => Type::Map(_),
}

impl Declared for Ints<'_> {
    fn agrees(declared: &Type) -> bool {
        matches!(declared, Type::List(of) if **of == Type::Int)
    }
}

impl Declared for Floats<'_> {
    fn agrees(declared: &Type) -> bool {
        matches!(declared, Type::List(of) if **of == Type::Float)
    }
}

/// A list whose elements are never packed.
impl Declared for Values<'_> {
    fn agrees(declared: &Type) -> bool {
        matches!(declared, Type::List(of)
            if matches!(**of, Type::Decimal | Type::Duration | Type::Text | Type::List(_) | Type::Optional(_)))
    }
}

impl Declared for Data<'_> {
    fn agrees(declared: &Type) -> bool {
        matches!(declared, Type::OneOf(of) if **of == [Type::Text, Type::Bytes])
    }
}

impl Declared for Hidden<'_> {
    fn agrees(declared: &Type) -> bool {
        matches!(declared, Type::OneOf(of) if of.contains(&Type::Secret))
    }
}

impl<T: Declared> Declared for Option<T> {
    fn agrees(declared: &Type) -> bool {
        match declared {
            Type::Optional(of) => T::agrees(of),
            // Which may be null itself.
            Type::Json => T::agrees(declared),
            _ => false,
        }
    }
}

impl<T: Declared> Declared for Vec<T> {
    fn agrees(declared: &Type) -> bool {
        matches!(declared, Type::List(of) if T::agrees(of))
    }
}

impl<T: Declared> Declared for Result<T, Fault> {
    fn agrees(declared: &Type) -> bool {
        T::agrees(declared)
    }
}

fn library() -> Library {
    Library::new(super::declarations())
}

/// The name by which programs call a declaration that is written in Rust.
fn native_names(pure: bool) -> BTreeSet<String> {
    let library = library();
    let declarations = library.all_functions().map(|id| library.declaration(id));
    declarations
        .filter(|it| it.native.is_some_and(|it| (it.effect == EffectClass::Pure) == pure))
        .map(|it| name_of(&it.id))
        .collect()
}

fn name_of(id: &crate::check::checked::LibraryFn) -> String {
    match id.overload {
        0 => format!("{}.{}", id.module, id.name),
        n => format!("{}.{}#{n}", id.module, id.name),
    }
}

fn shape_of(name: &str) -> Option<Shape> {
    let native = super::all_natives().find(|it| it.name == name)?;
    native.shape.map(|shape| shape())
}

#[test]
fn every_pure_declaration_has_its_function_and_the_other_way_round() {
    let written: BTreeSet<_> = super::all_natives().map(|it| it.name.to_owned()).collect();
    assert_eq!(written, native_names(true));
}

#[test]
fn parameters_and_results_agree() {
    let library = library();
    for id in library.all_functions() {
        let declaration = library.declaration(id);
        let name = name_of(&declaration.id);
        let Some(shape) = shape_of(&name) else { continue };
        let params = &declaration.signature.params;
        assert_eq!(shape.params.len(), params.len(), "{name}: number of parameters");
        for (agrees, param) in shape.params.iter().zip(params) {
            assert!(agrees(&param.ty), "{name}: `{}` is declared as {}", param.name, param.ty);
        }
        let result = &declaration.signature.result;
        assert!((shape.result)(result), "{name} is declared to give {result}");
    }
}
