; Names of colours are those that tree-sitter itself uses. Where several patterns fit, the last one counts.

; ---- Names ----

(identifier) @variable

((identifier) @constant
  (#match? @constant "^[A-Z][A-Z0-9_]+$"))

; Tables, and the types that they name.
((identifier) @type
  (#match? @type "^[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$"))

(member
  name: (identifier) @property)

(call
  function: (identifier) @function)

(call
  function: (member
    name: (identifier) @function.method))

(function
  name: (identifier) @function)

(parameter
  name: (identifier) @variable.parameter)

(closure
  parameters: (identifier) @variable.parameter)

(closure_parameter
  name: (identifier) @variable.parameter)

(named_argument
  name: (identifier) @variable.parameter)

(field
  name: (identifier) @property)

(field_type
  name: (identifier) @property)

(parameter_type
  name: (identifier) @variable.parameter)

(field_pattern
  field: (identifier) @property)

(taken_field
  field: (identifier) @property)

(column
  name: (identifier) @property)

(index
  (identifier) @property)

(constant
  name: (identifier) @constant)

(module_path
  (identifier) @module)

(use
  alias: (identifier) @module)

(table
  source: (identifier) @module)

(transaction
  source: (identifier) @module)

(stub_statement
  module: (identifier) @module
  function: (identifier)? @function.method)

((identifier) @variable.builtin
  (#any-of? @variable.builtin "run" "self"))

; ---- Types ----

(table
  name: (identifier) @type)

(reference
  table: (identifier) @type)

(type_alias
  name: (identifier) @type)

(type_parameters
  (identifier) @type)

(named_type
  name: (identifier) @type)

(named_type
  module: (identifier) @module)

(named_type
  name: (identifier) @type.builtin
  (#any-of? @type.builtin
    "int" "decimal" "float" "bool" "text" "bytes" "time" "date" "duration" "json" "secret" "error" "nothing"))

; ---- Words ----

[
  "and"
  "as"
  "at"
  "break"
  "by"
  "catch"
  "const"
  "continue"
  "delete"
  "distinct"
  "div"
  "else"
  "expect"
  "fail"
  "fn"
  "for"
  "from"
  "group"
  "if"
  "in"
  "index"
  "join"
  "keep"
  "left"
  "let"
  "limit"
  "match"
  "not"
  "on"
  "or"
  "parallel"
  "return"
  "select"
  "set"
  "skip"
  "sort"
  "stub"
  "table"
  "take"
  "test"
  "transaction"
  "try"
  "type"
  "unique"
  "update"
  "use"
  "var"
  "where"
  "while"
  (break)
  (continue)
] @keyword

[
  "asc"
  "auto"
  "cascade"
  "desc"
  "key"
  "unique"
] @attribute

(index
  "unique" @keyword)

(native
  (identifier) @attribute)

(header
  word: (identifier) @keyword
  (#any-of? @keyword
    "active" "allow" "concurrency" "description" "durable" "expire" "history" "jitter" "memory" "missed" "on" "overlap"
    "priority" "retry" "schedule" "source" "steps" "tags" "timeout" "trace"))

(header_word) @attribute

; ---- Literals ----

[
  (text)
  (block_text)
  (raw_text)
] @string

(escape) @string.escape

[
  (integer)
  (decimal)
  (float)
  (duration)
  (size)
] @number

(time) @string.special

[
  (true)
  (false)
  (null)
] @constant.builtin

; ---- Signs ----

[
  "="
  "+="
  "-="
  "*="
  "/="
  "=="
  "!="
  "<"
  "<="
  ">"
  ">="
  "+"
  "-"
  "*"
  "/"
  "%"
  "??"
  ".."
  "..="
  "..."
  "->"
  "=>"
  "|"
  "?"
] @operator

[
  "."
  "?."
  ","
  ":"
] @punctuation.delimiter

[
  "("
  ")"
  "["
  "]"
  "{"
  "}"
] @punctuation.bracket

(type_parameters
  [
    "<"
    ">"
  ] @punctuation.bracket)

(type_arguments
  [
    "<"
    ">"
  ] @punctuation.bracket)

(interpolation
  [
    "{"
    "}"
  ] @punctuation.special) @embedded

; ---- Comments ----

(comment) @comment

(doc_comment) @comment.documentation
