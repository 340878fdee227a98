//! Instructions: what the machine executes, one Rust enum of fixed size.
//!
//! They are declared in [`table`](super::table); everything here is derived from it. An instruction is generic in what names a register:
//! the compiler emits `Instruction<Virtual>`, the allocator turns it into the eight bytes of `Instruction<Register>`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::operand::{Access, Bank, FunctionId, Operand, Packed, Register, U24, Window};
use super::table::instruction_table;

/// What an instruction may do to the flow of control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// Goes on at the next instruction, always.
    Plain,
    /// Goes on at the next instruction or faults.
    Faults,
    /// Goes on at the next instruction or at its target, which stands further on.
    Jumps,
    /// Goes on at the next instruction or at its target, which stands further back.
    Repeats,
    /// Never goes on at the next instruction.
    Ends,
    /// Leaves the frame and comes back, or faults.
    Calls,
}

/// What an operand's role is in the instruction itself.
pub trait Role<R> {
    /// What holds the operand, where `R` names a register.
    type Field;
}

macro_rules! roles {
    ($($field:ty: $($role:ident)*;)*) => {
        /// The roles of the table as types.
        #[expect(missing_docs, reason = "the table says what they mean")]
        pub mod role {
            $($(#[derive(Debug)] pub enum $role {})*)*
        }
        $($(impl<R> Role<R> for role::$role { type Field = $field; })*)*
    };
}

roles! {
    R: S SetS EditS V SetV EditV TakeV;
    Window<R>: ArgsS ArgsV ResultS ResultV;
    i16: Int16;
    i32: Int32;
    u8: RunField;
    u16: Slot Shape FarReadS FarSetS FarReadV FarTakeV FarSetV;
    u32: Target Word Constant Switch;
    U24: NativeCall EffectSite;
    FunctionId: Function;
}

/// The operand as those see it who look at all instructions alike.
macro_rules! operand {
    (S, $it:expr) => {
        Operand::Register(Bank::Scalar, Access::Read, $it)
    };
    (SetS, $it:expr) => {
        Operand::Register(Bank::Scalar, Access::Write, $it)
    };
    (EditS, $it:expr) => {
        Operand::Register(Bank::Scalar, Access::Edit, $it)
    };
    (V, $it:expr) => {
        Operand::Register(Bank::Value, Access::Read, $it)
    };
    (SetV, $it:expr) => {
        Operand::Register(Bank::Value, Access::Write, $it)
    };
    (EditV, $it:expr) => {
        Operand::Register(Bank::Value, Access::Edit, $it)
    };
    (TakeV, $it:expr) => {
        Operand::Register(Bank::Value, Access::Take, $it)
    };
    (ArgsS, $it:expr) => {
        Operand::Window(Bank::Scalar, $it)
    };
    (ArgsV, $it:expr) => {
        Operand::Window(Bank::Value, $it)
    };
    (ResultS, $it:expr) => {
        Operand::CallWindow(Bank::Scalar, $it)
    };
    (ResultV, $it:expr) => {
        Operand::CallWindow(Bank::Value, $it)
    };
    (FarReadS, $it:expr) => {
        Operand::Far(Bank::Scalar, Access::Read, $it)
    };
    (FarSetS, $it:expr) => {
        Operand::Far(Bank::Scalar, Access::Write, $it)
    };
    (FarReadV, $it:expr) => {
        Operand::Far(Bank::Value, Access::Read, $it)
    };
    (FarTakeV, $it:expr) => {
        Operand::Far(Bank::Value, Access::Take, $it)
    };
    (FarSetV, $it:expr) => {
        Operand::Far(Bank::Value, Access::Write, $it)
    };
    (Int16, $it:expr) => {
        Operand::Int(i64::from($it))
    };
    (Int32, $it:expr) => {
        Operand::Int(i64::from($it))
    };
    (NativeCall, $it:expr) => {
        Operand::Native($it)
    };
    (EffectSite, $it:expr) => {
        Operand::Effect($it)
    };
    ($role:ident, $it:expr) => {
        Operand::$role($it)
    };
}

/// Whether an operand is a window.
macro_rules! is_window {
    (ArgsS) => {
        true
    };
    (ArgsV) => {
        true
    };
    (ResultS) => {
        true
    };
    (ResultV) => {
        true
    };
    ($role:ident) => {
        false
    };
}

/// The operand with its registers and targets exchanged.
macro_rules! mapped {
    (S, $it:expr, $map:ident) => {
        $map.register(Bank::Scalar, Access::Read, $it)
    };
    (SetS, $it:expr, $map:ident) => {
        $map.register(Bank::Scalar, Access::Write, $it)
    };
    (EditS, $it:expr, $map:ident) => {
        $map.register(Bank::Scalar, Access::Edit, $it)
    };
    (V, $it:expr, $map:ident) => {
        $map.register(Bank::Value, Access::Read, $it)
    };
    (SetV, $it:expr, $map:ident) => {
        $map.register(Bank::Value, Access::Write, $it)
    };
    (EditV, $it:expr, $map:ident) => {
        $map.register(Bank::Value, Access::Edit, $it)
    };
    (TakeV, $it:expr, $map:ident) => {
        $map.register(Bank::Value, Access::Take, $it)
    };
    (ArgsS, $it:expr, $map:ident) => {
        $map.window(Bank::Scalar, $it)
    };
    (ArgsV, $it:expr, $map:ident) => {
        $map.window(Bank::Value, $it)
    };
    (ResultS, $it:expr, $map:ident) => {
        $map.window(Bank::Scalar, $it)
    };
    (ResultV, $it:expr, $map:ident) => {
        $map.window(Bank::Value, $it)
    };
    (Target, $it:expr, $map:ident) => {
        $map.target($it)
    };
    ($role:ident, $it:expr, $map:ident) => {
        $it
    };
}

/// Exchanges what instructions name: virtual registers for real ones, labels for places in the code.
pub trait Rename<R, Q> {
    /// What stands for a register.
    fn register(&mut self, bank: Bank, access: Access, register: R) -> Q;
    /// What stands for a window.
    fn window(&mut self, bank: Bank, window: Window<R>) -> Window<Q>;
    /// What stands for a target.
    fn target(&mut self, target: u32) -> u32;
}

macro_rules! declare {
    ($($name:ident { $($field:ident: $role:ident),* } $flow:ident $meaning:literal;)*) => {
        /// One step of the machine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the meaning of an instruction says what its operands are")]
        pub enum Instruction<R = Register> {
            $(#[doc = $meaning] $name { $($field: <role::$role as Role<R>>::Field),* },)*
        }

        impl<R: Copy> Instruction<R> {
            /// What it is called.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name { .. } => stringify!($name),)* }
            }

            /// What it does, in one line.
            #[must_use]
            pub fn meaning(&self) -> &'static str {
                match self { $(Self::$name { .. } => $meaning,)* }
            }

            /// Where it may go on.
            #[must_use]
            pub fn flow(&self) -> Flow {
                match self { $(Self::$name { .. } => flow!($flow),)* }
            }

            /// Its operands in order.
            pub fn operands(&self, mut visit: impl FnMut(Operand<R>)) {
                self.each_operand(&mut visit);
            }

            /// A row of code for each instruction, so there is one such table and not one for everybody who looks at operands.
            #[inline(never)]
            fn each_operand(&self, visit: &mut dyn FnMut(Operand<R>)) {
                match *self { $(Self::$name { $($field),* } => { $(visit(operand!($role, $field));)* })* }
            }

            /// Whether any of its operands is a window.
            #[must_use]
            pub fn has_window(&self) -> bool {
                match self { $(Self::$name { .. } => false $(|| is_window!($role))*,)* }
            }

            /// The same instruction with registers and targets exchanged.
            #[inline]
            pub fn rename<Q>(&self, map: &mut impl Rename<R, Q>) -> Instruction<Q> {
                match *self {
                    $(Self::$name { $($field),* } => Instruction::$name { $($field: mapped!($role, $field, map)),* },)*
                }
            }
        }

        impl Instruction {
            /// The portable form: the instruction's place in the table, then its operands, the lowest byte first.
            #[must_use]
            pub fn to_bytes(self) -> [u8; 8] {
                let mut bytes = [0; 8];
                bytes[0] = self.code();
                match self {
                    $(Self::$name { $($field),* } => {
                        let _at = 1;
                        $(let _at = $field.pack(&mut bytes, _at);)*
                    })*
                }
                bytes
            }

            /// Reads the portable form; nothing if the table has no such row.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 8]) -> Option<Self> {
                match bytes[0] {
                    $(code::$name => {
                        let _at = 1;
                        $(let ($field, _at) = Packed::unpack(bytes, _at);)*
                        Some(Self::$name { $($field),* })
                    })*
                    _ => None,
                }
            }

            /// Its place in the table.
            #[must_use]
            pub fn code(self) -> u8 {
                match self { $(Self::$name { .. } => code::$name,)* }
            }
        }

        /// Places in the table.
        #[expect(non_upper_case_globals, reason = "called as the instructions are")]
        pub(crate) mod code {
            #[allow(clippy::upper_case_acronyms, non_camel_case_types, reason = "counts the rows")]
            #[repr(u8)]
            enum Row { $($name),* }
            $(pub(crate) const $name: u8 = Row::$name as u8;)*
        }

        /// The names of all instructions with their operands' names and their meanings, in order.
        pub const CATALOGUE: &[(&str, &[&str], &str)] =
            &[$((stringify!($name), &[$(stringify!($field)),*], $meaning),)*];
    };
}

