//! Functions and closures written where they are called.
//!
//! The library's functions over lists take closures; written in place together with the closure, `rows.filter(…)` is
//! a loop without a single call. Small functions of the project are written in place, too.

use super::builder::Reg;
use super::call::{Argument, Arguments};
use super::expr::out_of;
use super::lower::{Exit, Lower, Out, Returns};
use super::shared::Callee;
use super::types::{TypeArgs, bank, substitute};
use crate::bytecode::operand::Bank;
use crate::check::checked::{Resolution, Tables, Target};
use crate::check::types::{DeclId, Type};
use crate::syntax::tree::{Block, Closure, Expr, ExprKind, Fn, FnBody, NodeId, Stmt, StmtKind};
use crate::syntax::walk::{self, Node};

/// How deep calls are written into each other.
const DEPTH_MAX: u32 = 6;

/// A function of at most so many expressions is written in place.
const SMALL: usize = 24;

impl<'p> Lower<'_, 'p> {
    /// Whether a call of this function is better written in place.
    pub(super) fn worth_inlining(&self, callee: &Callee, arguments: &Arguments<'p>) -> bool {
        if self.inlined >= DEPTH_MAX {
            return false;
        }
        let source = self.shared.source_of(callee);
        let FnBody::Block(body) = &source.function.body else { return false };
        match callee {
            Callee::Library(_) => {
                let given_closure = arguments.each.iter().any(|it| self.is_known_closure(it));
                given_closure || is_small(body, source.tables, None)
            }
            // One that calls itself is written in place once: the calls in it are calls.
            Callee::Project(id) => {
                is_small(body, source.tables, (self.inlined == 0).then_some(*id))
            }
        }
    }

    fn is_known_closure(&self, argument: &Argument<'p>) -> bool {
        match argument {
            Argument::Given(expr) => self.known_closure(expr).is_some(),
            Argument::Ready(..) | Argument::Default(_) => false,
        }
    }

    /// The closure literal that an expression is, or that a parameter of something inlined stands for.
    pub(super) fn known_closure(&self, expr: &'p Expr) -> Option<(&'p Closure, NodeId, usize)> {
        match &expr.kind {
            ExprKind::Closure(closure) => Some((closure, expr.id, self.context_id())),
            ExprKind::Name(_) => match self.tables().names.get(&expr.id) {
                Some(Resolution::Local(binding)) => match self.local(*binding) {
                    super::lower::Local::Closure { closure, id, context } => {
                        Some((closure, id, context))
                    }
                    super::lower::Local::Register(..) => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// Writes a function where it is called.
    pub(super) fn inline(&mut self, callee: &Callee, arguments: &Arguments<'p>) -> Out {
        let source = self.shared.source_of(callee);
        let (function, tables) = (source.function, source.tables);
        let type_args = source.bind(&arguments.type_args);
        let result_ty = self.shared.open(&result_type(function, tables, &type_args));
        let bound: Vec<Bound<'p>> = (0..arguments.each.len())
            .map(|at| self.bound_argument(callee, arguments, at))
            .collect();
        let result = bank(&result_ty).map(|bank| self.builder.register(bank));
        let end = self.builder.label();
        self.inlined += 1;
        self.exits.push(Exit::Inlined);
        let returns =
            Returns::Inlined { end, result, ty: result_ty.clone(), exits: self.exits.len() };
        self.within(tables, type_args, None, returns, |lower| {
            for (param, bound) in function.params.iter().zip(bound) {
                match bound {
                    Bound::Closure(closure, node, context) => {
                        lower.bind_closure(param.id, closure, node, context);
                    }
                    Bound::Register(register, ty) => lower.bind(param.id, register, ty),
                }
            }
            if let FnBody::Block(body) = &function.body {
                lower.block_into(body, result, &result_ty);
            }
        });
        self.exits.pop();
        self.inlined -= 1;
        self.builder.place(end);
        result.map_or(Out::Nothing, out_of)
    }

    fn bound_argument(
        &mut self,
        callee: &Callee,
        arguments: &Arguments<'p>,
        at: usize,
    ) -> Bound<'p> {
        if let Argument::Given(expr) = arguments.each[at]
            && let Some((closure, node, context)) = self.known_closure(expr)
        {
            return Bound::Closure(closure, node, context);
        }
        let ty = arguments.types[at].clone();
        let out = self.argument(arguments, at, callee);
        let given = self.argument_ty(arguments, at);
        let register = match bank(&ty).unwrap_or(Bank::Value) {
            Bank::Scalar => {
                // A copy: the variable may be assigned by a closure's neighbour before the parameter is read.
                let (a, to) = (self.scalar_of(out, &given), self.builder.scalar());
                self.put(Out::Scalar(a), Reg::S(to));
                Reg::S(to)
            }
            Bank::Value => Reg::V(self.owned(out, &given)),
        };
        Bound::Register(register, ty)
    }

    /// Writes a closure where it is called, with these values as its parameters.
    pub(super) fn inline_closure(
        &mut self,
        closure: &'p Closure,
        context: usize,
        arguments: Vec<(Out, Type)>,
        result_ty: &Type,
    ) -> Out {
        let result = bank(result_ty).map(|bank| self.builder.register(bank));
        let end = self.builder.label();
        self.exits.push(Exit::Inlined);
        let exits = self.exits.len();
        let (tables, type_args) =
            self.back_in(context, |it| (it.tables(), it.context().type_args.clone()));
        let returns = Returns::Inlined { end, result, ty: result_ty.clone(), exits };
        self.within(tables, type_args, Some(context), returns, |lower| {
            for (param, (out, given)) in closure.params.iter().zip(arguments) {
                let ty = lower.ty(param.id);
                let register = match bank(&ty).unwrap_or(Bank::Value) {
                    Bank::Scalar => Reg::S(lower.scalar_of(out, &given)),
                    Bank::Value => Reg::V(lower.readable(out, &given)),
                };
                lower.bind(param.id, register, ty);
            }
            lower.branch_into(&closure.body, result, result_ty);
        });
        self.exits.pop();
        self.builder.place(end);
        result.map_or(Out::Nothing, out_of)
    }

    /// The body of a function that is called.
    pub(super) fn function_body(&mut self, function: &'p Fn, result_ty: &Type) {
        let FnBody::Block(body) = &function.body else {
            unreachable!("functions without a body are natives")
        };
        self.body(body, result_ty);
    }

    /// Writes a block as the whole of a function.
    pub(super) fn body(&mut self, body: &'p Block, result_ty: &Type) {
        let result = bank(result_ty).map(|bank| self.builder.register(bank));
        self.block_into(body, result, result_ty);
        self.return_register(result);
    }
}

/// What a parameter of an inlined function stands for.
enum Bound<'p> {
    Closure(&'p Closure, NodeId, usize),
    Register(Reg, Type),
}

/// The type that a function gives, type arguments put in.
pub(super) fn result_type(function: &Fn, tables: &Tables, type_args: &TypeArgs) -> Type {
    let written = function.result.as_ref().and_then(|it| tables.type_exprs.get(&it.id));
    written.map_or(Type::Nothing, |ty| substitute(ty, type_args))
}

/// Whether a body is short and straight: an expression or a `return` of one that calls nothing of the project; or, where the function is
/// told, a few statements that call it again. Other functions of several statements stay functions, so that traces tell how a fault
/// came about.
fn is_small(body: &Block, tables: &Tables, itself: Option<DeclId>) -> bool {
    let straight = |it: &Stmt| matches!(it.kind, StmtKind::Expr(_) | StmtKind::Let(_));
    let mut count = 0;
    let mut sound = true;
    let mut calls_itself = false;
    for stmt in &body.stmts {
        walk::each_below(Node::Stmt(stmt), &mut |node| match node {
            Node::Stmt(it) => sound &= straight(it),
            Node::Expr(it) => {
                count += 1;
                sound &= match it.kind {
                    ExprKind::Call(_) if calls(tables, it.id, itself) => {
                        calls_itself = true;
                        true
                    }
                    ExprKind::Call(_) => is_library(tables, it.id),
                    ExprKind::Closure(_) | ExprKind::Query(_) | ExprKind::Try(_) => false,
                    _ => true,
                };
            }
            _ => {}
        });
    }
    sound && count <= SMALL && (body.stmts.len() == 1 || calls_itself)
}

fn calls(tables: &Tables, call: NodeId, function: Option<DeclId>) -> bool {
    let target = tables.calls.get(&call).map(|it| &it.target);
    matches!((target, function), (Some(Target::Fn(called)), Some(id)) if *called == id)
}

fn is_library(tables: &Tables, call: NodeId) -> bool {
    tables.calls.get(&call).is_some_and(|it| matches!(it.target, Target::Library(_)))
}
