-- When the task is due, so that a server notices what was changed while none served. Empty where an older one wrote it.
ALTER TABLE tasks ADD COLUMN timetable BLOB NOT NULL DEFAULT x'';
