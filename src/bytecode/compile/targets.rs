//! Where a task may go: what its source names as a literal, and what its `allow` headers say.
//!
//! A literal counts wherever it stands in what was compiled: a host that is named in a constant of a module is named. So nothing
//! has to be known of the ways that values take, and what is checked at run time is the target itself.

use std::collections::BTreeSet;

use url::Url;

use super::shared::Shared;
use crate::bytecode::program::Targets;

/// Writes the targets into the program, the last thing of all.
pub(super) fn write_down(shared: &mut Shared<'_>) {
    let mut found = Found::default();
    let headers = &shared.valid.checked().file(shared.valid.task()).headers;
    for allow in &headers.allow {
        found.allow(&allow.module, &allow.pattern);
    }
    shared.program.constants.iter().for_each(|it| it.texts(&mut |text| found.text(text)));
    shared.written.iter().for_each(|it| found.text_with_holes(it));
    let makes = |names: &[&str]| names.iter().any(|it| shared.program.calls(it));
    let listed = |set: BTreeSet<String>, needed: bool| {
        if needed { set.into_iter().collect() } else { Vec::new() }
    };
    shared.program.targets = Targets {
        hosts: listed(found.hosts, makes(&["http."])),
        files: listed(found.files, makes(&["files.", "csv.rows", "http.download"])),
        mail: listed(found.mail, makes(&["mail.send"])),
    };
}

#[derive(Default)]
struct Found {
    hosts: BTreeSet<String>,
    files: BTreeSet<String>,
    mail: BTreeSet<String>,
}

impl Found {
    fn allow(&mut self, module: &str, pattern: &str) {
        match module {
            "http" => self.hosts.insert(host_pattern(pattern)),
            "files" => self.files.insert(pattern.to_owned()),
            _ => self.mail.insert(pattern.to_lowercase()),
        };
    }

    /// A literal, or a piece of one with holes.
    fn text(&mut self, text: &str) {
        if text.starts_with("http://") || text.starts_with("https://") {
            let url = Url::parse(text).ok();
            self.hosts.extend(url.and_then(|it| it.host_str().map(str::to_owned)));
        }
        if let Some(address) = address(text) {
            let any = if address.starts_with('@') { "*" } else { "" };
            self.mail.insert(format!("{any}{}", address.to_lowercase()));
        }
    }

    /// A path whose beginning is a literal names what begins and ends so.
    fn text_with_holes(&mut self, text: &str) {
        let is_path = !text.contains(|c: char| c.is_control() || c == ':');
        if !text.starts_with('*') && is_path {
            self.files.insert(text.to_owned());
        }
    }
}

/// The address of `ada@example.com` and `Ada <ada@example.com>`; only what is behind the name where that is a hole.
fn address(text: &str) -> Option<&str> {
    let text = text.trim_end();
    let inner = text.strip_suffix('>').map(|it| it.rsplit_once('<').map_or(it, |(_, it)| it));
    let address = inner.unwrap_or(text).trim_start();
    let is_one = !address.contains(|c: char| c.is_whitespace() || c.is_control() || c == '*');
    let (_, domain) = address.rsplit_once('@').filter(|_| is_one)?;
    (!domain.is_empty()).then_some(address)
}

/// `*.example.org`, also from who writes a whole address.
fn host_pattern(pattern: &str) -> String {
    let behind = pattern.split_once("://").map_or(pattern, |(_, rest)| rest);
    behind.split('/').next().unwrap_or_default().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[&str]) -> Found {
        let mut found = Found::default();
        texts.iter().for_each(|it| found.text(it));
        found
    }

    #[test]
    fn literals_name_hosts_and_addresses() {
        let it = found(&[
            "https://API.example.com/x",
            "http://127.0.0.1:9000",
            "https://",
            "see https://a.example",
        ]);
        assert_eq!(Vec::from_iter(it.hosts), ["127.0.0.1", "api.example.com"]);
        let it = found(&[
            "Ada@example.com",
            "Bob <bob@example.org>",
            "@shop.example",
            "write to eve@x.example",
            "a*@b",
        ]);
        assert_eq!(
            Vec::from_iter(it.mail),
            ["*@shop.example", "ada@example.com", "bob@example.org"]
        );
    }

    #[test]
    fn a_path_with_holes_needs_a_literal_beginning() {
        let mut it = Found::default();
        for text in ["reports/*.html", "*.csv", "late: *", "day-*"] {
            it.text_with_holes(text);
        }
        assert_eq!(Vec::from_iter(it.files), ["day-*", "reports/*.html"]);
    }

    #[test]
    fn a_header_may_show_a_whole_address() {
        assert_eq!(host_pattern("https://API.example.com/v1/*"), "api.example.com");
        assert_eq!(host_pattern("*.example.org"), "*.example.org");
        assert_eq!(host_pattern("localhost:80"), "localhost:80");
    }
}
