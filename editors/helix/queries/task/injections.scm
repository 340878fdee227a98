((comment) @injection.content
  (#set! injection.language "comment"))

; `warehouse.query<Row>("select …")`, `warehouse.execute("…")`
((call
  function: (member
    name: (identifier) @_name)
  arguments: (arguments
    .
    [
      (text
        (text_content) @injection.content)
      (block_text
        (text_content) @injection.content)
    ]))
  (#any-of? @_name "query" "execute")
  (#set! injection.language "sql")
  (#set! injection.combined))

((raw_text) @injection.content
  (#set! injection.language "regex"))
