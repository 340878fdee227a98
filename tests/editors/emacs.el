;;; emacs.el --- What a person does in Emacs, step by step  -*- lexical-binding: t; -*-

;; Leaves with 1 at the first thing that is not as it should be. In a folder with `it.task' and `shop.task'; `SETUP' names the
;; mode's file, and `taskc' is on the PATH.

;;; Code:

(require 'package)
;; Where Debian keeps packages, Eglot for Emacs 28 among them.
(add-to-list 'package-directory-list "/usr/share/emacs/site-lisp/elpa")
(package-initialize)
(require 'cl-lib)
(require 'eglot)
(load (getenv "SETUP"))

(defun fail (&rest why)
  (princ (concat (apply #'format why) "\n"))
  (kill-emacs 1))

(defun wait-for (what holds)
  "Lets the server speak until HOLDS gives something; WHAT is waited for."
  (let ((result nil) (end (+ (float-time) 20)))
    (while (and (not (setq result (funcall holds))) (< (float-time) end))
      (accept-process-output nil 0.02))
    (or result (fail "waited in vain for %s" what))))

(defun same (what found wanted)
  (unless (equal found wanted) (fail "%s: %S, not %S" what found wanted)))

(defun lines () (buffer-substring-no-properties (point-min) (point-max)))

(defun ask (method &rest more)
  "The answer to METHOD about the cursor's place, with MORE in the question."
  (eglot--signal-textDocument/didChange)
  (jsonrpc-request (eglot--current-server-or-lose) method (append (eglot--TextDocumentPositionParams) more)))

(defun finding (code)
  (cl-find-if (lambda (it) (string-match-p code (flymake-diagnostic-text it))) (flymake-diagnostics)))

(setq eglot-sync-connect t
      eglot-autoshutdown t
      eglot-send-changes-idle-time 0
      eglot-confirm-server-initiated-edits nil
      flymake-no-changes-timeout 0.01)

(find-file "it.task")
(same "the mode" major-mode 'task-mode)
(same "the face of a word" (progn (font-lock-ensure) (get-text-property (point-min) 'face)) 'font-lock-keyword-face)
(apply #'eglot (eglot--guess-contact))
(flymake-mode 1)

;; The mistake stands behind an emoji, which Emacs and the server count as two.
(defvar mistake (wait-for "the unknown name" (lambda () (flymake-start) (finding "unknown-name\\|totl"))))
(same "its place"
      (buffer-substring-no-properties (flymake-diagnostic-beg mistake) (flymake-diagnostic-end mistake))
      "totl")

;; Its mend.
(goto-char (flymake-diagnostic-beg mistake))
(let* ((place (list :start (eglot--pos-to-lsp-position) :end (eglot--pos-to-lsp-position)))
       (actions (ask :textDocument/codeAction :range place :context '(:diagnostics [])))
       (mend (cl-find "quickfix" (append actions nil) :key (lambda (it) (plist-get it :kind)) :test #'equal)))
  (unless mend (fail "no mend: %S" actions))
  (eglot--apply-workspace-edit (plist-get mend :edit)))
(same "the mended text" (lines) "use shop\nlet total = gross(1)\nprint(\"😀\", total)\n")
;; Nothing is idle here, which is when Eglot tells of changes.
(eglot--signal-textDocument/didChange)
(wait-for "the finding to go" (lambda () (flymake-start) (not (finding "totl"))))

;; Hover across files.
(goto-char (point-min))
(search-forward "gross")
(backward-char 2)
(let ((said (format "%S" (ask :textDocument/hover))))
  (unless (string-match-p "With tax\\." said) (fail "hover: %s" said)))

;; A definition, as `M-.' finds it.
(xref-find-definitions (xref-backend-identifier-at-point 'eglot))
(same "the definition" (file-name-nondirectory buffer-file-name) "shop.task")
(same "its place" (looking-at-p "gross") t)
(switch-to-buffer "it.task")

;; A new name, behind the emoji, too.
(goto-char (point-min))
(search-forward "total")
(eglot-rename "sum")
(same "the renamed text" (lines) "use shop\nlet sum = gross(1)\nprint(\"😀\", sum)\n")

;; Completion of a line that is being written.
(goto-char (point-max))
(insert "print(sum.")
(eglot--signal-textDocument/didChange)
(let* ((found (eglot-completion-at-point))
       (labels (all-completions "is_" (nth 2 found))))
  (unless (member "is_even" labels) (fail "completion: %S" labels)))
(delete-region (line-beginning-position) (point-max))

;; The one style.
(goto-char (point-min))
(search-forward "let sum = gross(1)")
(replace-match "let sum   =gross( 1 )")
(eglot--signal-textDocument/didChange)
(eglot-format-buffer)
(same "the formatted text" (lines) "use shop\nlet sum = gross(1)\nprint(\"😀\", sum)\n")

;; Indentation without a server.
(goto-char (point-max))
(insert "if true {\nprint([\n1])\n}\nlet t = \"\"\"\n a \" {\n\"\"\"\nprint(t)\n")
(indent-region (point-min) (point-max))
(same "the indented text" (lines)
      "use shop\nlet sum = gross(1)\nprint(\"😀\", sum)\nif true {\n  print([\n    1])\n}\nlet t = \"\"\"\n a \" {\n\"\"\"\nprint(t)\n")
(set-buffer-modified-p nil)
(eglot-shutdown (eglot--current-server-or-lose))
(princ "everything works\n")

;;; emacs.el ends here
