//! The world as a project's settings describe it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::settings::{Root, Unusable};
use crate::host::Host;
use crate::host::real::sqlite::Place as Database;
use crate::host::real::{
    Config, DataPaths, HttpConfig, MailConfig, Outbox, Place, Places, Private, SecretPlace,
};

/// Where a project keeps its data where nothing else is said.
pub fn data_folder(root: &Root, asked: Option<&Path>) -> PathBuf {
    asked.map_or_else(|| root.path(".taskc"), Path::to_owned)
}

/// The file of the store: where the settings say, else among the data.
pub fn store_file(root: &Root, data: &Path) -> Result<PathBuf, Unusable> {
    Ok(root.store()?.unwrap_or_else(|| DataPaths::below(data).store))
}

/// The real world for the runs of a project.
pub fn host(root: &Root, data: &Path) -> Result<Host, Unusable> {
    let settings = &root.settings;
    let files = settings.files.url.strip_prefix("file:");
    let files = files.ok_or_else(|| {
        Unusable(format!("[files] url = \"{}\": write `file:FOLDER`", settings.files.url))
    })?;
    Ok(Host::real(Config {
        files: root.path(files),
        http: HttpConfig { private: private(root)?, ..HttpConfig::default() },
        mail: MailConfig { outbox: Some(outbox(root)?), from: settings.mail.from.clone() },
        settings: places(root),
        sources: sources(root, data)?,
    }))
}

fn private(root: &Root) -> Result<Vec<Private>, Unusable> {
    let read = |text: &String| {
        Private::from_str(text).map_err(|why| Unusable(format!("[http] private: {why}")))
    };
    root.settings.http.private.iter().map(read).collect()
}

fn outbox(root: &Root) -> Result<Outbox, Unusable> {
    let url = &root.settings.mail.url;
    match url.strip_prefix("file:") {
        Some(folder) => Ok(Outbox::Folder(root.path(folder))),
        None => Outbox::parse(url).map_err(|why| Unusable(format!("[mail] url: {why}"))),
    }
}

fn places(root: &Root) -> Places {
    let secrets = root.settings.secrets.iter().map(|(name, secret)| {
        (
            name.clone(),
            SecretPlace { place: Place::Env(secret.env.clone()), hosts: secret.hosts.clone() },
        )
    });
    Places { secrets: secrets.collect(), env: root.settings.env.names.iter().cloned().collect() }
}

fn sources(root: &Root, data: &Path) -> Result<Vec<(String, Database)>, Unusable> {
    let mut sources = vec![("main".to_owned(), Database::Own(data.join("main.db")))];
    for (name, source) in &root.settings.sources {
        let written = source.url();
        let url = match written.strip_prefix("env:") {
            None => written.to_owned(),
            Some(variable) => std::env::var(variable).map_err(|_| {
                Unusable(format!("[sources] {name}: the environment has no `{variable}`"))
            })?,
        };
        let Some(path) = url.strip_prefix("sqlite:") else {
            return Err(Unusable(format!(
                "[sources] {name}: write `sqlite:PATH`; other databases are not served yet"
            )));
        };
        let place = match source.read_only() {
            true => Database::ReadOnly(root.path(path)),
            false => Database::File(root.path(path)),
        };
        sources.retain(|(it, _)| it != name);
        sources.push((name.clone(), place));
    }
    Ok(sources)
}
