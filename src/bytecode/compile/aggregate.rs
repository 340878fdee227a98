//! Lists, maps and records as they are written down.

use super::builder::{Ins, Reg, registers};
use super::expr::slot;
use super::lower::{Lower, Out};
use super::types::{Packing, is_scalar, packing};
use crate::bytecode::operand::Bank;
use crate::check::types::{RecordType, Type};
use crate::syntax::tree::{Expr, RecordPart};
use crate::value::Shape;

/// A literal of at most so many elements is made at once; a longer one element by element.
const AT_ONCE: usize = 16;

impl<'p> Lower<'_, 'p> {
    /// `[1, 2]`
    pub(super) fn list(&mut self, expr: &'p Expr, items: &'p [Expr]) -> Out {
        let element = match self.ty(expr.id) {
            Type::List(of) => self.shared.open(&of),
            _ => Type::Json,
        };
        if items.len() > AT_ONCE {
            let list = self.new_list(&element);
            for item in items {
                let out = self.expr(item);
                let given = self.final_ty(item);
                let out = self.coerce(out, &given, &element);
                self.push_item(list, out, &given, &element);
            }
            return Out::Owned(list);
        }
        let ready: Vec<Out> = items
            .iter()
            .enumerate()
            .map(|(at, item)| {
                let out = self.expr(item);
                let out = self.before(out, item, &items[at + 1..]);
                let given = self.final_ty(item);
                let out = self.coerce(out, &given, &element);
                if is_scalar(&element) {
                    Out::Scalar(self.scalar_of(out, &given))
                } else {
                    Out::Owned(self.owned(out, &given))
                }
            })
            .collect();
        let to = self.builder.value();
        match packing(&element) {
            Packing::Ints | Packing::Floats | Packing::Bools => {
                let items = self.builder.window(Bank::Scalar, ready.len());
                for (out, register) in ready.iter().zip(registers(items)) {
                    self.put(*out, Reg::S(register));
                }
                self.emit(match packing(&element) {
                    Packing::Ints => Ins::NewInts { to, items },
                    Packing::Floats => Ins::NewFloats { to, items },
                    _ => Ins::NewBools { to, items },
                });
            }
            Packing::Scalars | Packing::Values => {
                let boxed: Vec<Out> =
                    ready.into_iter().map(|out| self.boxed(out, &element)).collect();
                let items = self.value_window(&boxed);
                self.emit(Ins::NewValues { to, items });
            }
        }
        Out::Owned(to)
    }

    /// `["a": 1]`
    pub(super) fn map(&mut self, entries: &'p [(Expr, Expr)]) -> Out {
        let map = self.builder.value();
        self.emit(Ins::NewMap { to: map });
        for (key, value) in entries {
            let key = self.take(key);
            let a = self.take(value);
            self.emit(Ins::SetKey { map, key, a });
        }
        Out::Owned(map)
    }

    /// `{ id: 1, name, ...rest }`
    pub(super) fn record(&mut self, expr: &'p Expr, parts: &'p [RecordPart]) -> Out {
        let Type::Record(record) = self.ty(expr.id) else {
            unreachable!("a record literal is a record")
        };
        let mut slots: Vec<Option<Out>> = vec![None; record.fields.len()];
        let mut printed: Vec<&str> = Vec::new();
        for part in parts {
            match part {
                RecordPart::Field(name, value) | RecordPart::Short(name, value) => {
                    let at = usize::from(slot(record.slot(&name.text)));
                    let out = self.expr(value);
                    let given = self.final_ty(value);
                    let ty = self.shared.open(&record.fields[at].ty);
                    let out = self.coerce(out, &given, &ty);
                    slots[at] = Some(Out::Owned(self.owned(out, &given)));
                    print_once(&mut printed, &record, at);
                }
                RecordPart::Spread(rest) => {
                    for at in self.spread(rest, &record, &mut slots) {
                        print_once(&mut printed, &record, at);
                    }
                }
            }
        }
        let mut values = Vec::new();
        for (at, out) in slots.into_iter().enumerate() {
            print_once(&mut printed, &record, at);
            values.push(out.unwrap_or_else(|| self.null()));
        }
        let shape = self.shared.shape_of(&Shape::new(printed));
        let slots = self.value_window(&values);
        let to = self.builder.value();
        self.emit(Ins::NewRecord { to, slots, shape });
        Out::Owned(to)
    }

    /// The fields of another record; gives the slots that they fill.
    fn spread(
        &mut self,
        rest: &'p Expr,
        record: &RecordType,
        slots: &mut [Option<Out>],
    ) -> Vec<usize> {
        let base = self.shared.open(&self.final_ty(rest));
        let a = self.read(rest);
        let Type::Record(source) = base else { unreachable!("only records are spread") };
        let mut filled = Vec::new();
        for slot in &source.order {
            let field = &source.fields[usize::from(*slot)];
            let Some(at) = record.slot(&field.name) else { continue };
            let to = self.builder.value();
            self.emit(Ins::GetField { to, a, slot: *slot });
            let (from, ty) = (self.shared.open(&field.ty), self.shared.open(&record.fields[at].ty));
            let out = self.narrow(Out::Owned(to), &from);
            let out = self.coerce(out, &from, &ty);
            slots[at] = Some(Out::Owned(self.owned(out, &ty)));
            filled.push(at);
        }
        filled
    }
}

fn print_once<'a>(printed: &mut Vec<&'a str>, record: &'a RecordType, at: usize) {
    let name = record.fields[at].name.as_str();
    if !printed.contains(&name) {
        printed.push(name);
    }
}
