; For Neovim; Helix and Zed name the same things otherwise, in ../../../editors.

[
  (block)
  (table_body)
  (match_body)
  (record)
  (record_pattern)
  (record_type)
  (taken_fields)
  (list)
  (map)
  (list_type)
  (map_type)
  (arguments)
  (parameters)
  (closure_parameters)
  (parenthesized)
  (index)
] @indent.begin

(query
  (_)
  .
  (_)
  .
  (_)) @indent.begin

[
  "}"
  ")"
  "]"
] @indent.branch @indent.end

(block_text) @indent.ignore
