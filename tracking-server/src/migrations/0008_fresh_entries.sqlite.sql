-- What is new enters the index by value later, many at once: there each value has a page of its own, and a page costs the
-- same for one value as for a hundred (ADR 22). `runs/fresh.ts` asks with these very words.
alter table params add column fresh integer not null default 0;
drop index params_by_value;
create index params_by_value on params (experiment_id, key, substr(value, 1, 100), run_id) where fresh = 0;
create index params_fresh on params (experiment_id) where fresh = 1;

alter table tags add column fresh integer not null default 0;
drop index tags_by_value;
create index tags_by_value on tags (experiment_id, key, substr(value, 1, 100), run_id) where fresh = 0;
create index tags_fresh on tags (experiment_id) where fresh = 1;
