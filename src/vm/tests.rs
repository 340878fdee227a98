//! The machine, run with programs that were put together by hand.

use std::sync::Arc;

use super::*;
use crate::bytecode::instruction::Instruction as I;
use crate::bytecode::operand::{Bank, FunctionId, Register, U24, Window};
use crate::bytecode::program::{
    Constant, Counts, EffectClass, EffectKind, EffectSite, Entries, Function, Handler, NativeSite,
    Program, SEMANTICS, Signature,
};
use crate::bytecode::verify;
use crate::value::{Code, Fault, List, Value};

const fn r(number: u8) -> Register {
    Register(number)
}

const fn window(start: u8, count: u8) -> Window {
    Window { start: r(start), count }
}

fn id(function: usize) -> FunctionId {
    FunctionId::new(function).unwrap()
}

fn function(takes: (u8, u8), gives: Option<Bank>, code: &[I]) -> Function {
    Function {
        name: "f".into(),
        signature: Signature { scalars: takes.0, values: takes.1, result: gives },
        registers: Counts { scalars: 16, values: 16 },
        code: code.into(),
        ..Function::default()
    }
}

/// A program with these functions; the first is the body, which gives nothing here.
fn program(mut functions: Vec<Function>) -> Program {
    let body = &mut functions[0];
    body.signature.result = Some(Bank::Value);
    let end = body.code.iter().position(|it| *it == I::Return {});
    if let Some(end) = end {
        body.code.splice(end..=end, [I::LoadNull { to: r(15) }, I::ReturnV { a: r(15) }]);
    }
    Program {
        semantics: SEMANTICS,
        functions,
        entries: Entries { body: id(0), ..Entries::default() },
        constants: vec![Constant::Text("a text that is rather long".into()), Constant::Int(7)],
        natives: vec![NativeSite { name: "int.twice".into(), arguments: 1, descriptors: vec![] }],
        effects: vec![EffectSite {
            kind: EffectKind::Native("ask".into()),
            class: EffectClass::Observe,
            arguments: 1,
            descriptors: vec![],
        }],
        ..Program::default()
    }
}

/// A body that calls function 1 and hands its result out as an effect's argument, so that tests see it.
fn calling(scalars: &[i32], result: Bank) -> Function {
    let count = u8::try_from(scalars.len()).unwrap();
    let mut code: Vec<I> =
        (0..).zip(scalars).map(|(at, value)| I::LoadInt { to: r(at), value: *value }).collect();
    match result {
        Bank::Scalar => {
            code.push(I::CallS { s: window(0, count), v: window(0, 0), function: id(1) });
            code.push(I::BoxInt { to: r(0), a: r(0) });
        }
        Bank::Value => {
            code.push(I::CallV { s: window(0, count), v: window(0, 0), function: id(1) });
        }
    }
    code.push(I::Effect { to: r(1), args: window(0, 1), effect: U24::default() });
    code.push(I::Return {});
    function((0, 0), None, &code)
}

struct TestNatives;

impl Natives for TestNatives {
    fn find(&self, name: &str) -> Option<NativeFn> {
        (name == "int.twice").then_some(|call| match call.take(0) {
            Value::Int(it) => Ok(Value::Int(2 * it)),
            _ => Err(Fault::argument("no int")),
        })
    }
}

/// What both dispatchers come to, which has to be the same.
fn on_both<T: std::fmt::Debug>(program: Program, limits: Limits, run: fn(Machine) -> T) -> T {
    let [plain, threaded] = [Dispatch::Plain, Dispatch::Threaded]
        .map(|dispatch| run(machine(program.clone(), limits).dispatched(dispatch)));
    assert_eq!(format!("{plain:?}"), format!("{threaded:?}"));
    plain
}

fn machine(program: Program, limits: Limits) -> Machine {
    let verified = verify(program).unwrap_or_else(|damage| panic!("{damage}"));
    let start = Start { entry: Entry::Body(vec![]), run: vec![] };
    Machine::new(Arc::new(verified), &TestNatives, limits, start).unwrap()
}

/// The first effect's argument.
fn result_of(program: Program) -> Value {
    on_both(program, Limits::default(), |mut machine| match machine.step(u64::MAX) {
        Step::Effect(mut effect) => effect.args.remove(0),
        other => panic!("{other:?}"),
    })
}

