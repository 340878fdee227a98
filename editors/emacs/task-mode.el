;;; task-mode.el --- Task files, with the language server of taskc  -*- lexical-binding: t; -*-

;; Put this file on the load path and write (require 'task-mode) into your init file.
;; Needs Emacs 28 with eglot, or Emacs 29, and `taskc' on the PATH.

;;; Code:

(defcustom task-mode-indent 2
  "How far a block is indented; `taskc fmt' has two blanks."
  :type 'integer
  :group 'languages)

(defvar task-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?_ "w" table)
    (modify-syntax-entry ?@ "'" table)
    table)
  "Comments and texts of Task.")

(defconst task-mode-words
  '("and" "as" "break" "const" "continue" "else" "fail" "false" "fn" "for" "from" "if" "in" "let"
    "match" "not" "null" "or" "parallel" "return" "table" "test" "transaction" "true" "try" "type"
    "use" "var" "where" "while")
  "The words that are never names.")

(defconst task-mode-headers
  '("active" "allow" "concurrency" "description" "durable" "expire" "history" "jitter" "memory"
    "missed" "on" "overlap" "priority" "retry" "schedule" "source" "steps" "tags" "timeout" "trace")
  "The words that begin headers.")

(defun task-mode--mark-block-text ()
  "Mark the first or last of three quotes as where a block text begins or ends."
  (let* ((start (match-beginning 0))
         (state (save-excursion (syntax-ppss start))))
    (cond
     ((eq (nth 3 state) t)
      (put-text-property (+ start 2) (+ start 3) 'syntax-table (string-to-syntax "|")))
     ((not (nth 8 state))
      (put-text-property start (1+ start) 'syntax-table (string-to-syntax "|"))))))

(defun task-mode--mark-texts (start end)
  "Mark the block texts between START and END."
  (goto-char start)
  (while (search-forward "\"\"\"" end t)
    (task-mode--mark-block-text)))

(defun task-mode--indentation (state)
  "How far the line is indented at whose beginning the syntax is in STATE."
  (back-to-indentation)
  (let ((open (nth 1 state))
        (steps (cond ((looking-at-p "[])}]") -1)
                     ((looking-at-p "[.?]") 1)
                     (t 0))))
    (max 0 (+ (if open (save-excursion (goto-char open) (+ (current-indentation) task-mode-indent)) 0)
              (* steps task-mode-indent)))))

(defun task-mode-indent-line ()
  "Indent one step more than the line with the bracket that is open; lines that go on with the one above, another."
  (interactive)
  (let ((state (save-excursion (syntax-ppss (line-beginning-position))))
        (behind (- (current-column) (current-indentation))))
    ;; What a block text holds is its own.
    (unless (nth 3 state)
      (indent-line-to (save-excursion (task-mode--indentation state)))
      (when (> behind 0)
        (move-to-column (+ (current-indentation) behind))))))

;;;###autoload
(define-derived-mode task-mode prog-mode "Task"
  "Major mode for tasks."
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "///?[ \t]*")
  (setq-local comment-end "")
  (setq-local indent-tabs-mode nil)
  (setq-local tab-width 2)
  (setq-local indent-line-function #'task-mode-indent-line)
  (setq-local electric-indent-chars (append "])}" electric-indent-chars))
  (setq-local syntax-propertize-function #'task-mode--mark-texts)
  (setq-local imenu-generic-expression
              '(("Functions" "^fn +\\([A-Za-z0-9_]+\\)" 1)
                ("Tables" "^table +\\([A-Za-z0-9_]+\\)" 1)
                ("Types" "^type +\\([A-Za-z0-9_]+\\)" 1)
                ("Tests" "^test +\"\\([^\"]+\\)\"" 1)))
  (setq font-lock-defaults
        `(((,(concat "^\\(" (regexp-opt task-mode-headers) "\\)[ \t]+[^=.( \t]") 1 font-lock-keyword-face)
           (,(regexp-opt task-mode-words 'symbols) . font-lock-keyword-face)
           ("\\_<fn[ \t]+\\([A-Za-z0-9_]+\\)" 1 font-lock-function-name-face)
           ("\\_<[A-Z][A-Za-z0-9_]*\\_>" . font-lock-type-face)
           ("@[0-9][0-9A-Za-z:+.-]*" . font-lock-constant-face)))))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.task\\'" . task-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(task-mode . ("taskc" "lsp"))))

(provide 'task-mode)
;;; task-mode.el ends here
