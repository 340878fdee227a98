// Starts `taskc lsp` and gives its commands a place in the menus.

import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';

let client: LanguageClient | undefined;

function taskc(): string {
  return vscode.workspace.getConfiguration('taskc').get<string>('path') || 'taskc';
}

/** The file that a command is about: the one that a lens names, or the one being edited. */
function file(uri?: string): string | undefined {
  return uri ? vscode.Uri.parse(uri).fsPath : vscode.window.activeTextEditor?.document.uri.fsPath;
}

/** Runs taskc where it can be seen. */
function inTerminal(name: string, args: string[]): void {
  const terminal = vscode.window.createTerminal({ name, shellPath: taskc(), shellArgs: args });
  terminal.show();
}

/** The code of our finding at the cursor. */
function codeHere(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  const found = editor && vscode.languages.getDiagnostics(editor.document.uri);
  const code = found?.find((it) => it.source === 'taskc' && it.range.contains(editor!.selection.active))?.code;
  return typeof code === 'object' ? String(code.value) : code?.toString();
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  client = new LanguageClient(
    'taskc',
    'Task',
    { command: taskc(), args: ['lsp'] },
    {
      documentSelector: [{ language: 'task' }],
      // What a lens asks for is done here, where there is a terminal and a list to choose from.
      middleware: {
        executeCommand: (command, args, next) =>
          command === 'taskc.next'
            ? vscode.commands.executeCommand('taskc.showNext', ...args)
            : next(command, args),
      },
    },
  );
  context.subscriptions.push(
    vscode.commands.registerCommand('taskc.run', (uri?: string) => {
      const path = file(uri);
      if (path) inTerminal('taskc run', ['run', path]);
    }),
    vscode.commands.registerCommand('taskc.test', (uri?: string, name?: string) => {
      const path = file(uri);
      const filter = name ? ['--filter', `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`] : [];
      if (path) inTerminal('taskc test', ['test', path, ...filter]);
    }),
    vscode.commands.registerCommand('taskc.showNext', async (uri?: string) => {
      const document = uri ?? vscode.window.activeTextEditor?.document.uri.toString();
      const due = await client?.sendRequest<string[]>('workspace/executeCommand', {
        command: 'taskc.next',
        arguments: [document],
      });
      await vscode.window.showQuickPick(due?.length ? due : ['never by itself'], {
        title: 'Due next',
      });
    }),
    vscode.commands.registerCommand('taskc.showPage', async () => {
      const code = codeHere() ?? (await vscode.window.showInputBox({ prompt: 'The code of a finding' }));
      const page = code && (await client?.sendRequest<string | null>('workspace/executeCommand', {
        command: 'taskc.explain',
        arguments: [code],
      }));
      if (page) {
        const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: page });
        await vscode.window.showTextDocument(document, { preview: true });
      }
    }),
  );
  await client.start();
}

export function deactivate(): Thenable<void> | undefined {
  return client?.stop();
}
