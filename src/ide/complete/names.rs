//! Names that stand alone: words of the language, headers, declarations, variables, functions, modules, types.

use super::{Completion, CompletionKind, Place, members};
use crate::check::BUILT_IN_NAMES;
use crate::check::declared::Declared;
use crate::check::library::PRELUDE;
use crate::check::types::DeclId;
use crate::ide::words::{self, HEADERS};
use crate::ide::{Symbol, View, describe, hover, inside, names};
use crate::syntax::token::{Kind, Token};
use crate::syntax::tree::{ExprKind, Item};
use crate::syntax::walk::{self, Node};

/// Words that are values or begin expressions.
const VALUE_WORDS: [&str; 11] =
    ["true", "false", "null", "if", "match", "not", "from", "parallel", "try", "fail", "return"];

/// Statements with their places to fill in.
const STATEMENTS: [(&str, &str); 11] = [
    ("let", "let ${1:name} = ${0}"),
    ("var", "var ${1:name} = ${0}"),
    ("for", "for ${1:item} in ${2:items} {\n  ${0}\n}"),
    ("while", "while ${1:condition} {\n  ${0}\n}"),
    ("if", "if ${1:condition} {\n  ${0}\n}"),
    ("match", "match ${1:value} {\n  ${2:pattern} => ${0}\n  else => {}\n}"),
    ("try", "try {\n  ${0}\n} catch e {\n  log.warn(e.message)\n}"),
    ("transaction", "transaction {\n  ${0}\n}"),
    ("parallel for", "parallel for ${1:item} in ${2:items} limit ${3:8} {\n  ${0}\n}"),
    ("expect", "expect ${0}"),
    ("return", "return"),
];

/// Declarations with their places to fill in.
const DECLARATIONS: [(&str, &str); 7] = [
    ("use", "use ${1:module}"),
    ("const", "const ${1:NAME} = ${0}"),
    ("type", "type ${1:Name} = { ${0} }"),
    ("table", "table ${1:Name} {\n  id: int key auto\n  ${0}\n}"),
    ("fn", "fn ${1:name}(${2}) -> ${3:text} {\n  ${0}\n}"),
    ("test", "test \"${1:what holds}\" {\n  ${0}\n}"),
    ("keep", "keep ${1:name}: ${2:int} = ${3:0}"),
];

/// Clauses of a query with their places to fill in.
const CLAUSES: [(&str, &str); 8] = [
    ("where", "where ${0}"),
    ("join", "join ${1:row} in ${2:Table} on ${0}"),
    ("left join", "left join ${1:row} in ${2:Table} on ${0}"),
    ("group by", "group by ${0}"),
    ("sort", "sort ${0}"),
    ("skip", "skip ${0}"),
    ("take", "take ${0}"),
    ("select", "select { ${0} }"),
];

/// What can follow in a header, by the word before; an empty word stands for anything.
const HEADER_WORDS: [(&str, &str, &[&str]); 9] = [
    ("schedule", "every", &["from", "until"]),
    ("schedule", "at", &[]),
    ("schedule", "", &["in", "from", "until", "except"]),
    ("missed", "", &["within"]),
    ("retry", "backoff", &["to"]),
    ("retry", "", &["every", "backoff", "to"]),
    ("history", "", &["runs"]),
    ("on", "", &[]),
    ("allow", "", &[]),
];

fn snippets(
    place: &Place,
    list: &[(&str, &str)],
    kind: CompletionKind,
    rank: u8,
) -> Vec<Completion> {
    let make = |(label, insert): &(&str, &str)| Completion {
        insert: (*insert).to_owned(),
        is_snippet: true,
        ..place.completion(label, kind, rank)
    };
    list.iter().map(make).collect()
}

pub(super) fn statements(place: &Place) -> Vec<Completion> {
    snippets(place, &STATEMENTS, CompletionKind::Snippet, 4)
}

pub(super) fn declarations(place: &Place) -> Vec<Completion> {
    snippets(place, &DECLARATIONS, CompletionKind::Snippet, 4)
}

pub(super) fn headers(place: &Place) -> Vec<Completion> {
    let make = |it: &words::HeaderWord| Completion {
        detail: it.form.to_owned(),
        insert: it.snippet.to_owned(),
        is_snippet: true,
        key: format!("header.{}", it.word),
        ..place.completion(it.word, CompletionKind::Header, 3)
    };
    HEADERS.iter().map(make).collect()
}

