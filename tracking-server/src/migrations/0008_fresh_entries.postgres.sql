-- Never 1: PostgreSQL logs a few bytes for each value that enters an index, so it enters at once (ADR 22).
alter table params add column fresh integer not null default 0;
alter table tags add column fresh integer not null default 0;
