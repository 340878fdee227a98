//! The readable listing of a program.

use std::fmt::{self, Write};

use super::instruction::Instruction;
use super::operand::{Bank, Operand, Register, Window};
use super::program::{Cases, Constant, Function, Program};
use super::run_field::RunField;
use crate::sql::{Statement, sqlite};

/// All functions with their instructions, one a line.
///
/// # Panics
/// Never: writing into a text cannot fail.
#[must_use]
pub fn listing(program: &Program) -> String {
    let mut out = String::new();
    for (at, function) in program.functions.iter().enumerate() {
        let separator = if at == 0 { "" } else { "\n" };
        out.push_str(separator);
        function_listing(&mut out, program, at, function).expect("writing to a text cannot fail");
    }
    statements(&mut out, program).expect("writing to a text cannot fail");
    out
}

/// What databases are asked, as SQLite reads it.
fn statements(out: &mut String, program: &Program) -> fmt::Result {
    for (at, statement) in program.statements.iter().enumerate() {
        let separator = if at == 0 { "\n" } else { "" };
        let text = match statement {
            Statement::Schema => "its tables and columns".to_owned(),
            Statement::Select(_)
            | Statement::Update { .. }
            | Statement::Delete { .. }
            | Statement::Direct(_) => sqlite::render(statement).text,
        };
        writeln!(out, "{separator}statement {at}  {text}")?;
    }
    Ok(())
}

fn function_listing(
    out: &mut String,
    program: &Program,
    at: usize,
    function: &Function,
) -> fmt::Result {
    let Function { signature, registers, .. } = function;
    write!(out, "fn {at} {} takes ({}, {})", function.name, signature.scalars, signature.values)?;
    match signature.result {
        Some(Bank::Scalar) => write!(out, " gives a scalar")?,
        Some(Bank::Value) => write!(out, " gives a value")?,
        None => {}
    }
    writeln!(out, ", has ({}, {})", registers.scalars, registers.values)?;
    let mut line = 0;
    for (at, instruction) in (0..).zip(&function.code) {
        let position = function.position(at).unwrap_or_default();
        let shown = if position.line == line { String::new() } else { position.line.to_string() };
        line = position.line;
        write!(out, "{shown:>5} {at:>5}  {:<18}", instruction.name())?;
        operands(out, program, *instruction)?;
        writeln!(out)?;
    }
    for (at, switch) in function.switches.iter().enumerate() {
        write!(out, "       switch {at}:")?;
        match &switch.cases {
            Cases::Ints(cases) => {
                cases.iter().try_for_each(|(it, to)| write!(out, " {it} -> {to},"))?;
            }
            Cases::Texts(cases) => {
                cases.iter().try_for_each(|(it, to)| write!(out, " {it:?} -> {to},"))?;
            }
        }
        writeln!(out, " else -> {}", switch.otherwise)?;
    }
    for handler in &function.handlers {
        let super::program::Handler { start, end, target, error } = handler;
        writeln!(out, "       faults at {start}..{end} -> {target}, v{}", error.0)?;
    }
    Ok(())
}

fn operands(out: &mut String, program: &Program, instruction: Instruction) -> fmt::Result {
    let mut outcome = Ok(());
    let mut first = true;
    instruction.operands(|it| {
        if outcome.is_ok() {
            out.push_str(if first { " " } else { ", " });
            outcome = operand(out, program, it);
            first = false;
        }
    });
    outcome
}

fn operand(out: &mut String, program: &Program, operand: Operand<Register>) -> fmt::Result {
    match operand {
        Operand::Register(bank, _, register) => write!(out, "{}{}", letter(bank), register.0),
        Operand::Window(bank, window) | Operand::CallWindow(bank, window) => {
            let Window { start, count } = window;
            write!(out, "{}{}+{count}", letter(bank), start.0)
        }
        Operand::Far(bank, _, place) => write!(out, "far {}{place}", letter(bank)),
        Operand::Target(target) => write!(out, "-> {target}"),
        Operand::Int(number) => write!(out, "{number}"),
        Operand::Slot(slot) => write!(out, ".{slot}"),
        Operand::Constant(place) => match program.constants.get(place as usize) {
            Some(Constant::Text(text)) => write!(out, "{text:?}"),
            Some(constant) => write!(out, "{constant:?}"),
            None => write!(out, "constant {place}"),
        },
        Operand::Word(place) => match program.words.get(place as usize) {
            Some(word) => write!(out, "{word:#x} ({:?})", f64::from_bits(*word)),
            None => write!(out, "word {place}"),
        },
        Operand::Shape(place) => match program.shapes.get(usize::from(place)) {
            Some(shape) => write!(out, "{{{}}}", shape.slots.join(" ")),
            None => write!(out, "shape {place}"),
        },
        Operand::Function(id) => {
            let name = program.functions.get(id.at()).map_or("missing", |it| &it.name);
            write!(out, "fn {} {name}", id.at())
        }
        Operand::Native(site) => {
            out.write_str(program.natives.get(site.get()).map_or("missing", |it| &it.name))
        }
        Operand::Effect(site) => match program.effects.get(site.get()) {
            Some(effect) => write!(out, "{:?}", effect.kind),
            None => write!(out, "effect {}", site.get()),
        },
        Operand::Switch(place) => write!(out, "switch {place}"),
        Operand::RunField(field) => {
            write!(out, "run.{}", RunField::at(field).map_or("missing", RunField::name))
        }
    }
}

fn letter(bank: Bank) -> char {
    match bank {
        Bank::Scalar => 's',
        Bank::Value => 'v',
    }
}
