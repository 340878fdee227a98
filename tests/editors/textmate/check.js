// Colours programs as VS Code does, and compares.
//
// node check.js GRAMMAR SAMPLES PROGRAMS, with the working directory's `node_modules`. A sample says in comments what scopes the line
// above has: `// ^^^ scope` for the columns of the carets, `// <- scope` for the column that the comment begins in. PROGRAMS is a file of JSON,
// for each program its path, its text, and the UTF-16 columns of its texts and comments:
// [{ "path", "text", "marks": [[start, end, "string" | "comment"], …] | null }, …]; null: anything goes that ends.

const fs = require('fs');
const path = require('path');
const load = require('module').createRequire(path.resolve('package.json'));
const textmate = load('vscode-textmate');
const oniguruma = load('vscode-oniguruma');

// A line that takes longer has an expression that runs wild.
const LINE_MS_MAX = 2000;

const [grammarPath, samplesPath, programsPath] = process.argv.slice(2);

async function main() {
  const wasm = fs.readFileSync(load.resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(fs.readFileSync(grammarPath, 'utf8'), grammarPath),
  });
  const grammar = await registry.loadGrammar('source.task');
  const findings = [
    ...sample(grammar, samplesPath),
    ...JSON.parse(fs.readFileSync(programsPath, 'utf8')).flatMap((it) => program(grammar, it)),
  ];
  findings.slice(0, 40).forEach((it) => console.log(it));
  process.exitCode = findings.length ? 1 : 0;
}

/** The scopes of each character, by line. */
function scopes(grammar, text, where) {
  let state = textmate.INITIAL;
  return text.split('\n').map((line, number) => {
    const result = grammar.tokenizeLine(line, state, LINE_MS_MAX);
    if (result.stoppedEarly) throw new Error(`${where}:${number + 1} takes longer than ${LINE_MS_MAX} ms`);
    state = result.ruleStack;
    const of = new Array(line.length + 1).fill([]);
    result.tokens.forEach((it) => of.fill(it.scopes, it.startIndex, it.endIndex));
    return of;
  });
}

function sample(grammar, file) {
  const text = fs.readFileSync(file, 'utf8');
  const found = scopes(grammar, text, file);
  const wrong = [];
  let above = 0;
  let expectations = 0;
  text.split('\n').forEach((line, number) => {
    const expected = /^(\s*)\/\/(\s*)(<-|\^+)\s*(\S+)$/.exec(line);
    if (!expected) {
      above = number;
      return;
    }
    expectations += 1;
    const [, indent, gap, sign, scope] = expected;
    const start = sign === '<-' ? indent.length : indent.length + 2 + gap.length;
    const end = sign === '<-' ? start + 1 : start + sign.length;
    for (let column = start; column < end; column += 1) {
      const is = (found[above][column] ?? []).join(' ');
      if (!is.split(' ').some((it) => it === `${scope}.task` || it.startsWith(`${scope}.`))) {
        wrong.push(`${file}:${above + 1}:${column + 1}: ${is}, not ${scope}`);
        break;
      }
    }
  });
  return expectations > 30 ? wrong : [...wrong, `${file} expects hardly anything`];
}

/** Texts and comments end where the lexer says that they end. */
function program(grammar, { path: file, text, marks }) {
  const found = scopes(grammar, text, file);
  if (!marks) return [];
  const lexed = new Array(text.length).fill('');
  marks.forEach(([start, end, kind]) => lexed.fill(kind, start, end));
  let offset = 0;
  for (const [number, line] of text.split('\n').entries()) {
    for (let column = 0; column < line.length; column += 1) {
      const is = kind(found[number][column]);
      // Blanks at the end of a comment's line belong to nobody.
      if (is !== lexed[offset + column] && line.slice(column).trim()) {
        return [`${file}:${number + 1}:${column + 1}: ${is || 'code'}, not ${lexed[offset + column] || 'code'}`];
      }
    }
    offset += line.length + 1;
  }
  return [];
}

/** What a character belongs to: in a hole of a text, not to the text. */
function kind(scopes) {
  for (const scope of [...scopes].reverse()) {
    if (scope.startsWith('meta.interpolation')) return '';
    if (scope.startsWith('string')) return 'string';
    if (scope.startsWith('comment')) return 'comment';
  }
  return '';
}

main().catch((error) => {
  console.log(error.message);
  process.exitCode = 1;
});
