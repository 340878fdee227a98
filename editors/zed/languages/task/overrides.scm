[
  (comment)
  (doc_comment)
] @comment.inclusive

[
  (text)
  (block_text)
  (raw_text)
] @string
