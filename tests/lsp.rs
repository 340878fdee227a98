//! The language server as an editor meets it: the real binary, messages over its pipes.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use lsp_server::Message;
use serde_json::{Value, json};

use crate::support::{Folder, taskc};

/// An editor with one folder open.
struct Editor {
    server: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    /// What came while something else was waited for.
    seen: Vec<Value>,
    asked: i64,
    folder: Folder,
}

impl Editor {
    fn open(folder: Folder, capabilities: Value) -> (Self, Value) {
        let mut command = taskc(folder.path());
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().unwrap();
        let to = server.stdin.take().unwrap();
        let mut out = BufReader::new(server.stdout.take().unwrap());
        let (sender, from) = channel();
        std::thread::spawn(move || {
            while let Some(message) = message(&mut out) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut editor = Self { server, to, from, seen: Vec::new(), asked: 0, folder };
        let root = editor.uri("");
        let agreed = editor.ask(
            "initialize",
            json!({
                "processId": null,
                "rootUri": root,
                "workspaceFolders": [{ "uri": root, "name": "tasks" }],
                "capabilities": capabilities,
            }),
        );
        editor.tell("initialized", json!({}));
        (editor, agreed["result"].clone())
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.folder.path().join(name).display())
    }

    fn document(&self, name: &str) -> Value {
        json!({ "uri": self.uri(name) })
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.to, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.to.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The whole response.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked + 1000;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        self.wait(|it| it["id"] == id && it.get("method").is_none())
    }

    fn result(&mut self, method: &str, params: Value) -> Value {
        let response = self.ask(method, params);
        assert!(response.get("error").is_none(), "{method}: {response}");
        response["result"].clone()
    }

    fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.seen.iter().position(&wanted) {
            return self.seen.remove(at);
        }
        loop {
            let message = self.from.recv_timeout(Duration::from_mins(1)).expect("an answer");
            if wanted(&message) {
                return message;
            }
            self.seen.push(message);
        }
    }

