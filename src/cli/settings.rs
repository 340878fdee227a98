//! `taskc.toml`: read, checked for unknown keys, overridden by the environment.
//!
//! Every setting has a default, so that a folder without the file is a project, too. `TASKC_` and the setting's
//! path in capitals (`TASKC_SERVER_LISTEN`) overrides what the file says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::diagnostics::level::{Level, Levels, Refusal};
use crate::diagnostics::suggest;

/// What a project can set. Paths are as written: relative to the project's root.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// `[server]`
    pub server: Server,
    /// `[store]`
    pub store: Store,
    /// `[sources]`: where tables live, by the name that `in` and `source` use. `main` always exists.
    pub sources: BTreeMap<String, Source>,
    /// `[mail]`
    pub mail: Mail,
    /// `[files]`
    pub files: Files,
    /// `[cache]`
    pub cache: Cache,
    /// `[http]`
    pub http: Http,
    /// `[secrets]`: by the name behind `secret.`.
    pub secrets: BTreeMap<String, Secret>,
    /// `[env]`
    pub env: Env,
    /// `[lints]`: a level by code.
    pub lints: BTreeMap<String, String>,
}

/// `[server]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Server {
    /// Where the HTTP interface is to listen, which is not built yet: a server says so when it starts.
    pub listen: Option<String>,
    /// How many runs may be under way at once. Those that compute are as many as there are processors; a run that waits for an answer
    /// holds a thread, and what it needs of memory and of files.
    pub workers: u32,
    /// How long a graceful stop waits for runs that are under way, in seconds.
    pub stop_seconds: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: None, workers: 64, stop_seconds: 30 }
    }
}

/// `[store]`
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Store {
    /// `sqlite:PATH`; `.taskc/taskc.db` where nothing is said.
    pub url: Option<String>,
}

/// An entry of `[sources]`: a URL, or a table with one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// `main = "sqlite:shop.db"`
    Url(String),
    /// `warehouse = { url = "env:WAREHOUSE_URL", read_only = true }`
    Table {
        /// Where it is; `env:NAME` takes it from the environment.
        url: String,
        /// Refuse every write.
        #[serde(default)]
        read_only: bool,
    },
}

impl Source {
    /// Where it is, as written.
    pub fn url(&self) -> &str {
        match self {
            Self::Url(url) | Self::Table { url, .. } => url,
        }
    }

    /// Whether writes are refused.
    pub fn read_only(&self) -> bool {
        matches!(self, Self::Table { read_only: true, .. })
    }
}

/// `[mail]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Mail {
    /// `smtp://user:password@host:port`, `smtps://…`, or `file:FOLDER`, which writes each mail to a file.
    pub url: String,
    /// The sender where a mail names none.
    pub from: Option<String>,
}

impl Default for Mail {
    fn default() -> Self {
        Self { url: "smtp://localhost:25".to_owned(), from: None }
    }
}

/// `[files]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Files {
    /// `file:FOLDER`: what `files.read` and its like see as their root.
    pub url: String,
}

impl Default for Files {
    fn default() -> Self {
        Self { url: "file:files".to_owned() }
    }
}

/// `[cache]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct Cache {
    /// `store`: what is cached stands beside the history.
    pub url: String,
}

impl Default for Cache {
    fn default() -> Self {
        Self { url: "store".to_owned() }
    }
}

/// `[http]`
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Http {
    /// `host:port` of private addresses that tasks may call.
    pub private: Vec<String>,
}

/// An entry of `[secrets]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Secret {
    /// The environment variable that holds it.
    pub env: String,
    /// The hosts that it may be sent to; none means any.
    #[serde(default)]
    pub hosts: Vec<String>,
}

/// `[env]`
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Env {
    /// The environment variables that tasks may read.
    pub names: Vec<String>,
}

/// Why settings cannot be used; the message says where and what to write.
#[derive(Debug, PartialEq)]
pub struct Unusable(pub String);

/// A project's folder and what it sets.
#[derive(Clone, Debug, PartialEq)]
pub struct Root {
    /// The folder that paths count from.
    pub folder: PathBuf,
    /// What it sets.
    pub settings: Settings,
}

