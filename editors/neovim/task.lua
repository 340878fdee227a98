-- Task in Neovim: file type, comments, colours, and the language server `taskc lsp`.
--
-- Put this file into ~/.config/nvim/plugin/ (or `:luafile` it). `taskc` is looked for on the PATH; set
-- `vim.g.taskc` to its path where it is somewhere else. Works with Neovim 0.7 and later.

local function root(file)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  local settings = vim.fn.findfile('taskc.toml', vim.fn.fnameescape(folder) .. ';')
  return settings ~= '' and vim.fn.fnamemodify(settings, ':p:h') or folder
end

local function run(command)
  vim.cmd('!' .. vim.fn.shellescape(vim.g.taskc or 'taskc') .. ' run '
    .. vim.fn.shellescape(vim.uri_to_fname(command.arguments[1])))
end

-- Before 0.8 there is no `vim.lsp.start`, which knows what runs already.
local clients = {}

local function attach(buffer)
  local folder = root(vim.api.nvim_buf_get_name(buffer))
  local config = {
    name = 'taskc',
    cmd = { vim.g.taskc or 'taskc', 'lsp' },
    root_dir = folder,
    workspace_folders = { { uri = vim.uri_from_fname(folder), name = folder } },
    commands = { ['taskc.run'] = run },
  }
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
    return
  end
  local client = clients[folder]
  if not (client and vim.lsp.get_client_by_id(client)) then
    client = vim.lsp.start_client(config)
    clients[folder] = client
  end
  if client then
    vim.lsp.buf_attach_client(buffer, client)
  end
end

local words = [[and as break const continue else fail fn for from if in let match not or parallel return table test
  transaction try type use var where while]]
local headers = [[active allow concurrency description durable expire history jitter memory missed on overlap priority
  retry schedule source steps tags timeout trace]]

-- Colours by the grammar, where its parser is installed; otherwise by words.
local function colour(buffer)
  if vim.treesitter.start and pcall(vim.treesitter.start, buffer, 'task') then
    return
  end
  vim.cmd('syntax keyword taskKeyword ' .. words:gsub('%s+', ' '))
  vim.cmd([[syntax match taskHeader '\v^(]] .. headers:gsub('%s+', '|') .. [[)>(\s+[^=.( ])@=']])
  vim.cmd([==[
    syntax keyword taskConstant true false null
    syntax match taskType '\<\u\w*\>'
    syntax match taskNumber '\v<\d[0-9a-zA-Z_]*(\.\d[0-9_]*)?'
    syntax match taskNumber '\v\@\d[-0-9A-Za-z:+.]*(\[[-A-Za-z0-9_+/]*\])?'
    syntax match taskComment '//.*' contains=@Spell
    syntax region taskText start='"' skip='\\.' end='"\|$'
    syntax region taskText start='"""' skip='\\.' end='"""'
    syntax region taskText start='\<r"' end='"\|$'
    highlight default link taskKeyword Keyword
    highlight default link taskHeader Keyword
    highlight default link taskConstant Constant
    highlight default link taskType Type
    highlight default link taskNumber Number
    highlight default link taskComment Comment
    highlight default link taskText String
  ]==])
end

local group = vim.api.nvim_create_augroup('taskc', { clear = true })

vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
  group = group,
  pattern = '*.task',
  callback = function() vim.bo.filetype = 'task' end,
})

vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = 'task',
  callback = function(event)
    vim.bo.commentstring = '// %s'
    vim.bo.expandtab = true
    vim.bo.shiftwidth = 2
    vim.bo.tabstop = 2
    vim.bo.omnifunc = 'v:lua.vim.lsp.omnifunc'
    colour(event.buf)
    attach(event.buf)
  end,
})
