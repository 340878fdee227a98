//! What the functions of one program share: its tables, and which functions are still to be written.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::lower::Lower;
use super::types::TypeArgs;
use super::virtual_fn::VirtualFunction;
use crate::bytecode::operand::{FunctionId, U24};
use crate::bytecode::program::{Constant, EffectSite, NativeSite, Position, Program, ShapeData};
use crate::check;
use crate::check::checked::{LibraryFn, Tables, Valid};
use crate::check::project::default_source;
use crate::check::types::{DeclId, Type};
use crate::source::Span;
use crate::sql::{Statement, schema};
use crate::syntax::tree::{Closure, File, Fn, Item, NodeId};
use crate::value::{DescriptorId, Shape};

/// A program in the making.
pub(super) struct Shared<'p> {
    /// What is compiled.
    pub(super) valid: Valid<'p>,
    /// What is finished of it.
    pub(super) program: Program,
    /// Functions that were called but not written yet.
    pub(super) queue: VecDeque<(FunctionId, Job<'p>)>,
    /// Functions that are written, but have no registers yet.
    finished: Vec<(FunctionId, VirtualFunction)>,
    instances: FxHashMap<Instance, FunctionId>,
    constants: FxHashMap<Constant, u32>,
    words: FxHashMap<u64, u32>,
    shapes: FxHashMap<ShapeData, u16>,
    natives: FxHashMap<NativeSite, U24>,
    descriptors: super::describe::Descriptors,
    /// The texts with holes, `*` in the place of each hole.
    pub(super) written: BTreeSet<String>,
}

/// A function to write.
pub(super) enum Job<'p> {
    /// A `fn` of the project or the library.
    Fn {
        /// The declaration.
        function: &'p Fn,
        /// Its side tables.
        tables: &'p Tables,
        /// What its type parameters stand for.
        type_args: TypeArgs,
        /// The default values of the project's tables and so on are looked up here.
        name: String,
    },
    /// A closure that is called through a value.
    Closure {
        /// The closure.
        closure: &'p Closure,
        /// The side tables of where it is written.
        tables: &'p Tables,
        /// What type parameters stand for there.
        type_args: TypeArgs,
        /// The variables that it sees, with their types.
        captures: Vec<(NodeId, Type)>,
        /// What it gives.
        result: Type,
        /// Its parameters: their nodes and types.
        params: Vec<(NodeId, Type)>,
    },
    /// The body of a `parallel` loop or query, as a function of one item.
    Body(super::parallel::Body<'p>),
    /// A function of the project or the library as a value: calls it.
    Forward {
        /// The function.
        target: Callee,
        /// What it takes and gives.
        params: Vec<Type>,
        /// What it gives.
        result: Type,
        /// Its type arguments.
        type_args: Vec<Type>,
    },
}

/// A function that has a declaration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Callee {
    /// Of the project.
    Project(DeclId),
    /// Of the library.
    Library(LibraryFn),
}

/// A function with its type arguments: what is compiled once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Instance {
    callee: Callee,
    type_args: Vec<Type>,
}

impl<'p> Shared<'p> {
    /// An empty program.
    pub(super) fn new(valid: Valid<'p>, program: Program) -> Self {
        Self {
            valid,
            program,
            queue: VecDeque::new(),
            finished: Vec::new(),
            instances: FxHashMap::default(),
            constants: FxHashMap::default(),
            words: FxHashMap::default(),
            shapes: FxHashMap::default(),
            natives: FxHashMap::default(),
            descriptors: super::describe::Descriptors::default(),
            written: BTreeSet::new(),
        }
    }

    /// Reserves the next function of the program for a job.
    pub(super) fn enqueue(&mut self, job: Job<'p>) -> FunctionId {
        let id = FunctionId::new(self.program.functions.len())
            .expect("a program has fewer than 2^24 functions");
        self.program.functions.push(crate::bytecode::program::Function::default());
        self.queue.push_back((id, job));
        id
    }