fn fault_of(program: Program, limits: Limits) -> Trace {
    on_both(program, limits, |mut machine| match machine.step(u64::MAX) {
        Step::Fault(trace) => *trace,
        other => panic!("{other:?}"),
    })
}

fn fib() -> Function {
    function(
        (1, 0),
        Some(Bank::Scalar),
        &[
            I::JumpAtLeastImm { a: r(0), value: 2, target: 2 },
            I::ReturnS { a: r(0) },
            I::AddImm { to: r(1), a: r(0), value: -1 },
            I::CallS { s: window(1, 1), v: window(0, 0), function: id(1) },
            I::AddImm { to: r(2), a: r(0), value: -2 },
            I::CallS { s: window(2, 1), v: window(0, 0), function: id(1) },
            I::AddInt { to: r(1), a: r(1), b: r(2) },
            I::ReturnS { a: r(1) },
        ],
    )
}

#[test]
fn functions_call_themselves() {
    assert_eq!(result_of(program(vec![calling(&[20], Bank::Scalar), fib()])), Value::Int(6765));
}

#[test]
fn a_run_does_the_same_however_it_is_cut_into_steps() {
    let digests = |fuel: u64| {
        let mut machine =
            machine(program(vec![calling(&[15], Bank::Scalar), fib()]), Limits::default());
        let mut steps = 0;
        loop {
            match machine.step(fuel) {
                Step::OutOfFuel => steps += 1,
                Step::Effect(effect) => {
                    return (machine.digest(), machine.steps_left(), effect.args, steps);
                }
                other => panic!("{other:?}"),
            }
        }
    };
    let (whole, cut) = (digests(u64::MAX), digests(10));
    assert_eq!((whole.0, whole.1, &whole.2), (cut.0, cut.1, &cut.2));
    assert!(cut.3 > 100);
}

/// A list of the squares below the parameter, built in place.
fn squares() -> Function {
    function(
        (1, 0),
        Some(Bank::Value),
        &[
            I::NewInts { to: r(0), items: window(0, 0) },
            I::LoadInt { to: r(1), value: 0 },
            I::JumpAtMostInt { a: r(0), b: r(1), target: 6 },
            I::MulInt { to: r(2), a: r(1), b: r(1) },
            I::PushInt { list: r(0), a: r(2) },
            I::NextBelow { i: r(1), end: r(0), target: 3 },
            I::ReturnV { a: r(0) },
        ],
    )
}

#[test]
fn lists_grow_in_place() {
    let list = result_of(program(vec![calling(&[5], Bank::Value), squares()]));
    assert_eq!(list, Value::list([0, 1, 4, 9, 16].map(Value::Int)));
    assert!(matches!(&list, Value::List(it) if matches!(**it, List::Ints(_))));
}

#[test]
fn what_is_copied_does_not_change_with_the_original() {
    let code = [
        I::LoadInt { to: r(0), value: 1 },
        I::NewInts { to: r(0), items: window(0, 1) },
        I::CopyV { to: r(1), a: r(0) },
        I::LoadInt { to: r(1), value: 9 },
        I::LoadInt { to: r(2), value: 0 },
        I::SetItemInt { list: r(0), i: r(2), a: r(1) },
        I::NewValues { to: r(0), items: window(0, 2) },
        I::ReturnV { a: r(0) },
    ];
    let pair = result_of(program(vec![
        calling(&[], Bank::Value),
        function((0, 0), Some(Bank::Value), &code),
    ]));
    assert_eq!(pair.to_string(), "[[9], [1]]");
}

fn divides() -> Vec<I> {
    vec![
        I::LoadInt { to: r(1), value: 0 },
        I::DivInt { to: r(0), a: r(0), b: r(1) },
        I::ReturnS { a: r(0) },
    ]
}

#[test]
fn a_fault_is_caught_in_the_function_that_calls() {
    let mut catching = function(
        (1, 0),
        Some(Bank::Value),
        &[
            I::CallS { s: window(0, 1), v: window(1, 0), function: id(2) },
            I::BoxInt { to: r(0), a: r(0) },
            I::ReturnV { a: r(0) },
            I::ReturnV { a: r(5) },
        ],
    );
    catching.handlers = vec![Handler { start: 0, end: 1, target: 3, error: r(5) }];
    let dividing = function((1, 0), Some(Bank::Scalar), &divides());
    let error = result_of(program(vec![calling(&[1], Bank::Value), catching, dividing]));
    let Value::Record(error) = error else { panic!("{error}") };
    assert_eq!(error.get("code"), Some(&Value::text("division-by-zero")));
}

