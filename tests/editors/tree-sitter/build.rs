//! Compiles the parser that is committed.

fn main() {
    let source = "../../../grammar/tree-sitter-task/src";
    let files = ["parser.c", "scanner.c"].map(|it| format!("{source}/{it}"));
    for file in &files {
        println!("cargo::rerun-if-changed={file}");
    }
    cc::Build::new()
        .files(&files)
        .include(source)
        .std("c11")
        .warnings_into_errors(true)
        .compile("task");
}