    fn show(&mut self, name: &str, text: &str) {
        let uri = self.uri(name);
        let document = json!({ "uri": uri, "languageId": "task", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, name: &str, version: i32, range: Value, text: &str) {
        let document = json!({ "uri": self.uri(name), "version": version });
        let changes = json!([{ "range": range, "text": text }]);
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.tell("textDocument/didChange", params);
    }

    /// The next findings that are sent for a file.
    fn findings(&mut self, name: &str) -> Value {
        let uri = self.uri(name);
        let is_it = |it: &Value| {
            it["method"] == "textDocument/publishDiagnostics" && it["params"]["uri"] == uri
        };
        self.wait(is_it)["params"].clone()
    }

    fn close(mut self) {
        assert!(self.ask("shutdown", Value::Null)["result"].is_null());
        self.tell("exit", Value::Null);
        assert!(self.server.wait().unwrap().success());
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn message(out: &mut impl BufRead) -> Option<Value> {
    let message = Message::read(out).expect("nothing but messages on standard output")?;
    Some(serde_json::to_value(message).unwrap())
}

fn range(line: u32, from: u32, to: u32) -> Value {
    json!({ "start": { "line": line, "character": from }, "end": { "line": line, "character": to } })
}

fn at(document: &Value, line: u32, character: u32) -> Value {
    json!({ "textDocument": document, "position": { "line": line, "character": character } })
}

#[test]
fn findings_come_with_the_columns_that_were_agreed_on() {
    for (encoding, column) in [("utf-8", 14), ("utf-16", 12), ("utf-32", 11)] {
        let capabilities = json!({ "general": { "positionEncodings": [encoding] } });
        let (mut editor, agreed) = Editor::open(Folder::new(), capabilities);
        assert_eq!(agreed["capabilities"]["positionEncoding"], encoding);
        editor.show("it.task", "print(\"😀\", totl)\nprint(1)\n");
        let found = editor.findings("it.task");
        assert_eq!(found["version"], 1);
        let first = &found["diagnostics"][0];
        assert_eq!(first["range"]["start"]["character"], column, "{encoding}: {first}");
        editor.close();
    }
}

#[test]
fn mistakes_are_seen_while_typing_and_mended_with_an_action() {
    let (mut editor, _) = Editor::open(Folder::new(), json!({}));
    editor.show("it.task", "let total = 1\nprint(total)\n");
    assert_eq!(editor.findings("it.task")["diagnostics"], json!([]));
    editor.change("it.task", 2, range(1, 6, 11), "totl");
    let found = editor.findings("it.task");
    assert_eq!(
        (&found["version"], &found["diagnostics"][0]["code"]),
        (&json!(2), &json!("unknown-name"))
    );
    let page = found["diagnostics"][0]["codeDescription"]["href"].as_str().unwrap().to_owned();
    let page = std::fs::read_to_string(page.strip_prefix("file://").unwrap()).unwrap();
    assert!(page.contains("## Why"), "{page}");
    // What the editor sends back as context is not looked at.
    let document = editor.document("it.task");
    let params = json!({ "textDocument": document, "range": range(1, 0, 0), "context": { "diagnostics": [] } });
    let actions = editor.result("textDocument/codeAction", params);
    let mend = &actions[0];
    assert_eq!(mend["kind"], "quickfix");
    let edit = &mend["edit"]["changes"][editor.uri("it.task")][0];
    assert_eq!((&edit["newText"], &edit["range"]), (&json!("total"), &range(1, 6, 10)));
    let resolved = editor.result("codeAction/resolve", mend.clone());
    assert_eq!(resolved, *mend);
    editor.change("it.task", 3, range(1, 6, 10), "total");
    assert_eq!(editor.findings("it.task")["diagnostics"], json!([]));
    editor.close();
}

#[test]
fn other_files_are_looked_at_when_a_declaration_changes() {
    let folder = Folder::new();
    folder.write("taskc.toml", "");
    folder.write("shop.task", "fn price() -> int {\n  return 1\n}\n");
    folder.write("a.task", "use shop\nprint(price())\n");
    let (mut editor, _) = Editor::open(folder, json!({}));
    editor.show("shop.task", "fn price() -> int {\n  return 1\n}\n");
    editor.findings("shop.task");
    editor.change("shop.task", 2, range(0, 3, 8), "cost");
    let found = editor.findings("a.task");
    assert_eq!(found["diagnostics"][0]["code"], "unknown-function", "{found}");
    // The file is mended on disk, outside of the editor.
    editor.folder.write("a.task", "use shop\nprint(cost())\n");
    let uri = editor.uri("a.task");
    let changes = json!({ "changes": [{ "uri": uri, "type": 2 }] });
    editor.tell("workspace/didChangeWatchedFiles", changes);
    assert_eq!(editor.findings("a.task")["diagnostics"], json!([]));
    editor.close();
}

#[test]
fn an_editor_that_asks_for_findings_is_sent_none() {
    let folder = Folder::new();
    folder.write("b.task", "print(missing)\n");
    let (mut editor, agreed) =
        Editor::open(folder, json!({ "textDocument": { "diagnostic": {} } }));
    assert_eq!(agreed["capabilities"]["diagnosticProvider"]["workspaceDiagnostics"], true);
    editor.show("it.task", "print(totl)\n");
    let document = editor.document("it.task");
    let report = editor.result("textDocument/diagnostic", json!({ "textDocument": document }));
    assert_eq!(report["items"][0]["code"], "unknown-name");
    let all = editor.result("workspace/diagnostic", json!({ "previousResultIds": [] }));
    let files = all["items"].as_array().unwrap();
    assert_eq!(files.len(), 2, "{all}");
    assert!(files.iter().all(|it| it["items"].as_array().unwrap().len() == 1), "{all}");
    assert!(editor.seen.iter().all(|it| it["method"] != "textDocument/publishDiagnostics"));
    editor.close();
}

#[test]
fn every_question_of_the_protocol_is_answered() {
    let folder = Folder::new();
    folder.write("shop.task", "/// With tax.\nfn gross(net: int) -> int {\n  return net * 2\n}\n");
    let text =
        "schedule \"0 7 * * *\" in \"Europe/Berlin\"\nuse shop\n\nlet a  = gross(1)\nprint(a)\n";
    let (mut editor, _) = Editor::open(folder, json!({}));
    editor.show("it.task", text);
    let it = editor.document("it.task");
    let here = |line, character| at(&it, line, character);
    let hover = editor.result("textDocument/hover", here(3, 10));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("With tax."), "{hover}");
    let definition = editor.result("textDocument/definition", here(3, 10));
    assert_eq!(
        (&definition["uri"], &definition["range"]),
        (&json!(editor.uri("shop.task")), &range(1, 3, 8))
    );
    let mut params = here(4, 6);
    params["context"] = json!({ "includeDeclaration": true });
    assert_eq!(editor.result("textDocument/references", params).as_array().unwrap().len(), 2);
    assert_eq!(
        editor.result("textDocument/documentHighlight", here(4, 6)).as_array().unwrap().len(),
        2
    );
    let completion = editor.result("textDocument/completion", here(4, 0));
    let labels: Vec<&str> = completion["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["label"].as_str())
        .collect();
    assert!(labels.contains(&"gross") && labels.contains(&"schedule"), "{labels:?}");
    let item =
        completion["items"].as_array().unwrap().iter().find(|it| it["label"] == "gross").unwrap();
    let resolved = editor.result("completionItem/resolve", item.clone());
    assert!(resolved["documentation"].as_str().unwrap().contains("With tax."));
    let help = editor.result("textDocument/signatureHelp", here(3, 15));
    assert_eq!(
        (&help["activeParameter"], &help["signatures"][0]["parameters"][0]["label"]),
        (&json!(0), &json!("net: int"))
    );
    let formatted = editor.result(
        "textDocument/formatting",
        json!({ "textDocument": it, "options": { "tabSize": 2, "insertSpaces": true } }),
    );
    assert_eq!(formatted[0]["newText"], "let a = gross(1)\n");
    let in_range = json!({ "textDocument": it, "range": range(0, 0, 5), "options": { "tabSize": 2, "insertSpaces": true } });
    assert_eq!(editor.result("textDocument/rangeFormatting", in_range), json!([]));
    let prepared = editor.result("textDocument/prepareRename", here(4, 6));
    assert_eq!(prepared["placeholder"], "a");
    let mut params = here(4, 6);
    params["newName"] = json!("b");
    let renamed = editor.result("textDocument/rename", params);
    assert_eq!(renamed["changes"][editor.uri("it.task")].as_array().unwrap().len(), 2);
    let mut params = here(4, 6);
    params["newName"] = json!("while");
    assert!(
        editor.ask("textDocument/rename", params)["error"]["message"]
            .as_str()
            .unwrap()
            .contains("word of the language")
    );
    for method in [
        "textDocument/documentSymbol",
        "textDocument/foldingRange",
        "textDocument/codeLens",
        "textDocument/documentLink",
        "textDocument/semanticTokens/full",
    ] {
        assert!(!editor.result(method, json!({ "textDocument": it })).is_null(), "{method}");
    }
    let whole = json!({ "textDocument": it, "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } } });
    assert!(
        editor.result("textDocument/inlayHint", whole.clone())[0]["label"]
            .as_str()
            .unwrap()
            .starts_with("next: ")
    );
    assert!(
        !editor.result("textDocument/semanticTokens/range", whole)["data"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let spans = editor.result(
        "textDocument/selectionRange",
        json!({ "textDocument": it, "positions": [{ "line": 4, "character": 6 }] }),
    );
    assert_eq!(spans[0]["range"], range(4, 6, 7));
    let symbols = editor.result("workspace/symbol", json!({ "query": "grs" }));
    assert_eq!((&symbols[0]["name"], symbols.as_array().unwrap().len()), (&json!("gross"), 1));
    let calls = editor.result("textDocument/prepareCallHierarchy", here(3, 10));
    let callers = editor.result("callHierarchy/incomingCalls", json!({ "item": calls[0] }));
    assert_eq!(callers[0]["from"]["name"], "it");
    let callees =
        editor.result("callHierarchy/outgoingCalls", json!({ "item": callers[0]["from"] }));
    assert_eq!(callees[0]["to"]["name"], "gross");
    let uri = editor.uri("it.task");
    let next = editor
        .result("workspace/executeCommand", json!({ "command": "taskc.next", "arguments": [uri] }));
    assert_eq!(next.as_array().unwrap().len(), 5);
    let unknown = editor.ask("textDocument/moniker", json!({}));
    assert_eq!(unknown["error"]["code"], -32601);
    let wrong = editor.ask("textDocument/hover", json!({ "nothing": 1 }));
    assert_eq!(wrong["error"]["code"], -32602);
    editor.close();
}

#[test]
fn lines_are_indented_while_they_are_written() {
    let (mut editor, _) = Editor::open(Folder::new(), json!({}));
    editor.show("it.task", "if true {\nprint( 1 )\n}\n");
    let document = editor.document("it.task");
    let typed = |line, character, ch: &str| {
        let mut params = at(&document, line, character);
        params["ch"] = json!(ch);
        params["options"] = json!({ "tabSize": 2, "insertSpaces": true });
        params
    };
    let indented = editor.result("textDocument/onTypeFormatting", typed(1, 0, "\n"));
    assert_eq!((&indented[0]["newText"], &indented[0]["range"]), (&json!("  "), &range(1, 0, 0)));
    let closed = editor.result("textDocument/onTypeFormatting", typed(2, 1, "}"));
    assert_eq!(closed[0]["newText"], "  print(1)\n");
    editor.close();
}

#[test]
fn a_question_that_is_taken_back_is_not_answered() {
    let (mut editor, _) = Editor::open(Folder::new(), json!({}));
    editor.show("it.task", "print(1)\n");
    let document = editor.document("it.task");
    let params = at(&document, 0, 2);
    // Both come in one piece, so that the question is still waiting when it is taken back.
    let question =
        json!({ "jsonrpc": "2.0", "id": 7, "method": "textDocument/hover", "params": params })
            .to_string();
    let back =
        json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": 7 } }).to_string();
    let both = format!(
        "Content-Length: {}\r\n\r\n{question}Content-Length: {}\r\n\r\n{back}",
        question.len(),
        back.len()
    );
    editor.to.write_all(both.as_bytes()).unwrap();
    editor.to.flush().unwrap();
    let answer = editor.wait(|it| it["id"] == 7);
    let is_cancelled = answer["error"]["code"] == -32800;
    assert!(is_cancelled || answer.get("result").is_some(), "{answer}");
    editor.close();
}

#[test]
fn settings_that_are_wrong_are_told_and_keep_nobody_from_the_files() {
    let folder = Folder::new();
    folder.write("taskc.toml", "[server]\nworkres = 3\n");
    folder.write("a.task", "print(missing)\n");
    let (mut editor, _) = Editor::open(folder, json!({}));
    let told = editor.wait(|it| it["method"] == "window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().contains("workers"), "{told}");
    assert_eq!(editor.findings("a.task")["diagnostics"][0]["code"], "unknown-name");
    editor.close();
}
