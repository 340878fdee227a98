// What one token of lookahead cannot decide: where a statement ends, and which words mean something in their place.
//
// Each token that is emitted here has no width, except the words `keep`, `update`, … themselves. The rules are those of
// src/syntax/parser and are named after its functions. No state is kept between tokens.

#include "tree_sitter/parser.h"

#include <stdbool.h>
#include <string.h>

enum Token {
  LINE_END,
  END,
  COLUMN_END,
  CLAUSE,
  NOTHING,
  BLOCK_AHEAD,
  TYPE_ARGUMENTS_AHEAD,
  LIST_COMMA,
  KEEP,
  UPDATE,
  DELETE,
  AT,
  STUB,
  EXPECT,
  DISTINCT,
  INDEX,
  UNIQUE,
  RECOVERING,
};

// Longer words are none of ours.
enum { WORD_MAX = 16 };

// More characters than this, and a `<` is taken for a comparison.
enum { TYPE_ARGUMENTS_MAX = 2000 };

void *tree_sitter_task_external_scanner_create(void) { return NULL; }
void tree_sitter_task_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_task_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}
void tree_sitter_task_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static bool is_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == 0xFEFF; }

// Moves over blanks, line breaks and comments. `*slash` is set where a lone `/` was passed. Whether a line ended.
static bool over_space(TSLexer *lexer, bool *slash) {
  bool line_ended = false;
  for (;;) {
    if (lexer->lookahead == '\n') {
      line_ended = true;
      advance(lexer);
    } else if (is_blank(lexer->lookahead)) {
      advance(lexer);
    } else if (lexer->lookahead == '/') {
      advance(lexer);
      if (lexer->lookahead != '/') {
        *slash = true;
        return line_ended;
      }
      while (lexer->lookahead != '\n' && !lexer->eof(lexer)) advance(lexer);
    } else {
      return line_ended;
    }
  }
}

// Reads a word into `word`; an empty one where none comes.
static void read_word(TSLexer *lexer, char word[WORD_MAX + 1]) {
  unsigned length = 0;
  while (is_letter(lexer->lookahead) || is_digit(lexer->lookahead)) {
    if (length < WORD_MAX) word[length] = (char)lexer->lookahead;
    length += 1;
    advance(lexer);
  }
  word[length <= WORD_MAX ? length : 0] = 0;
}

static bool is(const char *word, const char *other) { return strcmp(word, other) == 0; }

// Whether what comes next is an assignment: `=`, `+=`, …, but not `==` or `=>`.
static bool assigns(TSLexer *lexer, bool slash) {
  if (slash) return lexer->lookahead == '=';
  switch (lexer->lookahead) {
    case '+':
    case '-':
    case '*':
      advance(lexer);
      return lexer->lookahead == '=';
    case '=':
      advance(lexer);
      return lexer->lookahead != '=' && lexer->lookahead != '>';
    default:
      return false;
  }
}

// Whether what stands behind a word shows that it is a variable: `take = 3`, `at.x`.
static bool is_variable(TSLexer *lexer) {
  bool slash = false;
  over_space(lexer, &slash);
  if (!slash && lexer->lookahead == '.') {
    advance(lexer);
    return lexer->lookahead != '.';
  }
  return assigns(lexer, slash);
}

// Behind the word: whether it begins a clause of a query.
static bool begins_clause(TSLexer *lexer, const char *word) {
  char next[WORD_MAX + 1];
  bool slash = false;
  if (is(word, "where")) return true;
  if (is(word, "left") || is(word, "group")) {
    over_space(lexer, &slash);
    if (slash) return false;
    read_word(lexer, next);
    return is(next, is(word, "left") ? "join" : "by");
  }
  bool named = is(word, "join") || is(word, "sort") || is(word, "skip") || is(word, "take") || is(word, "select") ||
               is(word, "limit");
  return named && !is_variable(lexer);
}

// Behind a word at which a statement could end: whether it goes on instead.
static bool word_goes_on(TSLexer *lexer, const char *word, bool line_ended) {
  bool slash = false;
  if (is(word, "and") || is(word, "or") || is(word, "in") || is(word, "as") || is(word, "catch") || is(word, "where")) {
    return true;
  }
  if (is(word, "asc") || is(word, "desc")) return !line_ended;
  if (is(word, "div")) return !line_ended || !is_variable(lexer);
  if (is(word, "else")) {
    // `else =>` is an arm of a match.
    over_space(lexer, &slash);
    return slash || lexer->lookahead != '=';
  }
  return false;
}

