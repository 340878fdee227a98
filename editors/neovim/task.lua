-- Task in Neovim: file type, comments, and the language server `taskc lsp`.
--
-- Put this file into ~/.config/nvim/plugin/ (or `:luafile` it). `taskc` is looked for on the PATH; set
-- `vim.g.taskc` to its path where it is somewhere else. Works with Neovim 0.7 and later.

local function root(file)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  local settings = vim.fn.findfile('taskc.toml', vim.fn.fnameescape(folder) .. ';')
  return settings ~= '' and vim.fn.fnamemodify(settings, ':p:h') or folder
end

local clients = {}

local function attach(buffer)
  local folder = root(vim.api.nvim_buf_get_name(buffer))
  local client = clients[folder]
  if not (client and vim.lsp.get_client_by_id(client)) then
    client = vim.lsp.start_client({
      name = 'taskc',
      cmd = { vim.g.taskc or 'taskc', 'lsp' },
      root_dir = folder,
      workspace_folders = { { uri = vim.uri_from_fname(folder), name = folder } },
      commands = {
        ['taskc.run'] = function(command)
          vim.cmd('!' .. vim.fn.shellescape(vim.g.taskc or 'taskc') .. ' run '
            .. vim.fn.shellescape(vim.uri_to_fname(command.arguments[1])))
        end,
      },
    })
    clients[folder] = client
  end
  if client then
    vim.lsp.buf_attach_client(buffer, client)
  end
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
    attach(event.buf)
  end,
})
