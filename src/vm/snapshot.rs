//! The state of a machine that waits, as bytes, and back.
//!
//! A snapshot is a cache of the replay and nothing more: it carries the digest of the state that it was taken of, and one that does
//! not lead to the same digest again is refused. There is none of a machine that is not waiting.

use std::rc::Rc;

use super::effect::{CallKey, Effect, FiberId};
use super::fiber::{Entered, Fiber, Frame, State};
use super::machine::Machine;
use super::parallel::Join;
use crate::bytecode::operand::{FunctionId, REGISTERS_MAX, Register, U24};
use crate::bytecode::program::Position;
use crate::value::wire::{Corrupt, Reader, Scope, Writer};
use crate::value::{Fault, Value};

/// Changes with whatever a snapshot holds.
const FORM: i64 = 1;

type Read<T> = Result<T, Corrupt>;

impl Machine {
    /// The state of the machine, which waits for these calls. Nothing where it cannot be written down.
    #[must_use]
    pub fn snapshot(&self, waiting: &[Effect]) -> Option<Vec<u8>> {
        let mut out = Out(Writer::new(Scope::Machine));
        self.write(&mut out, waiting).ok()?;
        Some(out.0.finish())
    }

    /// Becomes what a snapshot was taken of, and gives the calls that it waits for.
    ///
    /// # Errors
    /// Where the snapshot is damaged, of another version, of another program, or holds a secret. The machine is then as it was.
    pub fn restore(&mut self, snapshot: &[u8]) -> Read<Vec<Effect>> {
        let mut from = From(Reader::new(snapshot));
        if from.int()? != FORM {
            return Err(Corrupt);
        }
        let digest = from.value()?;
        let steps_left = from.number()?;
        let run = from.list()?;
        let free = from.list()?.iter().map(|it| Ok(FiberId(number(it)?))).collect::<Read<_>>()?;
        let count: usize = from.number()?;
        let fibers = (0..count).map(|_| from.fiber(self)).collect::<Read<Vec<_>>>()?;
        let count: usize = from.number()?;
        let waiting = (0..count).map(|_| from.effect()).collect::<Read<Vec<_>>>()?;
        let before = std::mem::replace(&mut self.fibers, fibers);
        if digest != Value::bytes(self.digest().to_vec()) || !self.waits_for(&waiting) {
            self.fibers = before;
            return Err(Corrupt);
        }
        (self.steps_left, self.core.run, self.free) = (steps_left, run, free);
        self.ready.clear();
        self.measure();
        Ok(waiting)
    }

    fn write(&self, out: &mut Out, waiting: &[Effect]) -> Result<(), Fault> {
        out.int(FORM)?;
        out.0.push(&Value::bytes(self.digest().to_vec()))?;
        out.number(self.steps_left)?;
        out.0.push(&Value::list(self.core.run.iter().cloned()))?;
        out.0.push(&Value::list(self.free.iter().map(|it| Value::Int(it.0.into()))))?;
        out.number(self.fibers.len() as u64)?;
        for fiber in &self.fibers {
            match fiber {
                Some(fiber) => out.fiber(fiber)?,
                None => out.0.push(&Value::Null)?,
            }
        }
        out.number(waiting.len() as u64)?;
        waiting.iter().try_for_each(|it| out.effect(it))
    }

    /// Whether each of the calls has a fiber that waits for its answer, and there is something to go on with.
    fn waits_for(&self, waiting: &[Effect]) -> bool {
        let sites = self.program().effects.len();
        let waits = |effect: &Effect| {
            let fiber = self.fibers.get(effect.fiber.0 as usize).and_then(Option::as_ref);
            fiber.is_some_and(|it| matches!(it.state, State::Waits(_))) && effect.site.get() < sites
        };
        !waiting.is_empty() && waiting.iter().all(waits)
    }
}

/// A machine that does something else than wait has no snapshot.
fn busy() -> Fault {
    Fault::argument("only a machine that waits can be written down")
}

struct Out(Writer);

impl Out {
    fn int(&mut self, n: i64) -> Result<(), Fault> {
        self.0.push(&Value::Int(n))
    }

