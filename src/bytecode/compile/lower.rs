//! The state of the walk: the function being written, the variables in scope, and where control may leave to.

use rustc_hash::FxHashMap;

use super::builder::{Builder, Ins, Reg};
use super::entry;
use super::shared::{Job, Shared};
use super::types::{self, TypeArgs, bank};
use super::virtual_fn::{Label, Virtual};
use crate::bytecode::operand::Bank;
use crate::bytecode::program::{Program, SEMANTICS};
use crate::check::checked::{Tables, Valid};
use crate::check::types::Type;
use crate::source::Span;
use crate::syntax::tree::{Closure, Expr, NodeId};

/// Compiles a task: its body is function 0. With tests it is another program, which only `taskc test` sees.
pub(super) fn program(valid: Valid<'_>, tests: Tests) -> Program {
    let program = Program { semantics: SEMANTICS, ..Program::default() };
    let mut shared = Shared::new(valid, program);
    entry::task(&mut shared);
    if tests == Tests::Included {
        entry::tests(&mut shared);
    }
    shared.declared_tables();
    shared.write_and_place();
    super::targets::write_down(&mut shared);
    shared.program
}

/// Whether the tests of the task's file are part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tests {
    /// They are.
    Included,
    /// They are not: an edit of a test is no other version of the task.
    LeftOut,
}

/// A kept variable in a test that mentions some.
#[derive(Clone, Debug)]
pub(super) struct Tested {
    /// Its place among the task's.
    pub(super) number: u32,
    /// What it holds in the test.
    pub(super) register: Reg,
    /// Its type.
    pub(super) ty: Type,
    /// What it held when the test began.
    pub(super) before: Virtual,
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Out {
    /// A scalar register.
    Scalar(Virtual),
    /// A value register that nobody else needs: it may be moved out of.
    Owned(Virtual),
    /// A value register that a variable lives in: it is copied where it is to be kept.
    Borrowed(Virtual),
    /// There is no value: a call without a result, or code that is never reached.
    Nothing,
}

/// A variable.
#[derive(Clone, Debug)]
pub(super) enum Local<'p> {
    /// It lives in a register.
    Register(Reg, Type),
    /// A closure literal that a function of the library was given: calls of it are written in place.
    Closure {
        /// The closure.
        closure: &'p Closure,
        /// The closure expression's node.
        id: NodeId,
        /// The context that it was written in.
        context: usize,
    },
}

/// What the walk knows about the declaration that it is in; inlining puts several into one function.
pub(super) struct Context<'p> {
    /// The declaration's side tables.
    pub(super) tables: &'p Tables,
    /// What type parameters stand for.
    pub(super) type_args: TypeArgs,
    /// The variables.
    locals: FxHashMap<NodeId, Local<'p>>,
    /// The context whose variables are seen, too: of a closure, where it was written.
    parent: Option<usize>,
    /// Where `return` goes.
    pub(super) returns: Returns,
}

/// Where `return` goes.
#[derive(Clone, Debug)]
pub(super) enum Returns {
    /// Out of the function.
    Function(Type),
    /// To the end of what was inlined, the value in the register.
    Inlined {
        /// The end.
        end: Label,
        /// Where the value goes.
        result: Option<Reg>,
        /// What the value is widened to.
        ty: Type,
        /// How many exits were open around it.
        exits: usize,
    },
}

/// Something that is done when control leaves a construct other than at its end.
#[derive(Clone, Debug)]
pub(super) enum Exit {
    /// A loop: where `break` and `continue` go.
    Loop {
        /// Where `continue` goes.
        next: Label,
        /// Where `break` goes.
        end: Label,
    },
    /// Rows that are being read: the reading ends.
    Stream(Virtual),
    /// A transaction: it is committed.
    Transaction(ecow::EcoString),
    /// What was inlined: `break` and `continue` do not look further.
    Inlined,
}

/// Writes one function.
pub(super) struct Lower<'s, 'p> {
    /// The program.
    pub(super) shared: &'s mut Shared<'p>,
    /// The code.
    pub(super) builder: Builder,
    contexts: Vec<Context<'p>>,
    here: usize,
    /// What is left on the way out, the innermost last.
    pub(super) exits: Vec<Exit>,
    /// How many `try` blocks are around.
    pub(super) tries: u32,
    /// How many calls are inlined into each other here.
    pub(super) inlined: u32,
    /// In the task's body: the kept variables, which are given back at its end.
    pub(super) kept: Option<Vec<(Reg, Type)>>,
    /// In a test that mentions kept variables: all of them.
    pub(super) tested: Vec<Tested>,
    /// Queries over groups that are being written, the innermost last.
    pub(super) groups: Vec<super::list_query::Group>,
}

