//! Building texts.

use std::fmt::Write;

use super::{here, made};
use crate::value::{calendar, write_float};
use crate::vm::ops::text;
use crate::vm::registers::{Cells, Words};
use crate::vm::trouble::ok;

here! {
    (s, v, core)
    apart StartText {} => core.scratch.start();
    apart WriteConstant { constant } => {
        let text = core.constants[constant as usize].as_str().unwrap_or_default();
        core.scratch.short(|out| out.write_str(text));
    };
    apart WriteInt { a } => core.scratch.short(|out| write!(out, "{}", s.int(a)));
    apart WriteFloat { a } => core.scratch.short(|out| write_float(out, s.float(a)));
    apart WriteBool { a } => core.scratch.short(|out| write!(out, "{}", s.bool(a)));
    apart WriteTime { a } => core.scratch.short(|out| calendar::write_time(out, s.int(a)));
    apart WriteDate { a } => core.scratch.short(|out| calendar::write_date(out, s.int(a)));
    apart WriteDuration { a } => core.scratch.short(|out| calendar::write_duration(out, s.int(a)));
    apart WriteValue { a } => core.scratch.value(&v[a.at()])?;
    apart FinishText { to } => {
        v.put(to, core.scratch.finish(&mut core.memory));
        ok!(made(core))
    };
    apart Concat { to, a, b } => {
        v.put(to, text::concat(&v[a.at()], &v[b.at()], &mut core.memory)?);
        ok!(made(core))
    };
    apart AppendText { a, b } => {
        let more = v[b.at()].clone();
        text::append(&mut v[a.at()], &more, &mut core.memory)?;
        ok!(made(core))
    };
}