/// What may follow a header's first word.
pub(super) fn header_values(
    view: &View<'_>,
    place: &Place,
    word: &str,
    line: &[Token],
) -> Option<Vec<Completion>> {
    let header = words::header(word)?;
    let last = line.last()?;
    let before = view.source().slice(super::span_of(view, last));
    let make = |word: &str| place.completion(word, CompletionKind::Keyword, 0);
    if line.len() == 1 {
        let mut found: Vec<Completion> = header.values.iter().map(|it| make(it)).collect();
        if word == "source" {
            found.push(place.completion("main", CompletionKind::Value, 0));
            let sources = view.project.settings.sources.iter();
            found.extend(sources.map(|it| place.completion(it, CompletionKind::Value, 0)));
        }
        return Some(found);
    }
    let rows = HEADER_WORDS.iter().filter(|(of, ..)| *of == word);
    let row = rows
        .clone()
        .find(|(_, after, _)| *after == before)
        .or_else(|| rows.clone().find(|(_, after, _)| after.is_empty()));
    let words = row.map_or(&[][..], |(.., words)| words);
    Some(words.iter().map(|it| make(it)).collect())
}

/// The modules that a `use` could name.
pub(super) fn modules(view: &View<'_>, place: &Place) -> Vec<Completion> {
    let own = view.project.file(view.file);
    let line = place.line();
    let path: String =
        line.iter().skip(1).map(|it| view.source().slice(super::span_of(view, it))).collect();
    let others = view.project.files().iter().filter(|it| !it.is_task() && it.module != own.module);
    let mut found: Vec<Completion> = others
        .filter_map(|it| {
            let beside = it.folder() == own.folder() && path.is_empty();
            let whole = if beside { it.stem() } else { it.module.strip_prefix(path.as_str())? };
            Some(place.completion(whole, CompletionKind::Module, 0))
        })
        .collect();
    found.dedup_by(|a, b| a.label == b.label);
    found
}

pub(super) fn types(view: &View<'_>, place: &Place) -> Vec<Completion> {
    let known = BUILT_IN_NAMES.iter().map(|it| place.completion(it, CompletionKind::Type, 2));
    let library = view.library.type_names().map(|it| place.completion(it, CompletionKind::Type, 3));
    let own = names::visible(view).into_iter().filter_map(|(decl, name)| {
        let is_type = matches!(names::item(view, decl), Item::Type(_) | Item::Table(_));
        is_type.then(|| declaration(view, place, decl, &name.text))
    });
    own.chain(known).chain(library).collect()
}

/// The clauses that a query right before the place could go on with.
pub(super) fn clauses(view: &View<'_>, place: &Place) -> Vec<Completion> {
    let Some(last) = place.before.last() else { return Vec::new() };
    let mut in_query = in_loop_head(place);
    walk::each(view.tree(), &mut |node| {
        if let Node::Expr(expr) = node
            && let ExprKind::Query(query) = &expr.kind
        {
            let written = query.source.span.end <= last.end
                && query.source.span.start < query.source.span.end;
            let near = expr.span.end == last.end || expr.span.touches(place.span.start);
            in_query |= written && near;
        }
    });
    let follows_value = last.kind.is_name()
        || matches!(
            last.kind,
            Kind::ParenClose
                | Kind::BracketClose
                | Kind::Text
                | Kind::TextEnd
                | Kind::Int
                | Kind::Desc
                | Kind::Asc
        );
    if in_query && follows_value {
        snippets(place, &CLAUSES, CompletionKind::Keyword, 1)
    } else {
        Vec::new()
    }
}

/// Behind `for o in …`, where the clauses of a query may stand.
fn in_loop_head(place: &Place) -> bool {
    let line = place.line();
    let Some(head) = line.iter().rposition(|it| it.kind == Kind::For) else { return false };
    let behind = line[head..].iter().skip_while(|it| it.kind != Kind::In).skip(1);
    behind.clone().count() > 0 && behind.clone().all(|it| it.kind != Kind::BraceOpen)
}

