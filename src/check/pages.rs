//! The pages that explain the codes of this layer, tried out: what they call wrong is found, what they advise is fine.

use ecow::EcoString;

use super::project::{SecretSetting, Settings};
use super::testing::{library, project};
use crate::diagnostics::Severity;
use crate::diagnostics::catalogue::{Area, ROWS, Row};

#[test]
fn the_library_itself_is_fine() {
    let found: Vec<String> = super::check_library(library())
        .into_iter()
        .filter(|(_, it)| it.severity == Severity::Error)
        .map(|(name, it)| format!("{name}: {} {} {:?}", it.code, it.title, it.span()))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn pages_show_what_they_explain() {
    let mut wrong = Vec::new();
    let rows = ROWS.iter().filter(|row| matches!(row.area, Area::Names | Area::Types));
    for row in rows.filter(|row| !row.page.contains("table ")) {
        let example = codes(row, "## Example");
        if !example.iter().any(|code| code == row.code) {
            wrong.push(format!("{}: the example gives {example:?}", row.code));
        }
        let instead = codes(row, "## Instead");
        if !instead.is_empty() {
            wrong.push(format!("{}: the advice gives {instead:?}", row.code));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is found in the programs of a section, with the settings that stand there.
fn codes(row: &Row, section: &str) -> Vec<String> {
    let text = row.page.split(section).nth(1).unwrap_or_default();
    let text = text.split("\n## ").next().unwrap_or_default();
    let mut files: Vec<(&str, &str)> = Vec::new();
    let mut settings = Settings::default();
    for block in text.split("```").skip(1).step_by(2) {
        let (head, body) = block.split_once('\n').unwrap();
        match head.split_once(' ') {
            Some(("toml", _)) => settings = read_settings(body),
            Some((_, path)) => files.push((path.trim_end_matches(".task"), body)),
            None => files.push(("main", body)),
        }
    }
    let mut project = project(&files);
    project.settings = settings;
    let checked = super::check(&project, library());
    checked.diagnostics.iter().map(|it| it.code.to_owned()).collect()
}

fn read_settings(text: &str) -> Settings {
    let table: toml::Table = text.parse().unwrap();
    let names = |section: &str| {
        let section = table.get(section).and_then(|it| it.as_table());
        section.into_iter().flat_map(|it| it.keys()).map(|it| it.as_str().into()).collect()
    };
    let secrets: Vec<EcoString> = names("secrets");
    Settings {
        sources: names("sources"),
        secrets: secrets.into_iter().map(|name| SecretSetting { name, hosts: vec![] }).collect(),
        ..Settings::default()
    }
}
