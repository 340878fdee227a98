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
] @indent

[
  "}"
  ")"
  "]"
] @outdent
