//! Where a run's calls may go: to what stands in its source as a literal, to what its `allow` headers say, and, with mail, to
//! addresses that it has read from its databases.
//!
//! What is judged is the target itself, when the call is made, however the program came by it. Private networks are the
//! configuration's business, and secrets are bound to hosts elsewhere; both hold beside this.

use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::sync::Arc;

use url::Url;

use crate::bytecode::program::Program;
use crate::host::glob;
use crate::host::http::Hosts;
use crate::value::{Code, Fault, Value};

/// No mail address is longer, with a name before it.
const ADDRESS_BYTES_MAX: usize = 512;

/// Where calls may go.
#[derive(Clone)]
pub struct Targets(Option<Rc<Named>>);

/// What a program names.
struct Named {
    program: Arc<Program>,
    hosts: Arc<Hosts>,
    /// The texts that stand in the program: made when the first file is asked for.
    texts: OnceCell<HashSet<String>>,
    /// Hashes of the addresses that were read from databases; nothing where they do not matter.
    read: Option<RefCell<HashSet<u64>>>,
}

impl Targets {
    /// Wherever they like.
    #[must_use]
    pub fn anywhere() -> Self {
        Self(None)
    }

    /// Where the program says.
    #[must_use]
    pub fn of(program: Arc<Program>) -> Self {
        let hosts = Arc::new(Hosts(program.targets.hosts.clone()));
        let learns = program.calls("mail.send") && !program.targets.mail.iter().any(|it| it == "*");
        let read = learns.then(RefCell::default);
        Self(Some(Rc::new(Named { program, hosts, texts: OnceCell::new(), read })))
    }

    /// Where requests may be redirected to; anywhere with nothing.
    pub(super) fn hosts(&self) -> Option<Arc<Hosts>> {
        self.0.as_ref().map(|it| it.hosts.clone())
    }

    pub(super) fn admit_host(&self, url: &Url) -> Result<(), Fault> {
        let Some(named) = &self.0 else { return Ok(()) };
        if named.hosts.admit(url) {
            return Ok(());
        }
        let host = url.host_str().unwrap_or_default();
        Err(refused("call", host, &format!("allow http \"{host}\"")))
    }