    fn number(&mut self, n: u64) -> Result<(), Fault> {
        self.int(i64::from_ne_bytes(n.to_ne_bytes()))
    }

    fn ints(&mut self, items: impl IntoIterator<Item = u64>) -> Result<(), Fault> {
        let items = items.into_iter().map(|it| Value::Int(i64::from_ne_bytes(it.to_ne_bytes())));
        self.0.push(&Value::list(items))
    }

    fn key(&mut self, key: &CallKey) -> Result<(), Fault> {
        self.ints(key.path.iter().flat_map(|(a, b)| [u64::from(*a), u64::from(*b)]))?;
        self.number(key.number)
    }

    fn fiber(&mut self, fiber: &Fiber) -> Result<(), Fault> {
        self.key(&fiber.key)?;
        self.number(fiber.parallels.into())?;
        self.ints(fiber.parent.iter().flat_map(|(id, at)| [u64::from(id.0), u64::from(*at)]))?;
        self.ints(fiber.frames.iter().flat_map(|it| {
            [it.function.at() as u64, it.pc.into(), it.scalars.into(), it.values.into()]
        }))?;
        self.number(fiber.scalars.len() as u64)?;
        let used = fiber.scalars.iter().rposition(|it| *it != 0).map_or(0, |at| at + 1);
        self.ints(fiber.scalars[..used].iter().copied())?;
        self.number(fiber.values.len() as u64)?;
        let used = fiber.values.iter().rposition(|it| !it.is_null()).map_or(0, |at| at + 1);
        self.number(used as u64)?;
        fiber.values[..used].iter().try_for_each(|it| self.0.push(it))?;
        match &fiber.state {
            State::Waits(to) => self.ints([to.at() as u64]),
            State::Joins(join) => self.join(join),
            State::Ready | State::Answered(..) => Err(busy()),
        }
    }

    fn join(&mut self, join: &Join) -> Result<(), Fault> {
        if join.failed.is_some() {
            return Err(busy());
        }
        let Join { to, body, number, items, next, count, running, limit, results, failed: _ } =
            join;
        let numbers = [number, next, count, running, limit].map(|it| u64::from(*it));
        self.ints(numbers.into_iter().chain([to.at() as u64]))?;
        self.0.push(&Value::Closure(Rc::clone(body)))?;
        self.0.push(items)?;
        results.iter().try_for_each(|it| self.0.push(it))
    }

    fn effect(&mut self, effect: &Effect) -> Result<(), Fault> {
        self.key(&effect.key)?;
        let at = effect.at;
        let site = effect.site.get() as u64;
        let place = [at.file, at.line, at.column].map(u64::from);
        self.ints([u64::from(effect.fiber.0), site].into_iter().chain(place))?;
        self.0.push(&Value::list(effect.args.iter().cloned()))
    }
}

struct From<'b>(Reader<'b>);

fn number<T: TryFrom<u64>>(value: &Value) -> Read<T> {
    let Value::Int(n) = value else { return Err(Corrupt) };
    T::try_from(u64::from_ne_bytes(n.to_ne_bytes())).map_err(|_| Corrupt)
}