#[test]
fn a_fault_that_nothing_catches_says_where_it_came_by() {
    let dividing = function((1, 0), Some(Bank::Scalar), &divides());
    let trace = fault_of(program(vec![calling(&[1], Bank::Scalar), dividing]), Limits::default());
    assert!(trace.fault.is(Code::DivisionByZero));
    assert_eq!(trace.frames.len(), 2);
}

#[test]
fn steps_memory_and_depth_are_limited() {
    let forever = function((0, 0), None, &[I::Repeat { target: 0 }]);
    let limits = Limits { steps: 1000, ..Limits::default() };
    assert!(fault_of(program(vec![forever]), limits).fault.is(Code::Limit));

    let deep = function(
        (0, 0),
        None,
        &[I::CallV { s: window(1, 0), v: window(1, 0), function: id(0) }, I::Return {}],
    );
    let trace = fault_of(program(vec![deep]), Limits { depth: 50, ..Limits::default() });
    assert!(trace.fault.message.contains("50 calls"));
    assert_eq!(trace.frames.len(), 50);

    let hungry = function(
        (0, 0),
        None,
        &[
            I::NewValues { to: r(0), items: window(0, 0) },
            I::CopyV { to: r(1), a: r(0) },
            I::Push { list: r(0), a: r(1) },
            I::Repeat { target: 1 },
        ],
    );
    let limits = Limits { memory: 1 << 20, ..Limits::default() };
    let trace = fault_of(program(vec![hungry]), limits);
    assert!(trace.fault.message.contains("memory"), "{}", trace.fault);
}

#[test]
fn garbage_does_not_count() {
    let code = [
        I::LoadInt { to: r(0), value: 0 },
        I::LoadInt { to: r(1), value: 10_000 },
        I::NewInts { to: r(0), items: window(0, 2) },
        I::NextBelow { i: r(0), end: r(1), target: 2 },
        I::Effect { to: r(0), args: window(0, 1), effect: U24::default() },
        I::Return {},
    ];
    let limits = Limits { memory: 20_000, ..Limits::default() };
    let mut machine = machine(program(vec![function((0, 0), None, &code)]), limits);
    assert!(matches!(machine.step(u64::MAX), Step::Effect(_)));
}

#[test]
fn the_library_is_called_and_the_world_answers() {
    let code = [
        I::LoadInt { to: r(0), value: 21 },
        I::BoxInt { to: r(3), a: r(0) },
        I::NativeS { to: r(1), args: window(3, 1), native: U24::default() },
        I::BoxInt { to: r(2), a: r(1) },
        I::Effect { to: r(0), args: window(2, 1), effect: U24::default() },
        I::Effect { to: r(1), args: window(0, 1), effect: U24::default() },
        I::Return {},
    ];
    let mut machine = machine(program(vec![function((0, 0), None, &code)]), Limits::default());
    let Step::Effect(first) = machine.step(u64::MAX) else { panic!() };
    assert_eq!(first.args, [Value::Int(42)]);
    assert!(matches!(machine.step(u64::MAX), Step::Waiting));
    machine.resume(first.fiber, Ok(Value::text("yes")));
    let Step::Effect(second) = machine.step(u64::MAX) else { panic!() };
    assert_eq!(second.args, [Value::text("yes")]);
    assert_eq!((first.key.to_string(), second.key.to_string()), ("0".into(), "1".into()));
    machine.resume(second.fiber, Ok(Value::Null));
    assert!(matches!(machine.step(u64::MAX), Step::Done(Value::Null)));
}

/// Asks the world for each of three items, two at a time, and hands out a list of the answers.
fn asks_in_parallel() -> Program {
    let body = [
        I::CopyV { to: r(1), a: r(0) },
        I::Effect { to: r(2), args: window(1, 1), effect: U24::default() },
        I::ReturnV { a: r(2) },
    ];
    let code = [
        I::LoadInt { to: r(0), value: 10 },
        I::LoadInt { to: r(1), value: 20 },
        I::LoadInt { to: r(2), value: 30 },
        I::NewInts { to: r(0), items: window(0, 3) },
        I::Closure { to: r(1), captures: window(0, 0), function: id(1) },
        I::LoadInt { to: r(0), value: 2 },
        I::Parallel { to: r(2), body: r(1), items: r(0), limit: r(0) },
        I::Effect { to: r(3), args: window(2, 1), effect: U24::default() },
        I::Return {},
    ];
    program(vec![function((0, 0), None, &code), function((0, 1), Some(Bank::Value), &body)])
}

