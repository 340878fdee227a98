//! The binary holds tasks to the targets that their sources name and their `allow` headers let.

use crate::support::{Folder, stderr, stdout, taskc, web};

/// A folder whose settings let a task call the peer, and read `TARGET` from the environment.
fn folder(peer: &web::Server) -> Folder {
    let folder = Folder::new();
    let settings = format!(
        "[http]\nprivate = [\"{}\", \"localhost\"]\n[env]\nnames = [\"TARGET\"]\n[mail]\nurl = \"smtp://127.0.0.1:1\"\nfrom = \"desk@example.com\"\n",
        peer.address
    );
    folder.write("taskc.toml", &settings);
    folder
}

fn peer() -> web::Server {
    web::Server::start(|_| (200, "{}".to_owned()))
}

/// What a task prints, and what it says of its failure.
fn ran(folder: &Folder, text: &str, target: &str) -> (String, String) {
    folder.write("it.task", text);
    let output = taskc(folder.path()).args(["run", "it.task"]).env("TARGET", target).output();
    let output = output.unwrap();
    (stdout(&output), stderr(&output))
}

const CALL: &str =
    "let target = env.TARGET ?? \"\"\nprint(http.get(\"http://{target}/\").status)\n";

#[test]
fn a_host_that_was_computed_needs_a_header() {
    let peer = peer();
    let (folder, target) = (folder(&peer), peer.address.to_string());
    let (said, refused) = ran(&folder, CALL, &target);
    assert_eq!(said, "");
    assert!(refused.starts_with("error[not-allowed]"), "{refused}");
    assert!(
        refused.contains("`allow http \"127.0.0.1\"`") && refused.contains("it.task:2:"),
        "{refused}"
    );
    assert!(peer.seen().is_empty());

    for pattern in ["127.0.0.1", "127.*", &target, "*"] {
        let (said, wrong) = ran(&folder, &format!("allow http \"{pattern}\"\n{CALL}"), &target);
        assert_eq!(said, "200\n", "{pattern}: {wrong}");
    }
    let (_, refused) = ran(&folder, &format!("allow http \"*.example.org\"\n{CALL}"), &target);
    assert!(refused.starts_with("error[not-allowed]"), "{refused}");
}

#[test]
fn a_host_that_stands_in_the_source_needs_none() {
    let peer = peer();
    let folder = folder(&peer);
    folder.write("api.task", &format!("const BASE = \"http://{}\"\nfn path(n: int) -> text {{ return \"/x/{{n}}\" }}\nfn ask(n: int) -> int {{ return http.get(\"{{BASE}}{{path(n)}}\").status }}\n", peer.address));
    let task = format!(
        "use api\nlet id = env.TARGET ?? \"\"\nprint(http.get(\"http://{}/orders/{{id}}\").status)\nlet bases = [BASE]\nfor b in bases {{ print(http.get(\"{{b}}/y\").status) }}\nprint(ask(3))\n",
        peer.address
    );
    let (said, wrong) = ran(&folder, &task, "7");
    assert_eq!(said, "200\n200\n200\n", "{wrong}");
    let asked: Vec<_> = peer.seen().into_iter().map(|it| it.target).collect();
    assert_eq!(asked, ["/orders/7", "/y", "/x/3"]);
    // What is put behind a literal host cannot make another host of it.
    let task = "print(http.get(\"http://127.0.0.1{env.TARGET ?? \"\"}\").status)\n";
    let (_, refused) = ran(&folder, task, ".example.org/");
    assert!(refused.starts_with("error[not-allowed]"), "{refused}");
}

#[test]
fn files_are_held_to_their_names_and_folders() {
    let folder = folder(&peer());
    folder.write("files/in/a.csv", "1");
    folder.write("files/secret.txt", "2");
    let task = "const OUT = \"out\"\nlet target = env.TARGET ?? \"\"\nfiles.write(\"{OUT}/{target}\", \"x\")\nfiles.write(\"day-{target}\", \"x\")\nfor f in files.list(\"in/\") { print(files.read_text(f.path)) }\nprint(files.read_text(target))\n";
    let (said, refused) = ran(&folder, task, "secret.txt");
    assert_eq!(said, "1\n");
    assert!(
        refused.contains("error[not-allowed]") && refused.contains("`allow files \"secret.txt\"`"),
        "{refused}"
    );
    let (said, wrong) = ran(&folder, &format!("allow files \"*.txt\"\n{task}"), "secret.txt");
    assert_eq!(said, "1\n2\n", "{wrong}");
}

/// What a task that writes to an address comes to: the mail server cannot be reached, so what is let through fails with `mail`.
fn mailed(folder: &Folder, head: &str, to: &str) -> String {
    let task = format!("{head}\nmail.send(to: {to}, subject: \"s\", text: \"t\")\n");
    let (_, wrong) = ran(folder, &task, "eve@evil.example");
    let code = wrong.split(['[', ']']).nth(1);
    code.unwrap_or_else(|| panic!("no error in: {wrong}")).to_owned()
}

#[test]
fn mail_goes_to_addresses_that_are_named_allowed_or_of_the_projects_tables() {
    let folder = folder(&peer());
    let env = "env.TARGET ?? \"\"";
    assert_eq!(mailed(&folder, "", env), "not-allowed");
    assert_eq!(mailed(&folder, "allow mail \"*@evil.example\"", env), "mail");
    assert_eq!(mailed(&folder, "allow mail \"*@example.com\"", env), "not-allowed");
    assert_eq!(mailed(&folder, "", "\"{run.task}@example.com\""), "mail");
    assert_eq!(mailed(&folder, "", "[\"ada@example.com\", \"bob@example.com\"]"), "mail");
    let table = "table Person { id: int key auto\n email: text }\nPerson.insert({ email: \"{env.TARGET ?? \"\"}\" })\nlet p = (from p in Person select { at: p.email }).one()";
    assert_eq!(mailed(&folder, table, "p.at"), "mail");
    let unread = table.lines().take(3).collect::<Vec<_>>().join("\n");
    assert_eq!(mailed(&folder, &unread, env), "not-allowed");
}