    /// Takes a function that is written.
    pub(super) fn finish(&mut self, id: FunctionId, function: VirtualFunction) {
        self.finished.push((id, function));
    }

    /// Writes all functions that are called, gives out their registers, and puts them in their places. Where there is much to do, registers
    /// are given out on other threads while functions are still being written.
    pub(super) fn write_and_place(&mut self) {
        const INSTRUCTIONS_PER_THREAD_MIN: usize = 5_000;
        let write = |hand_on: &mut dyn FnMut(usize, (FunctionId, VirtualFunction))| {
            loop {
                for (id, function) in self.finished.drain(..) {
                    hand_on(function.code.len(), (id, function));
                }
                let Some((id, job)) = self.queue.pop_front() else { break };
                let function = Lower::job(self, job);
                self.finish(id, function);
            }
        };
        let allocate = |(id, it)| (id, super::allocate::allocate(it));
        let placed = check::on_threads_as_made(INSTRUCTIONS_PER_THREAD_MIN, write, allocate);
        for (id, (mut function, spans)) in placed {
            for (at, span) in spans {
                if let Some(found) = position(self.valid, &mut self.program.files, span)
                    && function.positions.last().is_none_or(|last| last.1 != found)
                {
                    function.positions.push((at, found));
                }
            }
            self.program.functions[id.at()] = function;
        }
    }

    /// The function for these type arguments, written once.
    pub(super) fn instance(&mut self, callee: &Callee, type_args: &[Type]) -> FunctionId {
        let key = Instance { callee: callee.clone(), type_args: type_args.to_vec() };
        if let Some(id) = self.instances.get(&key) {
            return *id;
        }
        let source = self.source_of(callee);
        let job = Job::Fn {
            function: source.function,
            tables: source.tables,
            type_args: source.bind(type_args),
            name: source.name,
        };
        let id = self.enqueue(job);
        self.instances.insert(key, id);
        id
    }

