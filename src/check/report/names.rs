//! Names: what they do not stand for, and what they stand for already.

use ecow::EcoString;

use super::{list, offer};
use crate::check::names::declared_name;
use crate::check::project::ProjectFile;
use crate::check::scope::FrameKind;
use crate::check::types::Type;
use crate::diagnostics::suggest::foreign::foreign;
use crate::diagnostics::{Diagnostic, Fix};
use crate::source::{Source, Span};
use crate::syntax::HEADER_WORDS;
use crate::syntax::tree::{Item, Name, Use};

/// A file declares a name twice.
pub(in crate::check) fn declared_twice(source: &Source, name: &Name, first: &Item) -> Diagnostic {
    let earlier = declared_name(first).map_or(name.span, |it| it.span);
    let what = match first {
        Item::Const(_) => "a constant",
        Item::Type(_) => "a type",
        Item::Table(_) => "a table",
        Item::Fn(_) => "a function",
        Item::Use(_) | Item::Test(_) | Item::Keep(_) | Item::Header(_) | Item::Stmt(_) => {
            "something else"
        }
    };
    duplicate(source, name, what, earlier)
}

/// A name is taken by something that is already there.
pub(in crate::check) fn duplicate(
    source: &Source,
    name: &Name,
    what: &str,
    earlier: Span,
) -> Diagnostic {
    let line = source.position(earlier.start).line;
    let title = format!("`{}` already stands for {what} (line {line})", name.text);
    Diagnostic::new("duplicate-name", name.span, title)
        .because("a second one of this name")
        .label(earlier, "the first one")
        .help("give one of them another name")
}

/// A record type or literal has a field twice.
pub(in crate::check) fn duplicate_field(first: &Name, second: &Name) -> Diagnostic {
    let title = format!("the field `{}` stands here twice", second.text);
    Diagnostic::new("duplicate-name", second.span, title).label(first.span, "the first one")
}

/// `use` names a file that is not there.
pub(in crate::check) fn unknown_module(it: &Use, path: &str, near: &[&str]) -> Diagnostic {
    let span = it.path.iter().fold(it.path[0].span, |span, name| span.to(name.span));
    let beside = it.path.len() == 1;
    let stem = it.path[it.path.len() - 1].text.as_str();
    let (title, why) = if beside {
        (format!("no module `{stem}.task` beside this file"), "looked for beside this file")
    } else {
        (format!("no module `{path}.task` in the project"), "looked for below the project's root")
    };
    let diagnostic = Diagnostic::new("unknown-module", span, title).because(why);
    match near {
        [] if beside => diagnostic
            .help("a module in another folder is named from the project's root: `use lib/money`"),
        _ => offer(diagnostic, span, near),
    }
}

/// `use` names a module of the library.
pub(in crate::check) fn uses_library(it: &Use, name: &Name) -> Diagnostic {
    let title = format!("`{}` belongs to the library and needs no `use`", name.text);
    Diagnostic::new("unknown-module", name.span, title)
        .because("`use` is for files of the project")
        .fix(Fix::safe("leave it out", it.span, ""))
}

/// `use` names a task.
pub(in crate::check) fn uses_task(it: &Use, module: &ProjectFile) -> Diagnostic {
    let span = it.path.iter().fold(it.path[0].span, |span, name| span.to(name.span));
    Diagnostic::new("unknown-module", span, format!("`{}` is a task, not a module", module.stem()))
        .because("it has headers or statements of its own")
        .help("put what both need into a file that holds only declarations")
}

/// A file whose name cannot be a task's or a module's.
pub(in crate::check) fn file_name(source: &Source, stem: &str) -> Diagnostic {
    let styled: String = crate::sql::schema::snake_case(stem)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let styled = styled.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let diagnostic = Diagnostic::new(
        "file-name",
        start_of(source),
        format!("`{stem}` cannot be used as a name"),
    )
    .because("a file is called as its task or module: small letters, digits and `_`");
    if styled.is_empty() { diagnostic } else { diagnostic.help(format!("call it `{styled}.task`")) }
}

/// Two tasks of one name.
pub(in crate::check) fn task_twice(source: &Source, stem: &str, other: &str) -> Diagnostic {
    Diagnostic::new("duplicate-name", start_of(source), format!("another task is called `{stem}`"))
        .because(format!("it stands in {other}"))
        .help("rename one of the two files")
}

