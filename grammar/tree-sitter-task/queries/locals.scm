; Where names come into being, and how far they are seen.

[
  (source_file)
  (function)
  (closure)
  (block)
  (for)
  (arm)
  (catch)
  (query)
  (update)
  (delete)
] @local.scope

(let
  name: (identifier) @local.definition.var)

(taken_field
  name: (identifier) @local.definition.var)

(keep
  name: (identifier) @local.definition.var)

(constant
  name: (identifier) @local.definition.constant)

(function
  name: (identifier) @local.definition.function)

(parameter
  name: (identifier) @local.definition.parameter)

(closure
  parameters: (identifier) @local.definition.parameter)

(closure_parameter
  name: (identifier) @local.definition.parameter)

(for
  name: (identifier) @local.definition.var)

(catch
  name: (identifier) @local.definition.var)

(try
  name: (identifier) @local.definition.var)

(name_pattern
  (identifier) @local.definition.var)

(field_pattern
  name: (identifier) @local.definition.var)

(query
  name: (identifier) @local.definition.var)

(join_clause
  name: (identifier) @local.definition.var)

(update
  name: (identifier) @local.definition.var)

(delete
  name: (identifier) @local.definition.var)

(table
  name: (identifier) @local.definition.type)

(type_alias
  name: (identifier) @local.definition.type)

(use
  alias: (identifier) @local.definition.import)

(identifier) @local.reference
