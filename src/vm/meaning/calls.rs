//! Calls and returns.

use super::beyond;
use crate::bytecode::operand::Bank;

beyond! {
    (cx)
    apart CallS { s, v, function } => cx.call(function, s.start, v.start)?;
    apart CallV { s, v, function } => cx.call(function, s.start, v.start)?;
    apart Call { s, v, function } => cx.call(function, s.start, v.start)?;
    apart CallClosureS { closure, s, v } => cx.call_closure(closure, (s, v), Some(Bank::Scalar))?;
    apart CallClosureV { closure, s, v } => cx.call_closure(closure, (s, v), Some(Bank::Value))?;
    apart CallClosure { closure, s, v } => cx.call_closure(closure, (s, v), None)?;
    apart ReturnS { a } => cx.return_scalar(a);
    apart ReturnV { a } => cx.return_value(a);
    apart Return {} => cx.return_nothing();
}