    pub(super) fn admit_file(&self, path: &str) -> Result<(), Fault> {
        let Some(named) = &self.0 else { return Ok(()) };
        if named.names_file(path) {
            return Ok(());
        }
        let pattern = match path.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/*"),
            None => path.to_owned(),
        };
        Err(refused("touch", path, &format!("allow files \"{pattern}\"")))
    }

    /// The paths that begin so, of which the literal beginning may be the whole.
    pub(super) fn admit_files_below(&self, prefix: &str) -> Result<(), Fault> {
        let Some(named) = &self.0 else { return Ok(()) };
        if prefix.is_empty() || named.names_file(prefix) {
            return Ok(());
        }
        Err(refused("list", prefix, &format!("allow files \"{prefix}*\"")))
    }

    pub(super) fn admit_address(&self, email: &str) -> Result<(), Fault> {
        let Some(named) = &self.0 else { return Ok(()) };
        let lower = email.to_lowercase();
        let read = |it: &RefCell<HashSet<u64>>| it.borrow().contains(&hash(&lower));
        if named.program.targets.mail.iter().any(|it| glob::matches(it, &lower))
            || named.read.as_ref().is_some_and(read)
        {
            return Ok(());
        }
        let domain = lower.rsplit_once('@').map_or(lower.as_str(), |(_, it)| it);
        Err(refused("write to", email, &format!("allow mail \"*@{domain}\"")))
    }

    /// Whether what is read from databases matters.
    #[must_use]
    pub fn learns(&self) -> bool {
        self.0.as_ref().is_some_and(|it| it.read.is_some())
    }

    /// Remembers the addresses in what was read from a database: they are the project's own.
    pub fn learn(&self, value: &Value) {
        let Some(read) = self.0.as_ref().and_then(|it| it.read.as_ref()) else { return };
        let mut left = vec![value.clone()];
        while let Some(value) = left.pop() {
            if let Some(text) = value.as_str() {
                read.borrow_mut().extend(address(text).map(|it| hash(&it.to_lowercase())));
            } else if value.is_container() {
                left.extend(
                    (0..).map_while(|at| value.child(at)).map(std::borrow::Cow::into_owned),
                );
            }
        }
    }
}

impl Named {
    /// Whether a path, or a folder above it, stands in the source or is allowed.
    fn names_file(&self, path: &str) -> bool {
        let texts = self.texts.get_or_init(|| {
            let mut texts = HashSet::new();
            for constant in &self.program.constants {
                constant.texts(&mut |text| {
                    texts.insert(text.to_owned());
                });
            }
            texts
        });
        let folders = path.match_indices('/').map(|(at, _)| at);
        texts.contains(path)
            || folders
                .clone()
                .any(|end| texts.contains(&path[..end]) || texts.contains(&path[..=end]))
            || self.program.targets.files.iter().any(|it| glob::matches(it, path))
    }
}

/// The address in a text that is one, with or without a name before it.
fn address(text: &str) -> Option<&str> {
    if text.len() > ADDRESS_BYTES_MAX || !text.contains('@') {
        return None;
    }
    let text = text.trim();
    let inner = text.strip_suffix('>').and_then(|it| it.rsplit_once('<')).map(|(_, it)| it);
    Some(inner.unwrap_or(text).trim())
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn refused(act: &str, target: &str, header: &str) -> Fault {
    let message = format!(
        "the task may not {act} `{target}`, which was computed at run time; a header lets it: `{header}`"
    );
    Fault::new(Code::NotAllowed, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::program::{self, Constant, EffectClass, EffectKind, EffectSite};

    fn targets(constants: &[&str], targets: program::Targets) -> Targets {
        let mail = EffectSite {
            kind: EffectKind::Native("mail.send".to_owned()),
            class: EffectClass::Once,
            arguments: 0,
            descriptors: Vec::new(),
        };
        let constants = constants.iter().map(|it| Constant::Text((*it).to_owned())).collect();
        let program =
            program::Program { constants, targets, effects: vec![mail], ..Default::default() };
        Targets::of(Arc::new(program))
    }

    fn patterns(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn files_are_named_by_themselves_by_a_folder_or_by_a_pattern() {
        let files = patterns(&["day-*.csv"]);
        let it = targets(
            &["in/a.csv", "out", "reports/"],
            program::Targets { files, ..Default::default() },
        );
        for path in ["in/a.csv", "out/x", "out/deep/x", "reports/2026.html", "day-7.csv"] {
            it.admit_file(path).unwrap();
        }
        for path in ["in/b.csv", "outer/x", "day-7.txt", "x"] {
            assert!(it.admit_file(path).unwrap_err().is(Code::NotAllowed), "{path}");
        }
        let refused = it.admit_file("in/b.csv").unwrap_err().message;
        assert!(refused.ends_with("`allow files \"in/*\"`"), "{refused}");
        assert!(it.admit_files_below("").is_ok() && it.admit_files_below("reports/").is_ok());
        assert!(it.admit_files_below("re").is_err());
    }

    #[test]
    fn addresses_are_named_allowed_or_read_from_a_database() {
        let mail = patterns(&["ada@example.com", "*@shop.example"]);
        let it = targets(&[], program::Targets { mail, ..Default::default() });
        assert!(
            it.admit_address("Ada@Example.com").is_ok()
                && it.admit_address("x@shop.example").is_ok()
        );
        let refused = it.admit_address("bob@example.com").unwrap_err().message;
        assert!(refused.ends_with("`allow mail \"*@example.com\"`"), "{refused}");
        it.learn(&Value::list([Value::list([Value::text("Bob <Bob@example.com> ")])]));
        it.admit_address("bob@example.com").unwrap();
        assert!(it.admit_address("eve@example.com").is_err());
        assert!(
            it.learns()
                && !targets(&[], program::Targets { mail: patterns(&["*"]), ..Default::default() })
                    .learns()
        );
    }

    #[test]
    fn hosts_are_those_of_the_program() {
        let it = targets(
            &[],
            program::Targets { hosts: patterns(&["*.example.org"]), ..Default::default() },
        );
        let admit = |url| it.admit_host(&Url::parse(url).unwrap());
        assert!(admit("https://a.example.org/x").is_ok());
        let refused = admit("https://evil.example/x").unwrap_err();
        assert!(refused.is(Code::NotAllowed));
        assert!(refused.message.ends_with("`allow http \"evil.example\"`"), "{refused}");
        assert!(Targets::anywhere().hosts().is_none());
    }
}
