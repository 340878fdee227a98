-- What a person does in Neovim, step by step; leaves with 1 at the first thing that is not as it should be.

local function fail(why)
  io.stderr:write('\n' .. why .. '\n')
  vim.cmd('cquit 1')
end

local function wait(what, done)
  if not vim.wait(20000, done, 20) then
    fail('waited in vain for ' .. what)
  end
end

local function same(what, found, wanted)
  if not vim.deep_equal(found, wanted) then
    fail(what .. ': ' .. vim.inspect(found) .. ', not ' .. vim.inspect(wanted))
  end
end

vim.g.taskc = vim.env.TASKC
vim.cmd('source ' .. vim.env.SETUP)
vim.cmd('edit it.task')
local buffer = vim.api.nvim_get_current_buf()
same('the file type', vim.bo.filetype, 'task')

-- Colours: by the grammar, where there is one, otherwise by words.
if vim.env.PARSER then
  local function colour(row, column)
    local names = vim.tbl_map(function(it) return it.capture end, vim.treesitter.get_captures_at_pos(buffer, row, column))
    return names[#names]
  end
  vim.treesitter.get_parser(buffer):parse()
  same('the colour of a word', colour(0, 0), 'keyword')
  same('the colour of a text', colour(2, 8), 'string')
  for _, kind in ipairs({ 'folds', 'indents', 'injections', 'locals' }) do
    if not vim.treesitter.query.get('task', kind) then fail('no query for ' .. kind) end
  end
else
  local function colour(row, column) return vim.fn.synIDattr(vim.fn.synID(row, column, 1), 'name') end
  same('the colour of a word', colour(1, 1), 'taskKeyword')
  same('the colour of a text', colour(3, 8), 'taskText')
end

-- The mistake stands behind an emoji: bytes count from 0, and the emoji has four of them.
wait('a finding', function() return #vim.diagnostic.get(buffer) > 0 end)
local function named(code)
  return vim.tbl_filter(function(it) return it.code == code end, vim.diagnostic.get(buffer))
end
wait('the unknown name', function() return #named('unknown-name') == 1 end)
local finding = named('unknown-name')[1]
same('its place', { finding.lnum, finding.col, finding.end_col }, { 2, 14, 18 })

-- 0.7 counts in UTF-16 units, later ones in bytes.
local client = (vim.lsp.get_clients or vim.lsp.get_active_clients)()[1]
local encoding = client.offset_encoding

local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000)
  for _, answer in pairs(answers or {}) do
    if answer.error then fail(method .. ': ' .. vim.inspect(answer.error)) end
    return answer.result
  end
  fail(method .. ' was not answered')
end

local function apply(edit)
  vim.lsp.util.apply_workspace_edit(edit, encoding)
end

-- Its mend.
vim.api.nvim_win_set_cursor(0, { 3, 14 })
local range = vim.lsp.util.make_range_params(0, encoding)
range.context = { diagnostics = {} }
local actions = ask('textDocument/codeAction', range)
local mend = vim.tbl_filter(function(it) return it.kind == 'quickfix' end, actions)[1]
apply(mend.edit)
same('the mended line', vim.api.nvim_buf_get_lines(buffer, 2, 3, false), { 'print("😀", total)' })
-- `print` takes one value: that is another mistake, and the last that is left.
wait('the finding to go', function() return #named('unknown-name') == 0 end)

-- Hover across files.
vim.api.nvim_win_set_cursor(0, { 2, 13 })
local position = vim.lsp.util.make_position_params(0, encoding)
local hover = ask('textDocument/hover', position)
if not hover.contents.value:find('With tax.', 1, true) then fail(vim.inspect(hover)) end

-- A new name.
vim.api.nvim_win_set_cursor(0, { 3, 15 })
position = vim.lsp.util.make_position_params(0, encoding)
position.newName = 'sum'
apply(ask('textDocument/rename', position))
same('the renamed lines', vim.api.nvim_buf_get_lines(buffer, 1, 3, false),
  { 'let sum = gross(1)', 'print("😀", sum)' })

-- Completion of a line that is being written.
vim.api.nvim_buf_set_lines(buffer, 3, 3, false, { 'print(sum.' })
vim.api.nvim_win_set_cursor(0, { 4, 9 })
position = vim.lsp.util.make_position_params(0, encoding)
position.position.character = 10 -- behind the dot, where a person's cursor is
local labels = vim.tbl_map(function(it) return it.label end, ask('textDocument/completion', position).items)
if not vim.tbl_contains(labels, 'is_even') then fail(vim.inspect(labels)) end

-- The one style.
vim.api.nvim_buf_set_lines(buffer, 3, 4, false, {})
vim.api.nvim_buf_set_lines(buffer, 1, 2, false, { 'let sum   =gross( 1 )' })
local edits = ask('textDocument/formatting', vim.lsp.util.make_formatting_params())
vim.lsp.util.apply_text_edits(edits, buffer, encoding)
vim.cmd('write')
io.stdout:write('everything works\n')
vim.cmd('qall!')