/// The first line of a file, for what is wrong with the file as a whole.
fn start_of(source: &Source) -> Span {
    let line = source.line(1);
    let end = u32::try_from(line.end).unwrap_or(0);
    Span::new(source.id, 0, end)
}

/// Modules use each other.
pub(in crate::check) fn import_cycle(span: Span, modules: &[&str]) -> Diagnostic {
    let mut way: Vec<String> = modules.iter().map(|it| format!("`{it}`")).collect();
    way.extend(way.first().cloned());
    Diagnostic::new("import-cycle", span, "these modules use each other")
        .because("closes the circle")
        .help(format!("the circle is {}; move what both need into a third", way.join(" → ")))
}

/// Several modules offer a name.
pub(in crate::check) fn ambiguous(span: Span, name: &str, modules: &[EcoString]) -> Diagnostic {
    let first = modules.first().map_or("", EcoString::as_str);
    Diagnostic::new("ambiguous-name", span, format!("`{name}` comes from {}", list(modules)))
        .because("which one is meant?")
        .help(format!("write `use {first} as m` and `m.{name}`"))
}

/// Nothing is called that.
pub(in crate::check) fn unknown_name(span: Span, name: &str, near: &[&str]) -> Diagnostic {
    match foreign(name) {
        Some(theirs) => theirs.finding(span),
        None => {
            let title = format!("nothing is called `{name}` here");
            let said = Diagnostic::new("unknown-name", span, title);
            if near.is_empty() && HEADER_WORDS.contains(&name) {
                return said.help(format!("`{name}` begins a header, and what it says follows it"));
            }
            offer(said, span, near)
        }
    }
}

/// A name that is assigned before it is made.
pub(in crate::check) fn never_made(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new("unknown-name", span, format!("nothing is called `{name}` here"))
        .help(format!("a variable is made with `let {name} = …`, or with `var` if it changes"))
        .fix(Fix::maybe("make it here", span.before(), "var "))
}

/// A field of a row without the row in front.
pub(in crate::check) fn column_alone(span: Span, name: &str, row: &str) -> Diagnostic {
    Diagnostic::new("unknown-name", span, format!("nothing is called `{name}` here"))
        .because(format!("`{row}` has a `{name}`"))
        .fix(Fix::safe(format!("write `{row}.{name}`"), span.before(), format!("{row}.")))
}

/// A name that one letter separates from the only one that fits.
pub(in crate::check) fn misspelt_name(span: Span, name: &str, meant: &str) -> Diagnostic {
    Diagnostic::new("unknown-name", span, format!("nothing is called `{name}` here"))
        .help(format!("the nearest name is `{meant}`"))
        .fix(Fix::safe(format!("write `{meant}`"), span, meant))
}

/// A variable is used above the line that makes it.
pub(in crate::check) fn used_before_set(
    source: &Source,
    span: Span,
    name: &str,
    binding: Span,
) -> Diagnostic {
    let line = source.position(binding.start).line;
    let title = format!("`{name}` gets its value only on line {line}");
    Diagnostic::new("used-before-set", span, title)
        .because("there is no value yet")
        .label(binding, "made here")
}

/// A task's variable in a function, which sees none.
pub(in crate::check) fn task_variable(span: Span, name: &str, binding: Span) -> Diagnostic {
    Diagnostic::new("unknown-name", span, format!("nothing is called `{name}` here"))
        .because("functions do not see the task's variables")
        .label(binding, "belongs to the task")
        .help("hand it in as a parameter")
}

/// No table is called that.
pub(in crate::check) fn unknown_table(span: Span, name: &str, near: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new("unknown-table", span, format!("no table is called `{name}`"))
        .because("not declared here or in the modules in use");
    if near.is_empty() {
        return diagnostic.help(format!("declare it, `table {name} {{ … }}`, or `use` its module"));
    }
    offer(diagnostic, span, near)
}

/// A name that a module declares which the file does not use; `at` is where the `use` would stand.
pub(in crate::check) fn not_used(
    code: &'static str,
    span: Span,
    name: &str,
    module: &str,
    at: Span,
) -> Diagnostic {
    Diagnostic::new(code, span, format!("nothing is called `{name}` here"))
        .because(format!("`{module}.task` declares it, and this file does not use that module"))
        .fix(Fix::maybe(format!("add `use {module}`"), at, format!("use {module}\n")))
}