impl<'s, 'p> Lower<'s, 'p> {
    /// An empty function in a declaration.
    pub(super) fn new(
        shared: &'s mut Shared<'p>,
        name: String,
        tables: &'p Tables,
        type_args: TypeArgs,
        result: Type,
    ) -> Self {
        let builder = Builder::new(name, bank(&result));
        let context = Context {
            tables,
            type_args,
            locals: FxHashMap::default(),
            parent: None,
            returns: Returns::Function(result),
        };
        Self {
            shared,
            builder,
            contexts: vec![context],
            here: 0,
            exits: Vec::new(),
            tries: 0,
            inlined: 0,
            kept: None,
            tested: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// Writes the function of a job.
    pub(super) fn job(
        shared: &'s mut Shared<'p>,
        job: Job<'p>,
    ) -> super::virtual_fn::VirtualFunction {
        match job {
            Job::Fn { function, tables, type_args, name } => {
                Self::function(shared, function, tables, type_args, name)
            }
            Job::Closure { closure, tables, type_args, captures, result, params } => {
                let mut lower = Self::new(shared, "closure".to_owned(), tables, type_args, result);
                lower.closure_function(closure, &captures, &params);
                lower.builder.finish()
            }
            Job::Body(body) => super::parallel::function(shared, body),
            Job::Forward { target, params, result, type_args } => {
                super::closure::forward(shared, &target, &params, result, &type_args)
            }
        }
    }

    fn function(
        shared: &'s mut Shared<'p>,
        function: &'p crate::syntax::tree::Fn,
        tables: &'p Tables,
        type_args: TypeArgs,
        name: String,
    ) -> super::virtual_fn::VirtualFunction {
        let result = super::inline::result_type(function, tables, &type_args);
        let mut lower = Self::new(shared, name, tables, type_args, result.clone());
        for param in &function.params {
            let ty = lower.ty(param.id);
            let register = lower.builder.param(bank(&ty).unwrap_or(Bank::Value));
            lower.bind(param.id, register, ty);
        }
        lower.function_body(function, &result);
        lower.builder.finish()
    }

    /// Writes an instruction.
    pub(super) fn emit(&mut self, instruction: Ins) {
        self.builder.emit(instruction);
    }

    /// What is written by `write` stands for a place of the source.
    pub(super) fn spanned<T>(&mut self, span: Span, write: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.builder.span();
        self.builder.at(span);
        let result = write(self);
        self.builder.at(outer);
        result
    }

    /// The context of the walk.
    pub(super) fn context(&self) -> &Context<'p> {
        &self.contexts[self.here]
    }

    /// The number of the context of the walk.
    pub(super) fn context_id(&self) -> usize {
        self.here
    }

    /// The side tables here.
    pub(super) fn tables(&self) -> &'p Tables {
        self.contexts[self.here].tables
    }

    /// Walks in a new context: that of an inlined function, of a closure (`parent` is where it was written), of a constant.
    pub(super) fn within<T>(
        &mut self,
        tables: &'p Tables,
        type_args: TypeArgs,
        parent: Option<usize>,
        returns: Returns,
        walk: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.contexts.push(Context {
            tables,
            type_args,
            locals: FxHashMap::default(),
            parent,
            returns,
        });
        let outer = std::mem::replace(&mut self.here, self.contexts.len() - 1);
        let result = walk(self);
        self.here = outer;
        result
    }

    /// Walks in a context that exists.
    pub(super) fn back_in<T>(&mut self, context: usize, walk: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.here, context);
        let result = walk(self);
        self.here = outer;
        result
    }

    /// The type of a node, type arguments put in and names opened.
    pub(super) fn ty(&self, id: NodeId) -> Type {
        let context = self.context();
        let ty = types::substitute(&context.tables.types[id.0 as usize], &context.type_args);
        self.shared.open(&ty)
    }

    /// A type of the side tables, type arguments put in and names opened.
    pub(super) fn resolved(&self, ty: &Type) -> Type {
        self.shared.open(&types::substitute(ty, &self.context().type_args))
    }

    /// The type that an expression's value has where it is used: widened.
    pub(super) fn final_ty(&self, expr: &Expr) -> Type {
        match self.tables().coercions.get(&expr.id) {
            Some(ty) => self.resolved(ty),
            None => self.ty(expr.id),
        }
    }

    /// Makes a variable that lives in a register.
    pub(super) fn bind(&mut self, id: NodeId, register: Reg, ty: Type) {
        self.contexts[self.here].locals.insert(id, Local::Register(register, ty));
    }

    /// Makes a variable that stands for a closure literal.
    pub(super) fn bind_closure(
        &mut self,
        id: NodeId,
        closure: &'p Closure,
        node: NodeId,
        context: usize,
    ) {
        self.contexts[self.here].locals.insert(id, Local::Closure { closure, id: node, context });
    }

    /// The variable of a binding, looked for outwards from here.
    pub(super) fn local(&self, id: NodeId) -> Local<'p> {
        self.find_local(id).expect("the checker resolves names to variables in scope")
    }

    /// The register and type of a variable that is in scope already, closure literals aside.
    pub(super) fn variable_if_bound(&self, id: NodeId) -> Option<(Reg, Type)> {
        match self.find_local(id)? {
            Local::Register(register, ty) => Some((register, ty)),
            Local::Closure { .. } => None,
        }
    }

    fn find_local(&self, id: NodeId) -> Option<Local<'p>> {
        let mut at = self.here;
        loop {
            if let Some(local) = self.contexts[at].locals.get(&id) {
                return Some(local.clone());
            }
            at = self.contexts[at].parent?;
        }
    }

    /// A register for a value of this type.
    pub(super) fn register(&mut self, ty: &Type) -> Reg {
        self.builder.register(bank(ty).unwrap_or(Bank::Value))
    }
}
