[
  (block)
  (table_body)
  (match_body)
  (record)
  (record_type)
  (list)
  (map)
  (arguments)
  (parameters)
  (query)
  (block_text)
] @fold