impl Root {
    /// The project that `path` (a file or a folder) belongs to: the nearest folder upwards with a `taskc.toml`,
    /// or else the folder itself.
    pub fn find(path: &Path) -> Result<Self, Unusable> {
        let start = if path.is_dir() { path } else { folder_of(path) };
        let absolute = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
        let folder =
            absolute.ancestors().find(|it| it.join("taskc.toml").is_file()).unwrap_or(&absolute);
        let file = folder.join("taskc.toml");
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(Unusable(format!("{} cannot be read: {error}", file.display())));
            }
        };
        let environment = std::env::vars().collect();
        let settings = parse(&text, &environment)
            .map_err(|Unusable(why)| Unusable(format!("taskc.toml: {why}")))?;
        Ok(Self { folder: folder.to_owned(), settings })
    }

    /// The levels of findings as checking takes them.
    pub fn levels(&self) -> Result<Levels, Unusable> {
        let mut levels = Levels::default();
        for (code, word) in &self.settings.lints {
            let level = Level::read(word).ok_or_else(|| {
                Unusable(format!("[lints] {code} = \"{word}\": write \"allow\", \"hint\", \"warning\" or \"error\""))
            })?;
            levels.choose(code, level).map_err(|refusal| match refusal {
                Refusal::AlwaysError => Unusable(format!("[lints] `{code}` is always an error")),
                Refusal::UnknownCode(near) => {
                    let help = near
                        .first()
                        .map_or(String::new(), |near| format!("; the nearest is `{near}`"));
                    Unusable(format!("[lints] no diagnostic is called `{code}`{help}"))
                }
            })?;
        }
        Ok(levels)
    }

    /// The file of the store, where `[store]` says one.
    pub fn store(&self) -> Result<Option<PathBuf>, Unusable> {
        let Some(url) = &self.settings.store.url else { return Ok(None) };
        match url.strip_prefix("sqlite:") {
            Some(path) => Ok(Some(self.path(path))),
            None => Err(Unusable(format!("[store] url = \"{url}\": write `sqlite:PATH`"))),
        }
    }

    /// A path of the settings, from the root where it is relative.
    pub fn path(&self, written: &str) -> PathBuf {
        self.folder.join(written)
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The keys of each section; `*` where names are the project's own.
const SECTIONS: &[(&str, &[&str])] = &[
    ("server", &["listen", "workers", "stop_seconds"]),
    ("store", &["url"]),
    ("sources", &["*"]),
    ("mail", &["url", "from"]),
    ("files", &["url"]),
    ("cache", &["url"]),
    ("http", &["private"]),
    ("secrets", &["*"]),
    ("env", &["names"]),
    ("lints", &["*"]),
];

/// Reads the text of a `taskc.toml` and lays the environment over it.
fn parse(text: &str, environment: &BTreeMap<String, String>) -> Result<Settings, Unusable> {
    let mut table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| Unusable(error.to_string()))?;
    refuse_unknown_keys(&table)?;
    for (name, value) in environment {
        override_one(&mut table, name, value);
    }
    let settings = Settings::deserialize(table).map_err(|error| Unusable(error.to_string()))?;
    match settings.cache.url.as_str() {
        "store" => Ok(settings),
        other => Err(Unusable(format!("[cache] url = \"{other}\": only `store` is there"))),
    }
}

fn refuse_unknown_keys(table: &toml::Table) -> Result<(), Unusable> {
    let sections: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
    for (section, content) in table {
        let Some((_, keys)) = SECTIONS.iter().find(|(name, _)| name == section) else {
            return Err(unknown("section", &format!("[{section}]"), section, &sections));
        };
        let Some(content) = content.as_table() else {
            return Err(Unusable(format!(
                "`{section}` is a section: write `[{section}]` on a line of its own"
            )));
        };
        let is_known = |key: &&String| keys.contains(&"*") || keys.contains(&key.as_str());
        if let Some(key) = content.keys().find(|key| !is_known(key)) {
            return Err(unknown("key", &format!("`{key}` in [{section}]"), key, keys));
        }
    }
    Ok(())
}

fn unknown(what: &str, shown: &str, name: &str, known: &[&str]) -> Unusable {
    let nearest = suggest::nearest(name, known.iter().map(|it| suggest::Candidate::new(it)));
    let help = match nearest.first() {
        Some(nearest) => format!("the nearest name is `{nearest}`"),
        None => format!("there are {}", known.join(", ")),
    };
    Unusable(format!("no {what} is called {shown}; {help}"))
}

/// `TASKC_SERVER_WORKERS=4` stands for `workers = 4` in `[server]`.
fn override_one(table: &mut toml::Table, name: &str, value: &str) {
    let Some(path) = name.strip_prefix("TASKC_") else { return };
    let path = path.to_lowercase();
    let found = SECTIONS.iter().find_map(|(section, keys)| {
        let key = path.strip_prefix(section)?.strip_prefix('_')?;
        (keys.contains(&key) || keys.contains(&"*")).then_some((*section, key))
    });
    let Some((section, key)) = found else { return };
    let section = table.entry(section).or_insert_with(|| toml::Table::new().into());
    if let Some(section) = section.as_table_mut() {
        section.insert(key.to_owned(), read_value(value));
    }
}

/// Numbers, truth values and lists as TOML writes them; anything else is text.
fn read_value(value: &str) -> toml::Value {
    match format!("it = {value}").parse::<toml::Table>() {
        Ok(mut table) => table.remove("it").unwrap_or_else(|| value.into()),
        Err(_) => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Settings, Unusable> {
        let pairs =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        parse(text, &pairs.collect())
    }

    #[test]
    fn an_empty_file_gives_the_defaults() {
        let settings = read("", &[]).unwrap();
        assert_eq!(settings, Settings::default());
        assert_eq!(settings.files.url, "file:files");
    }

    #[test]
    fn sources_are_urls_or_tables() {
        let settings = read(
            "[sources]\nmain = \"sqlite:a.db\"\nw = { url = \"env:W\", read_only = true }",
            &[],
        )
        .unwrap();
        assert_eq!(settings.sources["main"].url(), "sqlite:a.db");
        assert!(settings.sources["w"].read_only());
    }

    #[test]
    fn what_is_cached_stands_in_the_store_and_nowhere_else() {
        assert_eq!(read("[cache]\nurl = \"store\"", &[]), Ok(Settings::default()));
        assert!(read("[cache]\nurl = \"redis://localhost\"", &[]).is_err());
    }

    #[test]
    fn unknown_names_are_refused_with_the_nearest() {
        assert_eq!(
            read("[servr]\n", &[]),
            Err(Unusable("no section is called [servr]; the nearest name is `server`".into()))
        );
        assert_eq!(
            read("[mail]\nurll = \"x\"", &[]),
            Err(Unusable("no key is called `urll` in [mail]; the nearest name is `url`".into()))
        );
    }

    #[test]
    fn the_environment_wins() {
        let settings = read(
            "[server]\nworkers = 2",
            &[("TASKC_SERVER_WORKERS", "5"), ("TASKC_MAIL_FROM", "A <a@b.c>")],
        );
        let settings = settings.unwrap();
        assert_eq!(
            (settings.server.workers, settings.mail.from.as_deref()),
            (5, Some("A <a@b.c>"))
        );
    }
}
