//! The tables that a task's files declare, by the sources that have them: what a source of our own is to be given.

use super::shared::Shared;
use crate::bytecode::program::SourceTables;
use crate::check::declared::Declared;

impl Shared<'_> {
    /// Takes note of every declared table, used or not: a reference leads to tables that no statement names.
    pub(super) fn declared_tables(&mut self) {
        let checked = self.valid.checked();
        let task = self.valid.task();
        for file in checked.file(task).uses.iter().copied().chain([task]) {
            for declared in &checked.file(file).declared {
                if let Declared::Table(info) = declared {
                    let source = info.source.clone().unwrap_or_else(|| self.default_source());
                    let place = self.table(&info.schema);
                    self.source_tables(&source).push(place);
                }
            }
        }
    }

    fn source_tables(&mut self, name: &str) -> &mut Vec<u32> {
        let sources = &mut self.program.sources;
        let at = sources.iter().position(|it| it.name == name).unwrap_or_else(|| {
            sources.push(SourceTables { name: name.to_owned(), tables: Vec::new() });
            sources.len() - 1
        });
        &mut sources[at].tables
    }
}
