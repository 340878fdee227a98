//! Programs without meaning that check: every kind of statement and expression, in every combination that types allow.

use std::fmt::Write as _;

use crate::random::Random;

/// The types of what is generated.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ty {
    Int,
    Bool,
    Text,
    /// `[int]`
    Ints,
    /// `[text]`
    Texts,
    /// `Pair`
    Pair,
    /// `int?`
    MaybeInt,
}

const ALL: [Ty; 7] = [Ty::Int, Ty::Bool, Ty::Text, Ty::Ints, Ty::Texts, Ty::Pair, Ty::MaybeInt];

impl Ty {
    fn written(self) -> &'static str {
        match self {
            Self::Int => "int",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Ints => "[int]",
            Self::Texts => "[text]",
            Self::Pair => "Pair",
            Self::MaybeInt => "int?",
        }
    }
}

const PREAMBLE: &str = "\
type Pair = { a: int, b: text }

fn pair(a: int, b: text) -> Pair {
  return { a: a, b: b }
}

";

/// A variable that may be used.
#[derive(Clone)]
struct Var {
    name: String,
    ty: Ty,
    /// Whether it may be assigned here.
    mutable: bool,
}

/// A program.
pub(super) fn program(random: &mut Random) -> String {
    let mut generator = Generator {
        random,
        out: String::from(PREAMBLE),
        vars: Vec::new(),
        functions: Vec::new(),
        closures: Vec::new(),
        names: 0,
        indent: 0,
        in_loop: false,
        result: None,
        budget: 120,
    };
    let functions = generator.random.below(4);
    for _ in 0..functions {
        generator.function();
    }
    generator.budget = 160;
    let statements = generator.random.between(3, 14);
    for _ in 0..statements {
        generator.stmt(3);
    }
    generator.print_all();
    generator.out
}

struct Function {
    name: String,
    params: Vec<Ty>,
    result: Ty,
}

struct Generator<'r> {
    random: &'r mut Random,
    out: String,
    vars: Vec<Var>,
    functions: Vec<Function>,
    /// Variables that hold closures from int to int.
    closures: Vec<String>,
    names: u32,
    indent: usize,
    in_loop: bool,
    /// Inside of a function: what it gives.
    result: Option<Ty>,
    /// Statements that may still be made: programs end.
    budget: u32,
}