/// No type is called that.
pub(in crate::check) fn unknown_type(span: Span, name: &str, near: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new("unknown-type", span, format!("no type is called `{name}`"));
    offer(diagnostic, span, near)
}

/// A name stands for something that is no type.
pub(in crate::check) fn not_a_type(span: Span, name: &str, what: &str) -> Diagnostic {
    Diagnostic::new("unknown-type", span, format!("`{name}` is {what}, not a type"))
}

/// A name stands for something that is no value.
pub(in crate::check) fn not_a_value(span: Span, name: &str, what: &str, help: &str) -> Diagnostic {
    Diagnostic::new("not-a-value", span, format!("`{name}` is {what}, not a value")).help(help)
}

/// A module has no function of that name; `known` are those that it has.
pub(in crate::check) fn unknown_function(
    module: &str,
    name: &Name,
    near: &[&str],
    known: &[&str],
) -> Diagnostic {
    let title = format!("`{module}` has no function `{}`", name.text);
    let diagnostic = Diagnostic::new("unknown-function", name.span, title);
    match near {
        [] => diagnostic.help(format!("it has {}", super::some_of(known))),
        _ => offer(diagnostic, name.span, near),
    }
}

/// A function of the library that belongs to no module is called as if it did.
pub(in crate::check) fn function_without_module(module: &str, name: &Name) -> Diagnostic {
    let title = format!("`{module}` has no function `{}`", name.text);
    Diagnostic::new("unknown-function", name.span, title)
        .because("it belongs to no module")
        .help(format!("write `{}(…)`", name.text))
}

/// A function of a module is called without the module.
pub(in crate::check) fn function_of_module(name: &Name, module: &str) -> Diagnostic {
    Diagnostic::new("unknown-function", name.span, format!("no function is called `{}`", name.text))
        .because(format!("`{module}` has one of this name"))
        .fix(Fix::safe(
            format!("write `{module}.{}`", name.text),
            name.span.before(),
            format!("{module}."),
        ))
}

/// A module has no declaration of that name.
pub(in crate::check) fn unknown_member(module: &str, name: &Name, near: &[&str]) -> Diagnostic {
    let title = format!("`{module}` has no `{}`", name.text);
    offer(Diagnostic::new("unknown-name", name.span, title), name.span, near)
}

/// Nothing that can be called is called that.
pub(in crate::check) fn unknown_bare_function(name: &Name, near: &[&str]) -> Diagnostic {
    match foreign(&name.text) {
        Some(theirs) if near.is_empty() => theirs.finding(name.span),
        _ => {
            let title = format!("no function is called `{}`", name.text);
            offer(Diagnostic::new("unknown-function", name.span, title), name.span, near)
        }
    }
}

/// A function is called bare that is a method, here or under another name.
pub(in crate::check) fn method_called_bare(
    name: &Name,
    method: &str,
    receiver: Option<&str>,
    rest: &str,
) -> Diagnostic {
    let receiver = receiver.unwrap_or("x");
    Diagnostic::new("unknown-function", name.span, format!("no function is called `{}`", name.text))
        .because("a method stands behind its value")
        .help(format!("write `{receiver}.{method}({rest})`"))
}

/// A type is called to turn a value into one of its own.
pub(in crate::check) fn type_called(span: Span, name: &str, given: Option<&str>) -> Diagnostic {
    let given = given.filter(|it| it.len() <= 20).unwrap_or("x");
    Diagnostic::new("unknown-function", span, format!("`{name}` is a type, not a function"))
        .help(format!("a value is turned into another by a method: `{given}.to_{name}()`"))
}

/// A value has no method of that name.
pub(in crate::check) fn unknown_method(receiver: &Type, name: &Name, near: &[&str]) -> Diagnostic {
    let title = format!("`{receiver}` has no method `{}`", name.text);
    let diagnostic = Diagnostic::new("unknown-method", name.span, title);
    match method_advice(receiver, &name.text) {
        Some(advice) => diagnostic.help(advice),
        None => offer(diagnostic, name.span, near),
    }
}