macro_rules! flow {
    (plain) => {
        Flow::Plain
    };
    (faults) => {
        Flow::Faults
    };
    (jumps) => {
        Flow::Jumps
    };
    (repeats) => {
        Flow::Repeats
    };
    (ends) => {
        Flow::Ends
    };
    (calls) => {
        Flow::Calls
    };
}

instruction_table!(declare);

const _: () = assert!(size_of::<Instruction>() == 8, "an instruction is one machine word");

/// A jump is written forward or back; each comparison has a row for both.
macro_rules! directions {
    ($($forward:ident / $back:ident { $($field:ident),* },)*) => {
        impl<R: Copy> Instruction<R> {
            /// The row that goes forward for one that goes back; anything else stays as it is.
            #[must_use]
            pub fn forward(self) -> Self {
                match self {
                    $(Self::$back { $($field),* } => Self::$forward { $($field),* },)*
                    other => other,
                }
            }

            /// The row that goes back for one that goes forward; anything else stays as it is.
            #[must_use]
            pub fn back(self) -> Self {
                match self {
                    $(Self::$forward { $($field),* } => Self::$back { $($field),* },)*
                    other => other,
                }
            }
        }
    };
}

directions! {
    Jump / Repeat { target },
    JumpIf / RepeatIf { a, target },
    JumpUnless / RepeatUnless { a, target },
    JumpEqualInt / RepeatEqualInt { a, b, target },
    JumpUnequalInt / RepeatUnequalInt { a, b, target },
    JumpLessInt / RepeatLessInt { a, b, target },
    JumpAtMostInt / RepeatAtMostInt { a, b, target },
    JumpEqualImm / RepeatEqualImm { a, value, target },
    JumpUnequalImm / RepeatUnequalImm { a, value, target },
    JumpLessImm / RepeatLessImm { a, value, target },
    JumpAtMostImm / RepeatAtMostImm { a, value, target },
    JumpAboveImm / RepeatAboveImm { a, value, target },
    JumpAtLeastImm / RepeatAtLeastImm { a, value, target },
    JumpEqualFloat / RepeatEqualFloat { a, b, target },
    JumpUnequalFloat / RepeatUnequalFloat { a, b, target },
    JumpLessFloat / RepeatLessFloat { a, b, target },
    JumpAtMostFloat / RepeatAtMostFloat { a, b, target },
    JumpNotLessFloat / RepeatNotLessFloat { a, b, target },
    JumpNotAtMostFloat / RepeatNotAtMostFloat { a, b, target },
    JumpNull / RepeatNull { a, target },
    JumpNotNull / RepeatNotNull { a, target },
    JumpEqual / RepeatEqual { a, b, target },
    JumpUnequal / RepeatUnequal { a, b, target },
    JumpLess / RepeatLess { a, b, target },
    JumpAtMost / RepeatAtMost { a, b, target },
}