    /// The declaration and side tables of a function.
    pub(super) fn source_of(&self, callee: &Callee) -> Source<'p> {
        match callee {
            Callee::Project(decl) => {
                let file = self.valid.project().file(decl.file);
                let Item::Fn(function) = &file.tree.items[decl.item as usize] else {
                    unreachable!("the checker resolves calls to functions")
                };
                let tables = &self.valid.checked().file(decl.file).tables;
                Source { function, tables, name: function.name.text.to_string() }
            }
            Callee::Library(id) => {
                let declaration = self.valid.library().function(id);
                let tables = self.valid.library().tables(id);
                Source {
                    function: declaration.function(),
                    tables,
                    name: format!("{}.{}", id.module, id.name),
                }
            }
        }
    }

    /// The tree of a file of the project.
    pub(super) fn tree(&self, decl: DeclId) -> &'p File {
        &self.valid.project().file(decl.file).tree
    }

    /// The place of a constant.
    pub(super) fn constant(&mut self, constant: Constant) -> u32 {
        let next = u32::try_from(self.program.constants.len())
            .expect("a program has fewer than 2^32 constants");
        let table = &mut self.program.constants;
        *self.constants.entry(constant).or_insert_with_key(|constant| {
            table.push(constant.clone());
            next
        })
    }

    /// The place of a text among the constants.
    pub(super) fn text(&mut self, text: &str) -> u32 {
        self.constant(Constant::Text(text.to_owned()))
    }

    /// The place of a 64-bit number.
    pub(super) fn word(&mut self, word: u64) -> u32 {
        let next =
            u32::try_from(self.program.words.len()).expect("a program has fewer than 2^32 numbers");
        let table = &mut self.program.words;
        *self.words.entry(word).or_insert_with(|| {
            table.push(word);
            next
        })
    }

    /// The place of the shape whose fields print in this order.
    pub(super) fn shape_of(&mut self, shape: &Shape) -> u16 {
        let data = ShapeData {
            slots: shape.slots.iter().map(ToString::to_string).collect(),
            order: shape.order.to_vec(),
        };
        let next = u16::try_from(self.program.shapes.len())
            .expect("a program has fewer than 2^16 record types");
        let table = &mut self.program.shapes;
        *self.shapes.entry(data).or_insert_with_key(|data| {
            table.push(data.clone());
            next
        })
    }

    /// The place of a call of the library's Rust function of this name.
    pub(super) fn native(&mut self, name: &str, arguments: u8, types: &[Type]) -> U24 {
        let descriptors = types.iter().map(|ty| self.descriptor(ty)).collect();
        let site = NativeSite { name: name.to_owned(), arguments, descriptors };
        let next = U24::new(self.program.natives.len())
            .expect("a program has fewer than 2^24 native calls");
        let table = &mut self.program.natives;
        *self.natives.entry(site).or_insert_with_key(|site| {
            table.push(site.clone());
            next
        })
    }

    /// The place of an effect.
    pub(super) fn effect(&mut self, site: EffectSite) -> U24 {
        if let Some(at) = self.program.effects.iter().position(|it| *it == site) {
            return U24::new(at).expect("it was given a number before");
        }
        let id =
            U24::new(self.program.effects.len()).expect("a program has fewer than 2^24 effects");
        self.program.effects.push(site);
        id
    }

    /// The place of a statement.
    pub(super) fn statement(&mut self, statement: &Arc<Statement>) -> u32 {
        let table = &mut self.program.statements;
        let at = table.iter().position(|it| it == statement.as_ref()).unwrap_or_else(|| {
            table.push(statement.as_ref().clone());
            table.len() - 1
        });
        u32::try_from(at).expect("a program has fewer than 2^32 statements")
    }

    /// The place of a table.
    pub(super) fn table(&mut self, schema: &schema::Table) -> u32 {
        let table = &mut self.program.tables;
        let at = table.iter().position(|it| it == schema).unwrap_or_else(|| {
            table.push(schema.clone());
            table.len() - 1
        });
        u32::try_from(at).expect("a program has fewer than 2^32 tables")
    }

    /// The source of tables and SQL where none is named.
    pub(super) fn default_source(&self) -> EcoString {
        default_source(&self.valid.project().file(self.valid.task()).tree.items)
    }

    /// The place of a type's run-time description.
    pub(super) fn descriptor(&mut self, ty: &Type) -> DescriptorId {
        let valid = self.valid;
        self.descriptors.place(ty, &mut self.program.descriptors, valid)
    }

    /// A recursive type opened until something else than a name stands there.
    pub(super) fn open(&self, ty: &Type) -> Type {
        let mut ty = ty;
        while let Type::Named(named) = ty {
            ty = self.valid.checked().expand(named);
        }
        ty.clone()
    }
}

/// A function's declaration.
pub(super) struct Source<'p> {
    /// The declaration.
    pub(super) function: &'p Fn,
    /// Its side tables.
    pub(super) tables: &'p Tables,
    /// What traces call it.
    pub(super) name: String,
}

impl Source<'_> {
    /// Its type parameters with what they stand for.
    pub(super) fn bind(&self, type_args: &[Type]) -> TypeArgs {
        let names = self.function.type_params.iter().map(|it| it.text.clone());
        let pairs: Vec<(EcoString, Type)> = names.zip(type_args.iter().cloned()).collect();
        pairs.into()
    }
}

/// Where a place of the source stands; what stands in the library has no place.
fn position(valid: Valid<'_>, files: &mut Vec<String>, span: Span) -> Option<Position> {
    let file = valid.project().files().get(span.file.0 as usize)?;
    let path = file.source.path.as_ref();
    let place = files.iter().position(|it| it == path).unwrap_or_else(|| {
        files.push(path.to_owned());
        files.len() - 1
    });
    let at = file.source.position(span.start);
    let file = u32::try_from(place).expect("fewer than 2^32 files");
    Some(Position { file, line: at.line, column: at.column })
}
