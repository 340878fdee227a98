(function
  "fn" @context
  name: (identifier) @name) @item

(table
  "table" @context
  name: (identifier) @name) @item

(column
  name: (identifier) @name) @item

(type_alias
  "type" @context
  name: (identifier) @name) @item

(constant
  "const" @context
  name: (identifier) @name) @item

(keep
  "keep" @context
  name: (identifier) @name) @item

(test
  "test" @context
  name: (text) @name) @item

(header
  word: (identifier) @name) @item

(doc_comment) @annotation
