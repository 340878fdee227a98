//! What all fibers of a machine share: the program's tables made ready for use, the library's functions, and memory.

use std::fmt;
use std::rc::Rc;

use rust_decimal::Decimal;

use super::memory::Memory;
use super::native::{NativeFn, Natives};
use super::ops::text::Scratch;
use crate::bytecode::program::{Constant, NativeSite, Program, ShapeData};
use crate::bytecode::{Verified, error_record};
use crate::value::{Closure, DescriptorId, Fault, Key, Shape, Types, Value};

/// What instructions reach beside their frame.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) constants: Vec<Value>,
    pub(super) words: Vec<u64>,
    pub(super) shapes: Vec<Rc<Shape>>,
    pub(super) error_shape: Rc<Shape>,
    pub(super) types: Types,
    pub(super) natives: Vec<ReadyNative>,
    /// By [`RunField`](crate::bytecode::run_field::RunField).
    pub(super) run: Vec<Value>,
    pub(super) scratch: Scratch,
    pub(super) memory: Memory,
}

/// A call of the library with the function that it calls.
pub(super) struct ReadyNative {
    pub(super) function: NativeFn,
    pub(super) descriptors: Box<[DescriptorId]>,
}

impl fmt::Debug for ReadyNative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadyNative")
            .field("descriptors", &self.descriptors)
            .finish_non_exhaustive()
    }
}

/// A function that the program calls and the library does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingNative {
    /// What it is called.
    pub name: String,
}

impl fmt::Display for MissingNative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the library has no function `{}`", self.name)
    }
}

impl std::error::Error for MissingNative {}

impl Core {
    pub(super) fn new(
        program: &Verified,
        natives: &dyn Natives,
        run: Vec<Value>,
        memory: usize,
    ) -> Result<Self, MissingNative> {
        let program = program.program();
        let shapes: Vec<_> = program.shapes.iter().map(ready_shape).collect();
        let natives = program.natives.iter().map(|it| ready_native(it, natives));
        Ok(Self {
            constants: program.constants.iter().map(|it| ready_constant(it, &shapes)).collect(),
            words: program.words.clone(),
            error_shape: ready_shape(&error_record::shape()),
            types: ready_types(program),
            natives: natives.collect::<Result<_, _>>()?,
            run,
            scratch: Scratch::new(memory),
            memory: Memory::new(memory),
            shapes,
        })
    }

    /// The record that `catch e` sees.
    pub(super) fn error_record(&self, fault: Fault, at: String) -> Value {
        let mut slots: [Value; error_record::FIELDS.len()] = Default::default();
        slots[error_record::AT] = Value::from_string(at);
        slots[error_record::CODE] = Value::text(&fault.code);
        slots[error_record::DATA] = fault.data.unwrap_or_default();
        slots[error_record::MESSAGE] = Value::from_string(fault.message);
        Value::record(&self.error_shape, slots)
    }
}

fn ready_types(program: &Program) -> Types {
    Types::new(&program.descriptors).expect("the verifier has made the same check")
}

fn ready_native(site: &NativeSite, natives: &dyn Natives) -> Result<ReadyNative, MissingNative> {
    let missing = || MissingNative { name: site.name.clone() };
    let function = natives.find(&site.name).ok_or_else(missing)?;
    Ok(ReadyNative { function, descriptors: site.descriptors.clone().into() })
}

fn ready_shape(data: &ShapeData) -> Rc<Shape> {
    let slots = data.slots.iter().map(|it| it.as_str().into()).collect();
    Rc::new(Shape { slots, order: data.order.clone().into() })
}

fn ready_constant(constant: &Constant, shapes: &[Rc<Shape>]) -> Value {
    let ready = |it: &Constant| ready_constant(it, shapes);
    match constant {
        Constant::Null => Value::Null,
        Constant::Bool(it) => Value::Bool(*it),
        Constant::Int(it) => Value::Int(*it),
        Constant::Float(it) => Value::Float(f64::from_bits(*it)),
        Constant::Decimal(it) => Value::Decimal(Decimal::deserialize(*it).into()),
        Constant::Time(it) => Value::Time(*it),
        Constant::Date(it) => Value::Date(*it),
        Constant::Duration(it) => Value::Duration(*it),
        Constant::Text(it) => Value::text(it),
        Constant::List(items) => Value::list(items.iter().map(ready)),
        Constant::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| (Key(ready(key)), ready(value)));
            Value::Map(Rc::new(entries.collect()))
        }
        Constant::Record(shape, slots) => {
            let slots: Vec<Value> = slots.iter().map(ready).collect();
            Value::record(&shapes[*shape as usize], slots)
        }
        Constant::Function(id) => {
            let function = u32::try_from(id.at()).expect("a function's number has three bytes");
            Value::Closure(Rc::new(Closure { function, captures: [].into() }))
        }
    }
}