// At a sign: whether the statement goes on with it.
static bool sign_goes_on(TSLexer *lexer, bool line_ended) {
  switch (lexer->lookahead) {
    case '.':
    case '?':
    case '+':
    case '*':
    case '%':
    case '<':
    case '>':
    case '=':
    case '!':
    case '|':
    case ',':
    case ':':
    case ')':
    case ']':
      return true;
    case '(':
    case '[':
    case '-':
      return !line_ended;
    default:
      return false;
  }
}

// Whether the statement ends here. `*clause` is set where a clause of a query follows instead.
static bool ends(TSLexer *lexer, const bool *valid, bool *clause) {
  char word[WORD_MAX + 1];
  bool slash = false;
  bool line_ended = over_space(lexer, &slash);
  if (slash) return false;
  if (lexer->eof(lexer)) return true;
  if (lexer->lookahead == '}') return valid[END] || valid[COLUMN_END];
  if (is_letter(lexer->lookahead)) {
    read_word(lexer, word);
    if (valid[CLAUSE] && begins_clause(lexer, word)) {
      *clause = true;
      return false;
    }
    return (line_ended || valid[END]) && !word_goes_on(lexer, word, line_ended);
  }
  return (line_ended || valid[END]) && !sign_goes_on(lexer, line_ended);
}

// Whether a column of a table ends here: with its line, or where another one begins on the same line.
static bool column_ends(TSLexer *lexer) {
  char word[WORD_MAX + 1];
  bool slash = false;
  bool line_ended = over_space(lexer, &slash);
  if (slash) return false;
  if (lexer->eof(lexer) || lexer->lookahead == '}') return true;
  if (!is_letter(lexer->lookahead)) return line_ended && !sign_goes_on(lexer, line_ended);
  read_word(lexer, word);
  if (line_ended) return !word_goes_on(lexer, word, line_ended) || lexer->lookahead == ':';
  over_space(lexer, &slash);
  if (slash) return false;
  if (lexer->lookahead == '(') return is(word, "index") || is(word, "unique");
  return lexer->lookahead == ':';
}

// Behind `return`: whether no value follows on its line.
static bool nothing_follows(TSLexer *lexer) {
  while (is_blank(lexer->lookahead)) lexer->advance(lexer, true);
  int32_t c = lexer->lookahead;
  return !(is_letter(c) || is_digit(c) || (c != 0 && strchr("\"@([{-", c) != NULL));
}

// At a `{` behind an arrow: whether it opens a block. A record shows itself by `...`, or a word and `:` or `,`.
static bool is_block(TSLexer *lexer) {
  char word[WORD_MAX + 1];
  bool slash = false;
  advance(lexer);
  over_space(lexer, &slash);
  if (slash) return true;
  if (lexer->lookahead == '.') return false;
  if (!is_letter(lexer->lookahead)) return true;
  read_word(lexer, word);
  over_space(lexer, &slash);
  return slash || (lexer->lookahead != ':' && lexer->lookahead != ',');
}

// At a `<` that touches the name before it: whether only what types are made of stands between it and a `>` that
// touches a `(`.
static bool has_type_arguments(TSLexer *lexer) {
  char word[WORD_MAX + 1];
  advance(lexer);
  for (unsigned count = 0; count < TYPE_ARGUMENTS_MAX; count += 1) {
    int32_t c = lexer->lookahead;
    if (is_letter(c)) {
      read_word(lexer, word);
      if (is(word, "and") || is(word, "or") || is(word, "not") || is(word, "in") || is(word, "as") || is(word, "if")) {
        return false;
      }
    } else if (c == '"') {
      do advance(lexer);
      while (lexer->lookahead != '"' && lexer->lookahead != '\n' && !lexer->eof(lexer));
      if (lexer->lookahead != '"') return false;
      advance(lexer);
    } else if (c == '-') {
      advance(lexer);
      if (lexer->lookahead != '>') return false;
      advance(lexer);
    } else if (c == '>') {
      advance(lexer);
      return lexer->lookahead == '(';
    } else if (c != 0 && strchr(" \t\r\n{}[]():,.|?", c) != NULL) {
      advance(lexer);
    } else {
      return false;
    }
  }
  return false;
}

// At a comma: whether another item of the same list follows, rather than a bracket that closes.
static bool list_goes_on(TSLexer *lexer) {
  bool slash = false;
  advance(lexer);
  lexer->mark_end(lexer);
  over_space(lexer, &slash);
  return slash || !(lexer->lookahead == ')' || lexer->lookahead == ']' || lexer->lookahead == '}');
}

