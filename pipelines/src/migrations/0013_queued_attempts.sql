-- when an attempt was queued, by the clock of the server; null for those of earlier releases
alter table task_attempts add column queued_at bigint;
