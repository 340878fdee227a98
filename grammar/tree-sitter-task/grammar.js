/**
 * The grammar of Task for tree-sitter.
 *
 * Rules have the names and the shape of ../task.ebnf. What depends on where a line ends, or on what stands further
 * ahead than one token, is decided by src/scanner.c: each such decision is one token without width (`_line_end`,
 * `_clause`, …), or a word that means something only in its place (`_update`, `_at`, …).
 *
 * src/parser.c is generated from this file and committed; a test generates it again and compares.
 */

/// <reference types="tree-sitter-cli/dsl" />

/** How tightly operators bind, as in src/syntax/power.rs. */
const POWER = {
  open: 1,
  default: 2,
  or: 3,
  and: 4,
  not: 5,
  comparison: 6,
  range: 7,
  sum: 8,
  product: 9,
  negation: 10,
  attached: 11,
};

/** The words that are values. */
const VALUES = ['false', 'null', 'true'];

/** The other words that are never names, except behind a dot and before a colon. */
const RESERVED = [
  'and', 'as', 'break', 'const', 'continue', 'else', 'fail', 'fn', 'for', 'from', 'if', 'in', 'let', 'match',
  'not', 'or', 'parallel', 'return', 'table', 'test', 'transaction', 'try', 'type', 'use', 'var',
  'where', 'while',
];

const list1 = (rule) => seq(rule, repeat(seq(',', rule)), optional(','));
const list = (rule) => optional(list1(rule));