impl From<'_> {
    fn value(&mut self) -> Read<Value> {
        self.0.next(&|_| None)
    }

    fn int(&mut self) -> Read<i64> {
        match self.value()? {
            Value::Int(n) => Ok(n),
            _ => Err(Corrupt),
        }
    }

    fn number<T: TryFrom<u64>>(&mut self) -> Read<T> {
        number(&self.value()?)
    }

    fn list(&mut self) -> Read<Vec<Value>> {
        match self.value()? {
            Value::List(items) => Ok(items.iter().collect()),
            _ => Err(Corrupt),
        }
    }

    fn numbers<T: TryFrom<u64>>(&mut self) -> Read<Vec<T>> {
        self.list()?.iter().map(number).collect()
    }

    fn key_of(&mut self, path: &Value) -> Read<CallKey> {
        let Value::List(path) = path else { return Err(Corrupt) };
        let path = path.iter().map(|it| number(&it)).collect::<Read<Vec<u32>>>()?;
        let path = path.chunks_exact(2).map(|it| (it[0], it[1])).collect();
        Ok(CallKey { path, number: self.number()? })
    }

    fn fiber(&mut self, machine: &Machine) -> Read<Option<Box<Fiber>>> {
        let path = self.value()?;
        if path.is_null() {
            return Ok(None);
        }
        let key = self.key_of(&path)?;
        let parallels = self.number()?;
        let parent = match self.numbers()?.as_slice() {
            [] => None,
            [id, at] => Some((FiberId(*id), *at)),
            _ => return Err(Corrupt),
        };
        let frames = self.numbers::<u32>()?;
        let frames =
            frames.chunks_exact(4).map(|it| frame(it, machine)).collect::<Read<Vec<_>>>()?;
        let (scalars, values) = (self.scalars()?, self.values()?);
        let last = frames.last().ok_or(Corrupt)?;
        let reaches = |start: u32, length: usize| start as usize + REGISTERS_MAX <= length;
        if !reaches(last.scalars, scalars.len()) || !reaches(last.values, values.len()) {
            return Err(Corrupt);
        }
        let state = self.state()?;
        Ok(Some(Box::new(Fiber { frames, scalars, values, key, parallels, state, parent })))
    }

    fn scalars(&mut self) -> Read<Vec<u64>> {
        let length = self.length()?;
        let mut scalars = self.numbers::<u64>()?;
        if scalars.len() > length {
            return Err(Corrupt);
        }
        scalars.resize(length, 0);
        Ok(scalars)
    }

    fn values(&mut self) -> Read<Vec<Value>> {
        let length = self.length()?;
        let used: usize = self.number()?;
        if used > length {
            return Err(Corrupt);
        }
        let mut values = (0..used).map(|_| self.value()).collect::<Read<Vec<_>>>()?;
        values.resize(length, Value::Null);
        Ok(values)
    }

    /// How many registers a bank has: no more than calls can be open.
    fn length(&mut self) -> Read<usize> {
        const REGISTERS_IN_ALL: usize = 1 << 28;
        self.number().ok().filter(|it| *it <= REGISTERS_IN_ALL).ok_or(Corrupt)
    }

    fn state(&mut self) -> Read<State> {
        let register = |n: u32| u8::try_from(n).map(Register).map_err(|_| Corrupt);
        match *self.numbers::<u32>()?.as_slice() {
            [to] => Ok(State::Waits(register(to)?)),
            [number, next, count, running, limit, to] => {
                let Value::Closure(body) = self.value()? else { return Err(Corrupt) };
                let items = self.value()?;
                let results = (0..count).map(|_| self.value()).collect::<Read<_>>()?;
                let to = register(to)?;
                let failed = None;
                let join =
                    Join { to, body, number, items, next, count, running, limit, results, failed };
                Ok(State::Joins(Box::new(join)))
            }
            _ => Err(Corrupt),
        }
    }

    fn effect(&mut self) -> Read<Effect> {
        let path = self.value()?;
        let key = self.key_of(&path)?;
        let numbers = self.numbers::<u32>()?;
        let [fiber, site, file, line, column] = *numbers.as_slice() else { return Err(Corrupt) };
        let site = U24::new(site as usize).ok_or(Corrupt)?;
        let at = Position { file, line, column };
        Ok(Effect { fiber: FiberId(fiber), key, site, args: self.list()?, at })
    }
}

/// A frame of a function that the program has, at a place that it has.
fn frame(parts: &[u32], machine: &Machine) -> Read<Frame> {
    let [function, pc, scalars, values] = *parts else { return Err(Corrupt) };
    let id = FunctionId::new(function as usize).ok_or(Corrupt)?;
    let known = machine.program().functions.get(function as usize).ok_or(Corrupt)?;
    if pc as usize > known.code.len() || scalars > 1 << 28 || values > 1 << 28 {
        return Err(Corrupt);
    }
    Ok(Frame { function: Entered::new(id), pc, scalars, values })
}