// Whether a name follows, and then `in`: `update o in …`.
static bool is_write(TSLexer *lexer) {
  char word[WORD_MAX + 1];
  bool slash = false;
  over_space(lexer, &slash);
  if (slash || !is_letter(lexer->lookahead)) return false;
  read_word(lexer, word);
  over_space(lexer, &slash);
  if (slash) return false;
  read_word(lexer, word);
  return is(word, "in");
}

// Whether a name follows, and then `:` or `=`: `keep n = …`.
static bool is_keep(TSLexer *lexer) {
  char word[WORD_MAX + 1];
  bool slash = false;
  over_space(lexer, &slash);
  if (slash || !is_letter(lexer->lookahead)) return false;
  read_word(lexer, word);
  over_space(lexer, &slash);
  return !slash && (lexer->lookahead == ':' || assigns(lexer, false));
}

static bool comes(TSLexer *lexer, int32_t sign) {
  bool slash = false;
  over_space(lexer, &slash);
  return !slash && lexer->lookahead == sign;
}

static bool name_follows(TSLexer *lexer) {
  bool slash = false;
  over_space(lexer, &slash);
  return !slash && is_letter(lexer->lookahead);
}

// A word that means something because of what stands behind it.
static bool word_in_place(TSLexer *lexer, const bool *valid) {
  char word[WORD_MAX + 1];
  read_word(lexer, word);
  lexer->mark_end(lexer);
  enum Token token;
  bool found;
  if (valid[UPDATE] && is(word, "update")) {
    token = UPDATE;
    found = is_write(lexer);
  } else if (valid[DELETE] && is(word, "delete")) {
    token = DELETE;
    found = is_write(lexer);
  } else if (valid[AT] && is(word, "at")) {
    token = AT;
    found = !is_variable(lexer);
  } else if (valid[STUB] && is(word, "stub")) {
    token = STUB;
    found = name_follows(lexer);
  } else if (valid[EXPECT] && is(word, "expect")) {
    token = EXPECT;
    found = !is_variable(lexer);
  } else if (valid[KEEP] && is(word, "keep")) {
    token = KEEP;
    found = is_keep(lexer);
  } else if (valid[DISTINCT] && is(word, "distinct")) {
    token = DISTINCT;
    found = name_follows(lexer);
  } else if (valid[INDEX] && is(word, "index")) {
    token = INDEX;
    found = comes(lexer, '(');
  } else if (valid[UNIQUE] && is(word, "unique")) {
    token = UNIQUE;
    found = comes(lexer, '(');
  } else {
    return false;
  }
  lexer->result_symbol = token;
  return found;
}

static void skip_space(TSLexer *lexer) {
  while (is_blank(lexer->lookahead) || lexer->lookahead == '\n') lexer->advance(lexer, true);
}

bool tree_sitter_task_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  if (valid[RECOVERING]) return false;
  lexer->mark_end(lexer);
  if (valid[TYPE_ARGUMENTS_AHEAD] && lexer->lookahead == '<') {
    lexer->result_symbol = TYPE_ARGUMENTS_AHEAD;
    return has_type_arguments(lexer);
  }
  if (valid[NOTHING]) {
    lexer->result_symbol = NOTHING;
    return nothing_follows(lexer) || (is_letter(lexer->lookahead) && word_in_place(lexer, valid));
  }
  if (valid[LINE_END] || valid[END] || valid[COLUMN_END] || valid[CLAUSE]) {
    bool column = valid[COLUMN_END] && !valid[CLAUSE];
    if (valid[LIST_COMMA]) {
      while (is_blank(lexer->lookahead)) advance(lexer);
      if (lexer->lookahead == ',') {
        lexer->result_symbol = LIST_COMMA;
        return list_goes_on(lexer);
      }
    }
    bool clause = false;
    bool end = column ? column_ends(lexer) : ends(lexer, valid, &clause);
    if (clause) {
      lexer->result_symbol = CLAUSE;
      return true;
    }
    lexer->result_symbol = valid[LINE_END] ? LINE_END : valid[END] ? END : COLUMN_END;
    return end && (valid[LINE_END] || valid[END] || valid[COLUMN_END]);
  }
  skip_space(lexer);
  if (valid[LIST_COMMA] && lexer->lookahead == ',') {
    lexer->result_symbol = LIST_COMMA;
    return list_goes_on(lexer);
  }
  if (valid[BLOCK_AHEAD] && lexer->lookahead == '{') {
    lexer->mark_end(lexer);
    lexer->result_symbol = BLOCK_AHEAD;
    return is_block(lexer);
  }
  return is_letter(lexer->lookahead) && word_in_place(lexer, valid);
}