/// What stands here for a method of other languages that is none.
fn method_advice(receiver: &Type, name: &str) -> Option<&'static str> {
    Some(match (receiver, name) {
        (Type::List(_) | Type::Map(..), "forEach" | "foreach" | "for_each" | "each") => {
            "write `for x in xs { … }`"
        }
        (
            Type::Map(..),
            "map" | "flat_map" | "sort_by" | "sort" | "any" | "all" | "find" | "reduce" | "sum"
            | "max" | "min" | "max_by" | "min_by" | "first" | "last" | "take" | "join",
        ) => "a map has `entries()`, each with its `key` and its `value`, and `values()`",
        (Type::Text, "substring" | "substr" | "slice" | "charAt" | "char_at" | "mid") => {
            "a slice gives a part of a text: `t[1..3]`"
        }
        (Type::List(_), "slice" | "sublist" | "subList" | "splice") => {
            "a slice gives a part of a list: `xs[1..3]`"
        }
        (Type::Text, "join") => "the list stands in front: `xs.join(\", \")`",
        (Type::Text, "format" | "sprintf" | "concat" | "append") => {
            "values stand in the text itself: `\"Hello {name}\"`"
        }
        (_, "toBe" | "toEqual" | "toBeTruthy") => "write `expect a == b`",
        (Type::Record(record), "save" | "update" | "delete" | "destroy")
            if record.name.is_some() =>
        {
            "rows are written through their table: `Order.update(o.id, { … })`, `Order.delete(o.id)`"
        }
        (
            Type::Time,
            "in" | "in_zone" | "to_zone" | "at_zone" | "tz" | "astimezone" | "tz_convert",
        ) => {
            "a time is the same everywhere; name the zone where it is written: `t.format(\"%H:%M\", in: \"Europe/Berlin\")`"
        }
        (Type::Time | Type::Date, "toISOString" | "isoformat" | "to_iso" | "iso") => {
            "it prints so by itself: `\"{t}\"`, or `.to_text()`"
        }
        (_, "then") => "a call waits for its result by itself: `let x = …`",
        _ => return None,
    })
}

/// A value has no method of that name, but its record has such a field.
pub(in crate::check) fn field_called(receiver: &Type, name: &Name, args: Span) -> Diagnostic {
    Diagnostic::new(
        "unknown-method",
        name.span,
        format!("`{receiver}` has no method `{}`", name.text),
    )
    .because("a field of this name is there, and it is no function")
    .fix(Fix::maybe("leave the brackets out", args, ""))
}

/// A record has no field of that name.
pub(in crate::check) fn unknown_field(base: &Type, name: &Name, near: &[&str]) -> Diagnostic {
    let title = format!("{} has no field `{}`", base.with_article(), name.text);
    let diagnostic = Diagnostic::new("unknown-field", name.span, title);
    match (near, base) {
        ([], Type::Record(record)) if record.name.is_some() => {
            let known: Vec<&str> = record.declared().map(|it| it.name.as_str()).collect();
            diagnostic.help(format!("it has {}", super::some_of(&known)))
        }
        ([], Type::Map(of)) if of.0 == Type::Text => {
            let dot = Span { start: name.span.start.saturating_sub(1), ..name.span };
            let look_up = format!("[\"{}\"]", name.text);
            diagnostic
                .help(format!("a value is looked up by its key: `m{look_up}`"))
                .fix(Fix::maybe(format!("write `{look_up}`"), dot, look_up))
        }
        _ => offer(diagnostic, name.span, near),
    }
}

/// A field of a value that has none, only methods; `near` are some of these.
pub(in crate::check) fn unknown_property(base: &Type, name: &Name, near: &[&str]) -> Diagnostic {
    let mut diagnostic = unknown_field(base, name, near);
    for mend in &mut diagnostic.fixes {
        for edit in mend.edits.iter_mut().filter(|it| near.contains(&it.text.as_str())) {
            edit.text.push_str("()");
            mend.title = format!("write `{}`", edit.text);
        }
    }
    diagnostic
}

/// A field is asked for where a method of the name is there.
pub(in crate::check) fn method_without_call(base: &Type, name: &Name) -> Diagnostic {
    let title = format!("`{base}` has no field `{}`", name.text);
    Diagnostic::new("unknown-field", name.span, title)
        .because("a method of this name is there")
        .help(format!("call it: `{}()`", name.text))
        .fix(Fix::safe("call it", name.span.after(), "()"))
}