/// Answers effects in the order that `choose` picks among the waiting ones; gives what the run handed out last.
fn answer_all(choose: impl Fn(usize) -> usize) -> (Vec<String>, Option<Value>) {
    let mut machine = machine(asks_in_parallel(), Limits::default());
    let (mut waiting, mut keys, mut last): (Vec<Effect>, _, _) = (vec![], vec![], None);
    loop {
        match machine.step(u64::MAX) {
            Step::Effect(effect) => waiting.push(effect),
            Step::Waiting => {
                let effect = waiting.remove(choose(waiting.len()));
                keys.push(effect.key.to_string());
                last = effect.args.first().cloned();
                let answer = match &effect.args[0] {
                    Value::Int(it) => Ok(Value::Int(it + 1)),
                    other => Ok(other.clone()),
                };
                machine.resume(effect.fiber, answer);
            }
            Step::Done(_) => {
                keys.sort();
                return (keys, last);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn parallel_bodies_give_the_same_in_whatever_order_the_world_answers() {
    let (keys, last) = answer_all(|_| 0);
    assert_eq!(last, Some(Value::list([11, 21, 31].map(Value::Int))));
    assert_eq!(keys, ["0", "0.0/0", "0.1/0", "0.2/0"]);
    assert_eq!(answer_all(|waiting| waiting - 1), (keys, last));
}

#[test]
fn the_first_failing_item_is_the_error_of_a_parallel() {
    let mut machine = machine(asks_in_parallel(), Limits::default());
    let mut waiting = vec![];
    while let Step::Effect(effect) = machine.step(u64::MAX) {
        waiting.push(effect);
    }
    assert_eq!(waiting.len(), 2);
    for effect in waiting.into_iter().rev() {
        assert!(matches!(machine.step(u64::MAX), Step::Waiting));
        let message = format!("item {}", effect.args[0]);
        machine.resume(effect.fiber, Err(Fault::argument(message)));
    }
    let Step::Fault(trace) = machine.step(u64::MAX) else { panic!() };
    assert_eq!(trace.fault.message, "item 10");
    assert_eq!(trace.frames.len(), 2);
}

#[test]
fn closures_bring_their_variables() {
    let adds = Function {
        captures: vec![Bank::Scalar],
        ..function(
            (1, 0),
            Some(Bank::Scalar),
            &[I::AddInt { to: r(0), a: r(0), b: r(1) }, I::ReturnS { a: r(0) }],
        )
    };
    let code = [
        I::LoadInt { to: r(0), value: 5 },
        I::BoxInt { to: r(0), a: r(0) },
        I::Closure { to: r(0), captures: window(0, 1), function: id(2) },
        I::LoadInt { to: r(0), value: 37 },
        I::CallClosureS { closure: r(0), s: window(0, 1), v: window(1, 0) },
        I::ReturnS { a: r(0) },
    ];
    let functions =
        vec![calling(&[], Bank::Scalar), function((0, 0), Some(Bank::Scalar), &code), adds];
    assert_eq!(result_of(program(functions)), Value::Int(42));
}

#[test]
fn far_registers_keep_what_they_hold() {
    let code = [
        I::StoreFarS { far: 1, a: r(0) },
        I::LoadInt { to: r(0), value: 0 },
        I::LoadFarS { to: r(2), far: 1 },
        I::ReturnS { a: r(2) },
    ];
    let far = Function {
        far: Counts { scalars: 2, values: 1 },
        ..function((1, 0), Some(Bank::Scalar), &code)
    };
    assert_eq!(result_of(program(vec![calling(&[9], Bank::Scalar), far])), Value::Int(9));
}

#[test]
fn a_value_of_another_kind_is_a_fault_and_nothing_else() {
    let code = [
        I::LoadConstant { to: r(0), constant: 0 },
        I::GetFieldInt { to: r(0), a: r(0), slot: 3 },
        I::Return {},
    ];
    let trace = fault_of(program(vec![function((0, 0), None, &code)]), Limits::default());
    assert!(trace.fault.message.contains("damaged"), "{}", trace.fault);
}
