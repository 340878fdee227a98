// Starts the packaged extension with a stand-in for VS Code, and chooses its commands as a person would.
//
// node run.js EXTENSION.JS TASKC FILE.task. The stand-in knows what is asserted here; everything else that the extension and its client
// library touch is a thing that can be called, made and looked into, and does nothing.

const Module = require('module');
const { pathToFileURL, fileURLToPath } = require('url');
const fs = require('fs');
const path = require('path');

const [extensionPath, taskc, file] = process.argv.slice(2);
const commands = new Map();
const terminals = [];
const picked = [];
const opened = [];
let findings = [];

/** A thing that does nothing, whatever is done with it. */
function nothing() {
  const known = new Map();
  return new Proxy(function () {}, {
    get(target, key) {
      if (key === 'then' || typeof key === 'symbol') return undefined;
      if (key === 'prototype') return target.prototype;
      if (!known.has(key)) known.set(key, nothing());
      return known.get(key);
    },
    apply: () => nothing(),
    construct: () => nothing(),
  });
}

/** `known`, and nothing for all else. */
function partly(known) {
  return new Proxy(known, { get: (target, key) => (key in target ? target[key] : nothing()) });
}

const disposable = () => ({ dispose() {} });

class Uri {
  static parse = (text) => new Uri(text);
  static file = (name) => new Uri(pathToFileURL(name).href);
  constructor(text) {
    this.text = text;
    this.scheme = 'file';
    this.fsPath = this.path = fileURLToPath(text);
  }
  toString() {
    return this.text;
  }
}

const document = {
  uri: Uri.file(file),
  languageId: 'task',
  version: 1,
  lineCount: 1,
  isClosed: false,
  getText: () => fs.readFileSync(file, 'utf8'),
};
const configuration = { get: (key, other) => (key === 'path' ? taskc : other), has: () => false, inspect: () => undefined };

class Event {
  constructor() {
    this.event = disposable;
  }
  fire() {}
  dispose() {}
}

const vscode = partly({
  version: '1.91.0',
  EventEmitter: Event,
  Disposable: class {
    dispose() {}
    static from = disposable;
  },
  CancellationTokenSource: class {
    token = { isCancellationRequested: false, onCancellationRequested: disposable };
    cancel() {}
    dispose() {}
  },
  RelativePattern: class {},
  Uri,
  env: partly({ language: 'en', appName: 'stand-in', openExternal: async () => true }),
  commands: {
    registerCommand(name, run) {
      if (commands.has(name)) throw new Error(`command '${name}' already exists`);
      commands.set(name, run);
      return { dispose: () => commands.delete(name) };
    },
    executeCommand: (name, ...args) => commands.get(name)(...args),
    getCommands: async () => [...commands.keys()],
  },
  workspace: partly({
    getConfiguration: () => configuration,
    textDocuments: [document],
    notebookDocuments: [],
    workspaceFolders: [{ uri: Uri.file(path.dirname(file)), name: 'tasks', index: 0 }],
    onDidOpenTextDocument: disposable,
    onDidCloseTextDocument: disposable,
    onDidChangeTextDocument: disposable,
    onDidChangeConfiguration: disposable,
    onDidChangeWorkspaceFolders: disposable,
    createFileSystemWatcher: () => partly({ onDidCreate: disposable, onDidChange: disposable, onDidDelete: disposable, dispose() {} }),
    openTextDocument: async (it) => it,
  }),
  window: partly({
    activeTextEditor: { document, selection: { active: { line: 0, character: 0 } } },
    visibleTextEditors: [],
    tabGroups: { all: [], onDidChangeTabs: disposable },
    createTerminal(options) {
      terminals.push(options);
      return { show() {} };
    },
    createOutputChannel: () => partly({ append: (it) => process.stderr.write(it), appendLine: (it) => console.error(it) }),
    showQuickPick: async (items) => {
      picked.push(items);
    },
    showInputBox: async () => 'unknown-name',
    showTextDocument: async (it) => opened.push(it),
    showErrorMessage: async (it) => console.error(it),
  }),
  languages: partly({
    getDiagnostics: () => findings,
    match: () => 10,
    createDiagnosticCollection: () => partly({ set() {}, delete() {}, clear() {}, dispose() {} }),
  }),
});

const load = Module._load;
Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));

function same(what, found, wanted) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  }
}

async function main() {
  const extension = require(path.resolve(extensionPath));
  const manifest = JSON.parse(fs.readFileSync(path.join(path.dirname(extensionPath), '../package.json'), 'utf8'));
  await extension.activate({ subscriptions: [] });
  for (const { command } of manifest.contributes.commands) {
    if (!commands.has(command)) throw new Error(`${command} is in the menus, and does nothing`);
  }
  const task = document.uri.toString();
  await commands.get('taskc.run')(task);
  same('Run', terminals.pop(), { name: 'taskc run', shellPath: taskc, shellArgs: ['run', file] });
  await commands.get('taskc.test')(task, 'a (b)');
  same('Run Test', terminals.pop().shellArgs, ['test', file, '--filter', '^a \\(b\\)$']);
  await commands.get('taskc.showNext')();
  if (!/07:00/.test(picked[0]?.[0])) throw new Error(`Show Next Runs: ${JSON.stringify(picked)}`);
  // What stands beside the schedule as a lens.
  await commands.get('taskc.next')(task);
  same('the lens', picked[1], picked[0]);
  await commands.get('taskc.showPage')();
  if (!opened[0]?.content.includes('unknown-name')) throw new Error(`Explain: ${JSON.stringify(opened)}`);
  findings = [{ source: 'taskc', code: { value: 'unknown-table' }, range: { contains: () => true } }];
  await commands.get('taskc.showPage')();
  if (!opened[1]?.content.includes('unknown-table')) throw new Error(`Explain here: ${JSON.stringify(opened)}`);
  await extension.deactivate();
  console.log('everything works');
}

main().then(
  () => process.exit(0),
  (error) => {
    console.log(error.stack);
    process.exit(1);
  },
);