/// A table has no column of that name.
pub(in crate::check) fn unknown_column(table: &str, name: &Name, near: &[&str]) -> Diagnostic {
    let title = format!("`{table}` has no column `{}`", name.text);
    offer(Diagnostic::new("unknown-column", name.span, title), name.span, near)
}

/// A table has no call of that name.
pub(in crate::check) fn unknown_table_call(table: &str, name: &Name, near: &[&str]) -> Diagnostic {
    let title = format!("`{table}` has no call `{}`", name.text);
    let diagnostic = Diagnostic::new("unknown-method", name.span, title);
    match near {
        [] => diagnostic.help(format!("read its rows with a query: `from x in {table} where …`")),
        _ => offer(diagnostic, name.span, near),
    }
}

/// The project knows no secret of that name.
pub(in crate::check) fn unknown_secret(name: &Name, near: &[&str]) -> Diagnostic {
    let title = format!("the project has no secret `{}`", name.text);
    let diagnostic = Diagnostic::new("unknown-secret", name.span, title);
    match near {
        [] => diagnostic.help("secrets are named under `[secrets]` in `taskc.toml`"),
        _ => offer(diagnostic, name.span, near),
    }
}

/// The project lets no task read that name of the environment.
pub(in crate::check) fn unknown_env(name: &Name, near: &[&str]) -> Diagnostic {
    let title = format!("tasks may not read `{}` of the environment", name.text);
    let diagnostic = Diagnostic::new("unknown-env", name.span, title);
    match near {
        [] => diagnostic
            .help(format!("list it in `taskc.toml`: `[env]` and `names = [\"{}\"]`", name.text)),
        _ => offer(diagnostic, name.span, near),
    }
}

/// The project knows no source of that name.
pub(in crate::check) fn unknown_source(name: &Name, near: &[&str]) -> Diagnostic {
    let title = format!("the project has no source `{}`", name.text);
    let diagnostic = Diagnostic::new("unknown-source", name.span, title);
    match near {
        [] => diagnostic.help(format!(
            "sources are configured in `taskc.toml` under `[sources.{}]`",
            name.text
        )),
        _ => offer(diagnostic, name.span, near),
    }
}

/// A variable that was made with `let`, or otherwise cannot change, is assigned.
pub(in crate::check) fn not_assignable(
    span: Span,
    name: &str,
    how: &str,
    binding: Span,
    make_var: Option<Span>,
) -> Diagnostic {
    let title = format!("`{name}` {how} and cannot change");
    let diagnostic =
        Diagnostic::new("not-assignable", span, title).label(binding, "it comes from here");
    match make_var {
        Some(word) => {
            diagnostic.help("make it with `var`").fix(Fix::maybe("make it with `var`", word, "var"))
        }
        None => diagnostic.help(format!("work on a copy: `var copy = {name}`")),
    }
}

/// A call that changes its receiver, which is no variable.
pub(in crate::check) fn changes_temporary(span: Span, method: &str) -> Diagnostic {
    Diagnostic::new(
        "not-assignable",
        span,
        format!("`{method}` changes a value that is lost at once"),
    )
    .because("this is no variable")
    .help(format!("put it into a variable first: `var x = …`, then `x.{method}(…)`"))
}

/// What stands left of `=` is no place.
pub(in crate::check) fn not_a_place(span: Span, what: &str, help: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new("not-assignable", span, format!("{what} cannot be assigned"));
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// An outer variable is changed where only a copy of it is seen.
pub(in crate::check) fn captured_assignment(
    span: Span,
    name: &str,
    binding: Span,
    body: FrameKind,
) -> Diagnostic {
    let title = format!("the body works on its own copy of `{name}`");
    let help = match body {
        FrameKind::Parallel => "collect results: `let results = parallel from … select …`",
        FrameKind::Closure
        | FrameKind::Fn
        | FrameKind::Task
        | FrameKind::Test
        | FrameKind::Value => "give the new value back, or use a `for` loop",
    };
    Diagnostic::new("captured-assignment", span, title)
        .because("this change would be lost")
        .label(binding, "the variable outside")
        .help(help)
}

/// A constant that needs its own value.
pub(in crate::check) fn endless_constant(name: &Name) -> Diagnostic {
    let title = format!("`{}` needs its own value", name.text);
    Diagnostic::new("endless-declaration", name.span, title)
        .help("follow the names in its value: they lead back to it")
}
