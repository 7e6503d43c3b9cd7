-- The principal that imported a comment with the name of its author. NULL for comments that were written on this server, and for
-- those that older releases imported.
alter table run_comments add column imported_by text;
