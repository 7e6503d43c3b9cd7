-- tokens of the code of tasks, which end with their attempt; null for all others
alter table tokens add column purpose text;
update tokens set purpose = 'attempt' where label like 'task run %' and expires_at is not null;
