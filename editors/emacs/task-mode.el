;;; task-mode.el --- Task files, with the language server of taskc  -*- lexical-binding: t; -*-

;; Put this file on the load path and write (require 'task-mode) into your init file.
;; Needs Emacs 28 with eglot, or Emacs 29, and `taskc' on the PATH.

;;; Code:

(defvar task-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?_ "w" table)
    table)
  "Comments and texts of Task.")

(defconst task-mode-words
  '("and" "as" "break" "const" "continue" "else" "fail" "false" "fn" "for" "from" "if" "in" "let"
    "match" "not" "null" "or" "parallel" "return" "table" "test" "transaction" "true" "try" "type"
    "use" "var" "where" "while")
  "The words that are never names.")

;;;###autoload
(define-derived-mode task-mode prog-mode "Task"
  "Major mode for tasks."
  (setq-local comment-start "// ")
  (setq-local comment-end "")
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width 2)
  (setq font-lock-defaults
        `(((,(regexp-opt task-mode-words 'words) . font-lock-keyword-face)
           ("\\_<[A-Z][A-Za-z0-9_]*\\_>" . font-lock-type-face)
           ("@[0-9][0-9A-Za-z:+.-]*" . font-lock-constant-face)))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.task\\'" . task-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(task-mode . ("taskc" "lsp"))))

(provide 'task-mode)
;;; task-mode.el ends here
