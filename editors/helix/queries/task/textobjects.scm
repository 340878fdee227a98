(function
  body: (_) @function.inside) @function.around

(closure
  body: (_) @function.inside) @function.around

(table
  body: (_) @class.inside) @class.around

(parameters
  (parameter) @parameter.inside)

(arguments
  (_) @parameter.inside)

(test
  body: (_) @test.inside) @test.around

[
  (comment)
  (doc_comment)
] @comment.inside

(comment)+ @comment.around

(doc_comment)+ @comment.around