impl Generator<'_> {
    fn name(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    fn ty(&mut self) -> Ty {
        ALL[usize::try_from(self.random.below(ALL.len() as u64)).unwrap()]
    }

    fn line(&mut self, text: &str) {
        writeln!(self.out, "{:1$}{text}", "", self.indent * 2).unwrap();
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.random.below(n) == 0
    }

    fn function(&mut self) {
        let name = self.name("f");
        let params: Vec<Ty> = (0..self.random.below(4)).map(|_| self.ty()).collect();
        let result = self.ty();
        let outer = std::mem::take(&mut self.vars);
        let named: Vec<String> = params.iter().map(|_| self.name("p")).collect();
        let written: Vec<String> = named
            .iter()
            .zip(&params)
            .map(|(name, ty)| format!("{name}: {}", ty.written()))
            .collect();
        self.line(&format!("fn {name}({}) -> {} {{", written.join(", "), result.written()));
        let known = named.into_iter().zip(&params);
        self.vars = known.map(|(name, ty)| Var { name, ty: *ty, mutable: false }).collect();
        (self.indent, self.result, self.budget) = (1, Some(result), 12);
        for _ in 0..self.random.below(4) {
            self.stmt(2);
        }
        let value = self.expr(result, 3);
        self.line(&format!("return {value}"));
        (self.indent, self.result, self.vars) = (0, None, outer);
        self.closures.clear();
        self.line("}\n");
        self.functions.push(Function { name, params, result });
    }

    fn print_all(&mut self) {
        for var in self.vars.clone() {
            self.line(&format!("print(\"{0} {{{0}}}\")", var.name));
        }
    }

    fn block(&mut self, depth: u32, statements: u64) {
        let (vars, closures) = (self.vars.len(), self.closures.len());
        self.indent += 1;
        for _ in 0..self.random.between(1, statements) {
            self.stmt(depth);
        }
        self.indent -= 1;
        self.vars.truncate(vars);
        self.closures.truncate(closures);
    }

    fn stmt(&mut self, depth: u32) {
        self.budget = self.budget.saturating_sub(1);
        let simple = depth == 0 || self.budget == 0;
        match self.random.below(if simple { 6 } else { 15 }) {
            0 | 1 => self.declare(depth),
            2 => {
                let ty = self.ty();
                let value = self.expr(ty, depth + 1);
                self.line(&format!("print({value})"));
            }
            3 | 4 => self.assign(depth),
            5 => self.leave(),
            6 | 7 => self.if_else(depth),
            8 => self.for_range(depth),
            9 => self.for_list(depth),
            10 => self.while_loop(depth),
            11 => self.try_catch(depth),
            12 => self.match_stmt(depth),
            13 => self.closure(depth),
            _ => self.push(depth),
        }
    }

    fn declare(&mut self, depth: u32) {
        let (name, ty) = (self.name("v"), self.ty());
        let value = self.expr(ty, depth + 1);
        let mutable = self.one_in(2);
        let word = if mutable { "var" } else { "let" };
        self.line(&format!("{word} {name}: {} = {value}", ty.written()));
        self.vars.push(Var { name, ty, mutable });
    }

    fn pick(&mut self, wanted: impl Fn(&Var) -> bool) -> Option<Var> {
        let found: Vec<&Var> = self.vars.iter().filter(|it| wanted(it)).collect();
        let count = u64::try_from(found.len()).unwrap();
        (count > 0).then(|| found[usize::try_from(self.random.below(count)).unwrap()].clone())
    }

    fn assign(&mut self, depth: u32) {
        let Some(var) = self.pick(|it| it.mutable) else { return self.declare(depth) };
        let name = &var.name;
        match var.ty {
            Ty::Int if self.one_in(2) => {
                let op = ["+=", "-=", "*="][usize::try_from(self.random.below(3)).unwrap()];
                let value = self.expr(Ty::Int, depth);
                self.line(&format!("{name} {op} {value}"));
            }
            Ty::Ints if self.one_in(2) => {
                let (at, value) = (self.random.below(4), self.expr(Ty::Int, depth));
                let op = if self.one_in(2) { "=" } else { "+=" };
                self.line(&format!("{name}[{at}] {op} {value}"));
            }
            Ty::Texts if self.one_in(2) => {
                let (at, value) = (self.random.below(3), self.expr(Ty::Text, depth));
                let op = if self.one_in(2) { "=" } else { "+=" };
                self.line(&format!("{name}[{at}] {op} {value}"));
            }
            Ty::Pair if self.one_in(2) => {
                let (field, ty) = if self.one_in(2) { ("a", Ty::Int) } else { ("b", Ty::Text) };
                let value = self.expr(ty, depth);
                let op = if self.one_in(2) { "=" } else { "+=" };
                self.line(&format!("{name}.{field} {op} {value}"));
            }
            ty => {
                let value = self.expr(ty, depth + 1);
                self.line(&format!("{name} = {value}"));
            }
        }
    }

    /// Out of a loop or a function, under a condition, so that what follows is reached.
    fn leave(&mut self) {
        let condition = self.expr(Ty::Bool, 1);
        let result = self.result;
        let way = match (self.in_loop, result) {
            (true, _) if self.one_in(2) => "break".to_owned(),
            (true, _) => "continue".to_owned(),
            (false, Some(ty)) => format!("return {}", self.expr(ty, 1)),
            (false, None) => "print(\"here\")".to_owned(),
        };
        self.line(&format!("if {condition} {{ {way} }}"));
    }

    fn if_else(&mut self, depth: u32) {
        let condition = self.expr(Ty::Bool, depth);
        self.line(&format!("if {condition} {{"));
        self.block(depth - 1, 3);
        if self.one_in(2) {
            self.line("} else {");
            self.block(depth - 1, 3);
        }
        self.line("}");
    }

    fn looped(&mut self, depth: u32, vars: Vec<Var>) {
        let outer = std::mem::replace(&mut self.in_loop, true);
        let known = self.vars.len();
        self.vars.extend(vars);
        self.block(depth - 1, 3);
        self.vars.truncate(known);
        self.in_loop = outer;
    }

    fn for_range(&mut self, depth: u32) {
        let (name, from) = (self.name("i"), self.random.below(3));
        let (dots, to) = (if self.one_in(2) { ".." } else { "..=" }, self.random.between(1, 6));
        self.line(&format!("for {name} in {from}{dots}{to} {{"));
        self.looped(depth, vec![Var { name, ty: Ty::Int, mutable: false }]);
        self.line("}");
    }

    fn for_list(&mut self, depth: u32) {
        let (list, item) = if self.one_in(2) { (Ty::Ints, Ty::Int) } else { (Ty::Texts, Ty::Text) };
        let (name, value) = (self.name("x"), self.expr(list, depth));
        let mut vars = vec![Var { name: name.clone(), ty: item, mutable: false }];
        if self.one_in(2) {
            let index = self.name("n");
            self.line(&format!("for {index}, {name} in {value} {{"));
            vars.push(Var { name: index, ty: Ty::Int, mutable: false });
        } else {
            self.line(&format!("for {name} in {value} {{"));
        }
        self.looped(depth, vars);
        self.line("}");
    }

    /// Counts first, so that no `continue` keeps it going for ever.
    fn while_loop(&mut self, depth: u32) {
        let (name, turns) = (self.name("w"), self.random.between(1, 5));
        self.line(&format!("var {name} = 0"));
        self.line(&format!("while {name} < {turns} {{"));
        self.line(&format!("  {name} += 1"));
        self.looped(depth, vec![Var { name, ty: Ty::Int, mutable: false }]);
        self.line("}");
    }

    fn try_catch(&mut self, depth: u32) {
        self.line("try {");
        self.block(depth - 1, 3);
        if self.one_in(2) {
            let (condition, message) = (self.expr(Ty::Bool, 1), self.expr(Ty::Text, 1));
            self.line(&format!("  if {condition} {{ fail {message} }}"));
        }
        let name = self.name("e");
        if self.one_in(3) {
            self.line(&format!("}} catch {name} if {name}.code == \"fail\" {{"));
        } else {
            self.line(&format!("}} catch {name} {{"));
        }
        self.line(&format!("  print({name}.code)"));
        self.block(depth - 1, 2);
        self.line("}");
    }

    fn match_stmt(&mut self, depth: u32) {
        let subject = self.expr(Ty::Int, depth);
        self.line(&format!("match {subject} {{"));
        self.indent += 1;
        for _ in 0..self.random.between(1, 3) {
            let low = self.random.below(8);
            let pattern = match self.random.below(3) {
                0 => format!("{low}, {}", low + 9),
                1 => format!("{low}..={}", low + 3),
                _ => {
                    let (name, limit) = (self.name("m"), self.random.below(20));
                    format!("{name} if {name} > {limit}")
                }
            };
            self.line(&format!("{pattern} => {{"));
            self.block(depth - 1, 2);
            self.line("}");
        }
        self.line("else => {");
        self.block(depth - 1, 2);
        self.line("}");
        self.indent -= 1;
        self.line("}");
    }

    fn closure(&mut self, depth: u32) {
        let (name, param) = (self.name("c"), self.name("q"));
        let body = self.closure_body(&param, Ty::Int, Ty::Int, depth);
        self.line(&format!("let {name} = ({param}: int) => {body}"));
        self.closures.push(name);
    }

    /// An expression that sees one more variable, and assigns none.
    fn closure_body(&mut self, param: &str, of: Ty, gives: Ty, depth: u32) -> String {
        let known = self.vars.clone();
        for var in &mut self.vars {
            var.mutable = false;
        }
        self.vars.push(Var { name: param.to_owned(), ty: of, mutable: false });
        let body = self.expr(gives, depth.min(2));
        self.vars = known;
        // A record behind `=>` would be read as a block.
        if gives == Ty::Pair { format!("({body})") } else { body }
    }

    fn push(&mut self, depth: u32) {
        match self.pick(|it| it.mutable && it.ty == Ty::Ints) {
            Some(var) => {
                let value = self.expr(Ty::Int, depth);
                self.line(&format!("{}.push({value})", var.name));
            }
            None => self.declare(depth),
        }
    }

    fn expr(&mut self, ty: Ty, depth: u32) -> String {
        if self.one_in(2)
            && let Some(var) = self.pick(|it| it.ty == ty)
        {
            return var.name;
        }
        if depth == 0 {
            return self.literal(ty);
        }
        match self.random.below(10) {
            0 => self.if_expr(ty, depth - 1),
            1 => self.call(ty, depth - 1),
            2 => {
                let (tried, fallback) = (self.expr(ty, depth - 1), self.expr(ty, depth - 1));
                format!("(try {tried} else {fallback})")
            }
            3 => self.match_expr(ty, depth - 1),
            4 => self.literal(ty),
            _ => self.own(ty, depth - 1),
        }
    }

    fn literal(&mut self, ty: Ty) -> String {
        match ty {
            Ty::Int if self.one_in(40) => "9223372036854775807".to_owned(),
            Ty::Int => self.random.below(12).to_string(),
            Ty::Bool => ["true", "false"][usize::from(self.one_in(2))].to_owned(),
            Ty::Text => {
                let words = ["", "a", "bc", "straße", "x y"];
                format!("\"{}\"", words[usize::try_from(self.random.below(5)).unwrap()])
            }
            Ty::Ints => {
                let items: Vec<String> =
                    (0..self.random.between(1, 4)).map(|_| self.literal(Ty::Int)).collect();
                format!("[{}]", items.join(", "))
            }
            Ty::Texts => {
                let items: Vec<String> =
                    (0..self.random.between(1, 3)).map(|_| self.literal(Ty::Text)).collect();
                format!("[{}]", items.join(", "))
            }
            Ty::Pair => {
                format!("pair({}, {})", self.literal(Ty::Int), self.literal(Ty::Text))
            }
            Ty::MaybeInt if self.one_in(2) => "null".to_owned(),
            Ty::MaybeInt => self.literal(Ty::Int),
        }
    }

    fn if_expr(&mut self, ty: Ty, depth: u32) -> String {
        let condition = self.expr(Ty::Bool, depth);
        let (then, otherwise) = (self.expr(ty, depth), self.expr(ty, depth));
        format!("(if {condition} {{ {then} }} else {{ {otherwise} }})")
    }

    fn match_expr(&mut self, ty: Ty, depth: u32) -> String {
        let subject = self.expr(Ty::Int, depth);
        let (one, other) = (self.expr(ty, depth), self.expr(ty, depth));
        let low = self.random.below(6);
        format!("(match {subject} {{ {low}..{} => {one}, else => {other} }})", low + 3)
    }

    fn call(&mut self, ty: Ty, depth: u32) -> String {
        let fitting: Vec<usize> =
            (0..self.functions.len()).filter(|it| self.functions[*it].result == ty).collect();
        if fitting.is_empty() {
            if ty == Ty::Int && !self.closures.is_empty() {
                let count = u64::try_from(self.closures.len()).unwrap();
                let name =
                    self.closures[usize::try_from(self.random.below(count)).unwrap()].clone();
                return format!("{name}({})", self.expr(Ty::Int, depth));
            }
            return self.own(ty, depth);
        }
        let count = u64::try_from(fitting.len()).unwrap();
        let at = fitting[usize::try_from(self.random.below(count)).unwrap()];
        let (name, params) = (self.functions[at].name.clone(), self.functions[at].params.clone());
        let args: Vec<String> = params.iter().map(|ty| self.expr(*ty, depth)).collect();
        format!("{name}({})", args.join(", "))
    }

    /// What only this type has.
    fn own(&mut self, ty: Ty, depth: u32) -> String {
        match ty {
            Ty::Int => self.own_int(depth),
            Ty::Bool => self.own_bool(depth),
            Ty::Text => match self.random.below(4) {
                0 => format!("({} + {})", self.expr(Ty::Text, depth), self.expr(Ty::Text, depth)),
                1 => {
                    let hole = self.ty();
                    let (hole, more) = (self.expr(hole, depth), self.expr(Ty::Int, depth));
                    format!("\"<{{{hole}}}|{{{more}}}>\"")
                }
                2 => format!("{}.b", self.expr(Ty::Pair, depth)),
                _ => format!("{}.upper()", self.expr(Ty::Text, depth)),
            },
            Ty::Ints => match self.random.below(4) {
                0 => {
                    let (list, param) = (self.expr(Ty::Ints, depth), self.name("q"));
                    let body = self.closure_body(&param, Ty::Int, Ty::Int, depth);
                    format!("{list}.map({param} => {body})")
                }
                1 => {
                    let (list, param) = (self.expr(Ty::Ints, depth), self.name("q"));
                    let body = self.closure_body(&param, Ty::Int, Ty::Bool, depth);
                    format!("{list}.filter({param} => {body})")
                }
                2 => format!("{}.reverse()", self.expr(Ty::Ints, depth)),
                _ => format!("[{}, {}]", self.expr(Ty::Int, depth), self.expr(Ty::Int, depth)),
            },
            Ty::Texts => match self.random.below(2) {
                0 => {
                    let (list, param) = (self.expr(Ty::Ints, depth), self.name("q"));
                    let body = self.closure_body(&param, Ty::Int, Ty::Text, depth);
                    format!("{list}.map({param} => {body})")
                }
                _ => format!("[{}, {}]", self.expr(Ty::Text, depth), self.expr(Ty::Text, depth)),
            },
            Ty::Pair => {
                format!("pair({}, {})", self.expr(Ty::Int, depth), self.expr(Ty::Text, depth))
            }
            Ty::MaybeInt if self.one_in(2) => format!("{}.first()", self.expr(Ty::Ints, depth)),
            Ty::MaybeInt => self.expr(Ty::Int, depth),
        }
    }

    fn own_int(&mut self, depth: u32) -> String {
        match self.random.below(9) {
            0..=2 => {
                let op =
                    ["+", "-", "*", "div", "%"][usize::try_from(self.random.below(5)).unwrap()];
                format!("({} {op} {})", self.expr(Ty::Int, depth), self.expr(Ty::Int, depth))
            }
            3 => format!("{}[{}]", self.expr(Ty::Ints, depth), self.expr(Ty::Int, depth)),
            4 => format!("{}.count()", self.expr(Ty::Texts, depth)),
            5 => format!("{}.sum()", self.expr(Ty::Ints, depth)),
            6 => format!("({} ?? {})", self.expr(Ty::MaybeInt, depth), self.expr(Ty::Int, depth)),
            7 => format!("{}.a", self.expr(Ty::Pair, depth)),
            _ => format!("(-{})", self.expr(Ty::Int, depth)),
        }
    }

    fn own_bool(&mut self, depth: u32) -> String {
        match self.random.below(6) {
            0 => format!("(not {})", self.expr(Ty::Bool, depth)),
            1 => format!("({} and {})", self.expr(Ty::Bool, depth), self.expr(Ty::Bool, depth)),
            2 => format!("({} or {})", self.expr(Ty::Bool, depth), self.expr(Ty::Bool, depth)),
            3 => format!("({} in {})", self.expr(Ty::Int, depth), self.expr(Ty::Ints, depth)),
            4 => {
                let ty = [Ty::Int, Ty::Text][usize::from(self.one_in(2))];
                let op = ["<", "<=", ">", ">="][usize::try_from(self.random.below(4)).unwrap()];
                format!("({} {op} {})", self.expr(ty, depth), self.expr(ty, depth))
            }
            _ => {
                let ty = self.ty();
                let op = ["==", "!="][usize::from(self.one_in(2))];
                format!("({} {op} {})", self.expr(ty, depth), self.expr(ty, depth))
            }
        }
    }
}