module.exports = grammar({
  name: 'task',

  word: ($) => $.identifier,

  extras: ($) => [/[ \t\r\n\u{FEFF}]/, $.doc_comment, $.comment],

  externals: ($) => [
    // The end of a statement: of its line, and in a block also in front of the next one on the same line.
    $._line_end,
    $._end,
    $._column_end,
    // The next word begins a clause of the query; nothing follows `return`; a block stands behind the arrow.
    $._clause,
    $._nothing,
    $._block_ahead,
    // The `<` opens type arguments.
    $._type_arguments_ahead,
    // A comma behind which another item of the same list comes.
    $._list_comma,
    // Words that mean something because of what stands behind them.
    $._keep,
    $._update,
    $._delete,
    $._at,
    $._stub,
    $._expect,
    $._distinct,
    $._index,
    $._unique,
    // Never expected, hence wanted only while the parser recovers.
    $._recovering,
  ],

  reserved: {
    global: (_) => [...RESERVED, ...VALUES],
  },

  conflicts: ($) => [
    // `(a)` is a value until an arrow comes.
    [$._expression, $.closure_parameter],
    // `x if ready => …`: the arrow is the arm's.
    [$._expression, $.closure],
  ],

  inline: ($) => [$._word],

  supertypes: ($) => [$._expression, $._statement, $._type, $._pattern],

  rules: {
    source_file: ($) => repeat(seq($._item, $._line_end)),

    _item: ($) =>
      choice($.use, $.constant, $.type_alias, $.table, $.function, $.test, $.keep, $.header, $._statement),

    // ---- Declarations ----

    use: ($) =>
      seq(
        'use',
        field('path', $.module_path),
        optional(seq('as', field('alias', $.identifier))),
      ),

    module_path: ($) => seq($.identifier, repeat(seq('/', $.identifier))),

    constant: ($) =>
      seq('const', field('name', $.identifier), optional($._annotation), '=', field('value', $._expression)),

    type_alias: ($) => seq('type', field('name', $.identifier), '=', field('type', $._any_type)),

    table: ($) =>
      seq(
        'table',
        field('name', $.identifier),
        optional(seq('in', field('source', $.identifier))),
        optional(seq('as', field('database_name', $.text))),
        field('body', $.table_body),
      ),

    table_body: ($) => seq('{', repeat(seq(choice($.column, $.index), choice(',', $._column_end))), '}'),

    column: ($) =>
      seq(
        field('name', alias($._word, $.identifier)),
        $._annotation,
        repeat($._mark),
        // Behind a value, `as` is a cast.
        optional(seq('=', field('default', $._expression), repeat(choice($.mark, $.reference)))),
      ),

    _mark: ($) => choice($.mark, $.reference, $.database_name),
    // Another word is a mistake that the rest of the table need not pay for.
    mark: ($) => choice('key', 'auto', 'unique', 'cascade', seq($.identifier, optional($._literal))),
    reference: ($) => seq('->', field('table', $.identifier)),
    database_name: ($) => seq('as', $.text),

    index: ($) =>
      seq(
        choice(alias($._index, 'index'), alias($._unique, 'unique')),
        '(',
        list1(alias($._word, $.identifier)),
        ')',
      ),

    function: ($) =>
      seq(
        'fn',
        field('name', alias($._word, $.identifier)),
        optional(field('type_parameters', $.type_parameters)),
        field('parameters', $.parameters),
        optional(seq('->', field('result', $._any_type))),
        field('body', choice($.block, $.native)),
      ),

    type_parameters: ($) => seq('<', list1($.identifier), '>'),

    parameters: ($) => seq('(', list($.parameter), ')'),

    parameter: ($) =>
      seq(
        field('name', alias($._word, $.identifier)),
        $._annotation,
        optional(seq('=', field('default', $._expression))),
      ),

    // The library's own functions that are written in Rust say what they touch instead.
    native: ($) => seq('=', repeat1($.identifier)),

    test: ($) => seq('test', field('name', $.text), field('body', $.block)),

    keep: ($) =>
      seq(
        alias($._keep, 'keep'),
        field('name', $.identifier),
        optional($._annotation),
        '=',
        field('value', $._expression),
      ),

    // The words of headers, and what each takes, are not a matter of the grammar.
    header: ($) =>
      seq(
        field('word', $.identifier),
        choice($._literal, alias($.identifier, $.header_word)),
        repeat($._header_part),
        repeat(seq(',', repeat1($._header_part))),
      ),

    _header_part: ($) =>
      choice($._literal, alias(choice($.identifier, ...RESERVED), $.header_word), $.block),

    _annotation: ($) => seq(':', field('type', $._any_type)),

    // ---- Statements ----

    block: ($) => seq('{', repeat(seq($._statement, $._end)), '}'),

    _statement: ($) =>
      choice(
        $.let,
        $.assignment,
        $.for,
        $.while,
        $.try_statement,
        $.transaction,
        $.at_statement,
        $.stub_statement,
        $.expect_statement,
        $._expression,
      ),

    let: ($) =>
      seq(
        choice('let', 'var'),
        choice(field('name', $.identifier), field('fields', $.taken_fields)),
        optional($._annotation),
        '=',
        field('value', $._expression),
      ),

    taken_fields: ($) => seq('{', list($.taken_field), '}'),

    taken_field: ($) =>
      choice(
        field('name', $.identifier),
        seq(field('field', alias($._word, $.identifier)), ':', field('name', $.identifier)),
      ),

    assignment: ($) =>
      seq(
        field('target', $._expression),
        field('operator', choice('=', '+=', '-=', '*=', '/=')),
        field('value', $._expression),
      ),

    for: ($) =>
      seq(
        optional('parallel'),
        'for',
        field('name', $.identifier),
        optional(seq(',', field('name', $.identifier))),
        'in',
        field('source', $._expression),
        repeat($._query_clause),
        field('body', $.block),
      ),

    while: ($) => seq('while', field('condition', $._expression), field('body', $.block)),

    try_statement: ($) => seq('try', $._block_ahead, field('body', $.block), repeat1($.catch)),

    catch: ($) =>
      seq(
        'catch',
        optional(field('name', $.identifier)),
        optional(seq('if', field('condition', $._expression))),
        field('body', $.block),
      ),

    transaction: ($) =>
      seq('transaction', optional(seq('in', field('source', $.identifier))), field('body', $.block)),

    // In tests only.
    at_statement: ($) => seq(alias($._at, 'at'), field('time', $._expression)),

    expect_statement: ($) => seq(alias($._expect, 'expect'), field('condition', $._expression)),

    stub_statement: ($) =>
      seq(
        alias($._stub, 'stub'),
        field('module', $.identifier),
        optional(seq('.', field('function', alias($._word, $.identifier)))),
        repeat(seq($._expression, optional(','))),
        '=>',
        field('response', $._expression),
      ),

    // ---- Expressions ----

    _expression: ($) =>
      choice(
        $.identifier,
        $._literal,
        $.list,
        $.map,
        $.record,
        $.parenthesized,
        $.member,
        $.call,
        $.subscript,
        $.cast,
        $.unary,
        $.binary,
        $.range,
        $.closure,
        $.if,
        $.match,
        $.try,
        $.fail,
        $.return,
        $.break,
        $.continue,
        $.query,
        $.update,
        $.delete,
      ),

    binary: ($) =>
      choice(
        ...[
          [POWER.default, '??'],
          [POWER.or, 'or'],
          [POWER.and, 'and'],
          [POWER.comparison, choice('==', '!=', '<', '<=', '>', '>=', 'in')],
          [POWER.sum, choice('+', '-')],
          [POWER.product, choice('*', '/', 'div', '%')],
        ].map(([power, operator]) =>
          prec.left(
            power,
            seq(field('left', $._expression), field('operator', operator), field('right', $._expression)),
          ),
        ),
      ),

    unary: ($) =>
      choice(
        prec(POWER.not, seq(field('operator', 'not'), field('operand', $._expression))),
        prec(POWER.negation, seq(field('operator', '-'), field('operand', $._expression))),
      ),

    range: ($) =>
      prec.left(
        POWER.range,
        seq(field('from', $._expression), choice('..', '..='), field('to', $._expression)),
      ),

    member: ($) =>
      prec(
        POWER.attached,
        seq(field('value', $._expression), choice('.', '?.'), field('name', alias($._word, $.identifier))),
      ),

    call: ($) =>
      prec(
        POWER.attached,
        seq(
          field('function', $._expression),
          optional(field('type_arguments', $.type_arguments)),
          field('arguments', $.arguments),
        ),
      ),

    type_arguments: ($) => seq($._type_arguments_ahead, '<', list1($._any_type), '>'),

    arguments: ($) => seq('(', list($._argument), ')'),

    _argument: ($) => choice($._expression, $.named_argument, $.distinct),
    named_argument: ($) =>
      seq(field('name', alias($._word, $.identifier)), ':', field('value', $._expression)),
    distinct: ($) => seq(alias($._distinct, 'distinct'), $._expression),

    subscript: ($) =>
      prec(
        POWER.attached,
        seq(field('value', $._expression), '[', field('index', choice($._expression, $.open_range)), ']'),
      ),

    open_range: ($) =>
      choice(
        prec(POWER.range, seq(field('from', $._expression), choice('..', '..='))),
        seq(choice('..', '..='), optional(field('to', $._expression))),
      ),

    cast: ($) => prec(POWER.attached, seq(field('value', $._expression), 'as', field('type', $._any_type))),

    parenthesized: ($) => seq('(', $._expression, ')'),

    list: ($) => seq('[', list($._expression), ']'),

    map: ($) => seq('[', choice(':', list1($.entry)), ']'),
    entry: ($) => seq(field('key', $._expression), ':', field('value', $._expression)),

    record: ($) => seq('{', list(choice($.field, $.spread, $._short_field)), '}'),
    field: ($) => seq(field('name', alias($._word, $.identifier)), ':', field('value', $._expression)),
    spread: ($) => seq('...', $._expression),
    // `{ name, o.total }`
    _short_field: ($) => choice($.identifier, $.member, $.call, $.subscript, $.cast),

    closure: ($) =>
      seq(field('parameters', choice($.identifier, $.closure_parameters)), '=>', field('body', $._body)),

    closure_parameters: ($) => seq('(', list($.closure_parameter), ')'),
    closure_parameter: ($) => seq(field('name', $.identifier), optional($._annotation)),

    _body: ($) => prec.right(POWER.open, choice(seq($._block_ahead, $.block), $._expression)),

    if: ($) =>
      prec.right(
        seq(
          'if',
          field('condition', $._expression),
          field('then', $.block),
          optional(seq('else', field('otherwise', choice($.if, $.block)))),
        ),
      ),

    match: ($) => seq('match', field('value', $._expression), field('body', $.match_body)),

    match_body: ($) => seq('{', repeat(seq($.arm, choice(',', $._end))), '}'),

    arm: ($) =>
      seq(
        choice('else', seq($._pattern, repeat(seq(',', $._pattern)))),
        optional(seq('if', field('guard', $._expression))),
        '=>',
        field('body', choice(alias($._arm_assignment, $.assignment), $._body)),
      ),

    _arm_assignment: ($) =>
      seq(
        field('target', $._expression),
        field('operator', choice('=', '+=', '-=', '*=', '/=')),
        field('value', $._expression),
      ),

    _pattern: ($) => choice($.name_pattern, $.literal_pattern, $.range_pattern, $.record_pattern),
    name_pattern: ($) => $.identifier,
    literal_pattern: ($) => $._pattern_value,
    range_pattern: ($) =>
      seq(field('from', $._pattern_value), choice('..', '..='), field('to', $._pattern_value)),
    _pattern_value: ($) => seq(optional('-'), $._literal),
    record_pattern: ($) => seq('{', list($.field_pattern), '}'),
    field_pattern: ($) =>
      choice(
        field('name', $.identifier),
        seq(field('field', alias($._word, $.identifier)), ':', $._pattern),
      ),

    try: ($) =>
      choice(
        // A name in front of an arrow is the error's, not a closure's.
        prec.right(
          POWER.open + 1,
          seq(
            'try',
            field('body', $._body),
            'else',
            field('name', $.identifier),
            '=>',
            field('fallback', $._body),
          ),
        ),
        prec.right(POWER.open, seq('try', field('body', $._body), 'else', field('fallback', $._body))),
      ),

    fail: ($) => prec.right(POWER.open, seq('fail', $._expression)),
    return: ($) => prec.right(POWER.open, seq('return', choice($._nothing, $._expression))),
    break: (_) => 'break',
    continue: (_) => 'continue',

    // ---- Queries ----

    query: ($) =>
      prec.right(
        POWER.open,
        seq(
          optional('parallel'),
          'from',
          field('name', $.identifier),
          'in',
          field('source', $._expression),
          repeat($._query_clause),
        ),
      ),

    _query_clause: ($) =>
      seq(
        $._clause,
        choice(
          $.join_clause,
          $.where_clause,
          $.group_clause,
          $.sort_clause,
          $.skip_clause,
          $.take_clause,
          $.select_clause,
          $.limit_clause,
        ),
      ),

    join_clause: ($) =>
      prec.right(
        POWER.open,
        seq(
          optional('left'),
          'join',
          field('name', $.identifier),
          'in',
          field('source', $._expression),
          'on',
          field('condition', $._expression),
        ),
      ),
    where_clause: ($) => prec.right(POWER.open, seq('where', $._expression)),
    group_clause: ($) =>
      prec.right(
        POWER.open,
        seq('group', 'by', $._expression, repeat(seq(alias($._list_comma, ','), $._expression))),
      ),
    sort_clause: ($) =>
      prec.right(POWER.open, seq('sort', $.sort_key, repeat(seq(alias($._list_comma, ','), $.sort_key)))),
    sort_key: ($) => prec.right(POWER.open, seq($._expression, optional(choice('asc', 'desc')))),
    skip_clause: ($) => prec.right(POWER.open, seq('skip', $._expression)),
    take_clause: ($) => prec.right(POWER.open, seq('take', $._expression)),
    select_clause: ($) => prec.right(POWER.open, seq('select', $._expression)),
    limit_clause: ($) => prec.right(POWER.open, seq('limit', $._expression)),

    update: ($) =>
      seq(
        alias($._update, 'update'),
        field('name', $.identifier),
        'in',
        field('table', $._expression),
        optional(seq('where', field('condition', $._expression))),
        'set',
        field('set', $.record),
      ),

    delete: ($) =>
      prec.right(
        POWER.open,
        seq(
          alias($._delete, 'delete'),
          field('name', $.identifier),
          'in',
          field('table', $._expression),
          optional(seq('where', field('condition', $._expression))),
        ),
      ),

    // ---- Types ----

    _any_type: ($) => choice($._type, $.union_type),
    union_type: ($) => prec.right(choice(
      seq('|', $._type, repeat(seq('|', $._type))),
      seq($._type, repeat1(seq('|', $._type))),
    )),

    _type: ($) =>
      choice(
        $.named_type,
        $.text_type,
        $.list_type,
        $.map_type,
        $.record_type,
        $.function_type,
        $.parenthesized_type,
        $.optional_type,
      ),

    named_type: ($) =>
      prec.right(seq(optional(seq(field('module', $.identifier), '.')), field('name', $.identifier))),
    text_type: ($) => $.text,
    list_type: ($) => seq('[', $._any_type, ']'),
    map_type: ($) => seq('[', field('key', $._any_type), ':', field('value', $._any_type), ']'),
    record_type: ($) => seq('{', list($.field_type), '}'),
    field_type: ($) => seq(field('name', alias($._word, $.identifier)), $._annotation),
    function_type: ($) =>
      prec.right(
        seq('fn', '(', list($._parameter_type), ')', optional(seq('->', field('result', $._type)))),
      ),
    _parameter_type: ($) =>
      choice($._any_type, alias($.field_type, $.parameter_type)),
    parenthesized_type: ($) => seq('(', $._any_type, ')'),
    optional_type: ($) => prec(1, seq($._type, '?')),

    // ---- Words and literals ----

    identifier: (_) => /[A-Za-z_][A-Za-z0-9_]*/,

    // Behind a dot and before a colon reserved words are names, too.
    _word: ($) => choice($.identifier, ...RESERVED, ...VALUES),

    _literal: ($) =>
      choice(
        $.integer,
        $.decimal,
        $.float,
        $.duration,
        $.size,
        $.time,
        $.text,
        $.block_text,
        $.raw_text,
        $.true,
        $.false,
        $.null,
      ),

    true: (_) => 'true',
    false: (_) => 'false',
    null: (_) => 'null',

    integer: (_) => /[0-9][0-9_]*|0x[0-9A-Fa-f_]+|0b[01_]+/,
    decimal: (_) => /[0-9][0-9_]*\.[0-9][0-9_]*/,
    float: (_) => /[0-9][0-9_]*(\.[0-9][0-9_]*)?[eE][+-]?[0-9]+/,
    duration: (_) => /([0-9]+(ms|s|m|h|d|w))+/,
    size: (_) => /[0-9]+(B|KB|MB|GB)/,
    time: (_) =>
      /@[0-9]([0-9A-Za-z:+\-]*[0-9A-Za-z])?(\.[0-9]([0-9A-Za-z:+\-]*[0-9A-Za-z])?)?(\[[A-Za-z0-9_+\/\-]*\])?/,

    text: ($) =>
      seq(
        '"',
        repeat(
          choice(
            alias($._quoted_content, $.text_content),
            $.escape,
            $.interpolation,
          ),
        ),
        token.immediate('"'),
      ),

    block_text: ($) =>
      seq(
        '"""',
        repeat(
          choice(
            alias($._block_content, $.text_content),
            alias(token.immediate('"'), $.text_content),
            $.escape,
            $.interpolation,
          ),
        ),
        token.immediate('"""'),
      ),

    raw_text: (_) => /r"[^"\r\n]*"/,

    _quoted_content: (_) => token.immediate(prec(1, /[^"\\{\r\n]+/)),
    _block_content: (_) => token.immediate(prec(1, /[^"\\{]+/)),
    escape: (_) => token.immediate(/\\([^u\r\n]|u\{[0-9A-Fa-f]+\})/),
    interpolation: ($) => seq(token.immediate('{'), $._expression, '}'),

    doc_comment: (_) => token(/\/\/\/([^\/\n][^\n]*)?/),
    comment: (_) => token(/\/\/[^\n]*/),
  },
});