/// Everything that can be named in an expression.
pub(super) fn values(view: &View<'_>, place: &Place) -> Vec<Completion> {
    let mut found: Vec<Completion> = inside::locals(view, place.span.start)
        .into_iter()
        .map(|(node, name)| Completion {
            detail: hover::type_of(view, node).map(|it| it.to_string()).unwrap_or_default(),
            ..place.completion(&name.text, CompletionKind::Variable, 1)
        })
        .filter(|it| it.label != super::CURSOR)
        .collect();
    let wants_table = place.kind(1) == Some(Kind::In);
    for (decl, name) in names::visible(view) {
        if matches!(names::item(view, decl), Item::Type(_)) || name.text == super::CURSOR {
            continue;
        }
        let mut it = declaration(view, place, decl, &name.text);
        if wants_table && it.kind == CompletionKind::Table {
            it.rank = 0;
        }
        found.push(it);
    }
    for alias in names::uses(view).filter_map(|(it, _)| it.alias.as_ref()) {
        found.push(place.completion(&alias.text, CompletionKind::Module, 3));
    }
    let shown = |it: &&str| !it.starts_with('_');
    for name in view.library.function_names(PRELUDE).filter(shown) {
        let plain = view
            .library
            .functions(PRELUDE, name)
            .find(|it| !view.library.declaration(*it).signature.is_method());
        found.extend(plain.map(|entry| members::function(view, place, entry, 3)));
    }
    for module in view.library.modules().filter(|it| *it != PRELUDE) {
        let has_functions = view.library.function_names(module).any(|name| {
            let mut all = view.library.functions(module, name);
            all.any(|it| !view.library.declaration(it).signature.is_method())
        });
        if has_functions {
            found.push(Completion {
                key: format!("module.{module}"),
                ..place.completion(module, CompletionKind::Module, 3)
            });
        }
    }
    found.push(place.completion("run", CompletionKind::Variable, 3));
    found.extend(VALUE_WORDS.map(|it| place.completion(it, CompletionKind::Keyword, 5)));
    found
}

/// A declaration of the project.
pub(super) fn declaration(view: &View<'_>, place: &Place, decl: DeclId, name: &str) -> Completion {
    let (kind, detail, snippet) = match view.checked.declared(decl) {
        Declared::Fn(signature) => {
            let params: Vec<&str> = signature
                .params
                .iter()
                .filter(|it| !it.has_default)
                .map(|it| it.name.as_str())
                .collect();
            let snippet = members::call_snippet(name, &params, !signature.params.is_empty());
            let head = match names::item(view, decl) {
                Item::Fn(function) => describe::function_head(view, function),
                _ => String::new(),
            };
            (CompletionKind::Function, head.trim_start_matches("fn ").to_owned(), Some(snippet))
        }
        Declared::Const(ty) => (CompletionKind::Const, ty.to_string(), None),
        Declared::Type(ty) => (CompletionKind::Type, ty.to_string(), None),
        Declared::Table(_) => (CompletionKind::Table, String::new(), None),
        Declared::Nothing => (CompletionKind::Value, String::new(), None),
    };
    let is_snippet = snippet.is_some();
    Completion {
        detail,
        insert: snippet.unwrap_or_else(|| name.to_owned()),
        is_snippet,
        key: format!("decl.{}.{}", decl.file.0, decl.item),
        ..place.completion(name, kind, 2)
    }
}

/// What a completion's key stands for.
pub(super) fn documentation(view: &View<'_>, key: &str) -> Option<String> {
    let (kind, rest) = key.split_once('.')?;
    let decl = |file: &str, item: &str| {
        let decl =
            DeclId { file: crate::source::FileId(file.parse().ok()?), item: item.parse().ok()? };
        let file = view.project.files().get(decl.file.0 as usize)?;
        file.tree.items.get(decl.item as usize)?;
        Some(decl)
    };
    let symbol = match kind {
        "library" => {
            let mut parts = rest.split('.');
            let (module, name) = (parts.next()?, parts.next()?);
            let overload: usize = parts.next()?.parse().ok()?;
            let entry = view.library.functions(module, name).nth(overload)?;
            Symbol::Library(view.library.declaration(entry).id.clone())
        }
        "decl" => {
            let (file, item) = rest.split_once('.')?;
            Symbol::Decl(decl(file, item)?)
        }
        "column" => {
            let mut parts = rest.splitn(3, '.');
            let table = decl(parts.next()?, parts.next()?)?;
            Symbol::Column(table, parts.next()?.into())
        }
        "module" => Symbol::LibraryModule(rest.into()),
        "run" => return Some(describe::run_field(rest).to_owned()),
        "header" => {
            let header = words::header(rest)?;
            return Some(describe::page(header.form, &[header.docs.to_owned()]));
        }
        _ => return None,
    };
    describe::symbol(view, &symbol, None)
}