impl Serialize for Instruction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_bytes().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Instruction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = <[u8; 8]>::deserialize(deserializer)?;
        Self::from_bytes(bytes).ok_or_else(|| de::Error::custom("unknown instruction"))
    }
}

impl<R: Copy> Instruction<R> {
    /// The place that it may go on at, beside the next one.
    #[must_use]
    pub fn target(&self) -> Option<u32> {
        let mut found = None;
        self.operands(|operand| {
            if let Operand::Target(it) = operand {
                found = Some(it);
            }
        });
        found
    }

    /// Whether a callee's frame comes to lie over its windows and everything behind them.
    #[must_use]
    pub fn is_call(&self) -> bool {
        matches!(
            self,
            Self::CallS { .. }
                | Self::CallV { .. }
                | Self::Call { .. }
                | Self::CallClosureS { .. }
                | Self::CallClosureV { .. }
                | Self::CallClosure { .. }
        )
    }

    /// Whether it can be left out where nobody looks at what it writes.
    #[must_use]
    pub fn is_pure(&self) -> bool {
        let mut writes = false;
        let mut takes = false;
        self.operands(|operand| match operand {
            Operand::Register(_, access, _) => {
                writes |= access.writes();
                takes |= access == Access::Take;
            }
            Operand::Far(_, access, _) => takes |= access != Access::Read,
            Operand::Window(Bank::Value, _) | Operand::CallWindow(..) => takes = true,
            _ => {}
        });
        writes && !takes && self.flow() == Flow::Plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_meanings_are_unique_and_complete() {
        for (at, (name, operands, meaning)) in CATALOGUE.iter().enumerate() {
            assert!(CATALOGUE[..at].iter().all(|(other, ..)| other != name), "{name}");
            for operand in *operands {
                assert!(
                    meaning.contains(operand) || PLACES.contains(operand),
                    "{name} says nothing of {operand}"
                );
            }
        }
        assert!(CATALOGUE.len() <= 256);
    }

    /// Operands whose role says all.
    const PLACES: &[&str] = &[
        "word", "constant", "far", "slot", "shape", "native", "effect", "slots", "items", "args",
        "captures", "field",
    ];

    #[test]
    fn the_portable_form_reads_back() {
        for code in 0..=u8::MAX {
            let bytes = [code, 1, 2, 3, 4, 5, 6, 7];
            let known = usize::from(code) < CATALOGUE.len();
            let read = Instruction::from_bytes(bytes);
            assert_eq!(read.is_some(), known);
            let Some(instruction) = read else { continue };
            assert_eq!(instruction.name(), CATALOGUE[usize::from(code)].0);
            assert_eq!(Instruction::from_bytes(instruction.to_bytes()), Some(instruction));
        }
    }

    #[test]
    fn operands_are_seen_with_their_roles() {
        let set = Instruction::SetItemFieldFloat {
            list: Register(1),
            i: Register(2),
            slot: 3,
            a: Register(4),
        };
        let mut seen = Vec::new();
        set.operands(|it| seen.push(it));
        assert_eq!(
            seen,
            [
                Operand::Register(Bank::Value, Access::Edit, Register(1)),
                Operand::Register(Bank::Scalar, Access::Read, Register(2)),
                Operand::Slot(3),
                Operand::Register(Bank::Scalar, Access::Read, Register(4)),
            ]
        );
        assert_eq!(Instruction::JumpIf { a: Register(0), target: 7 }.target(), Some(7));
        assert!(
            Instruction::AddFloat { to: Register(0), a: Register(0), b: Register(0) }.is_pure()
        );
        assert!(!Instruction::AddInt { to: Register(0), a: Register(0), b: Register(0) }.is_pure());
        assert!(!Instruction::MoveV { to: Register(0), a: Register(0) }.is_pure());
    }
}
