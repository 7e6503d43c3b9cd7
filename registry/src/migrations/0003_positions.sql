-- Grows in the order of commits with every version that comes or comes anew: who has read up to one reads on from there.
alter table model_versions add column position bigint not null default 0;
update model_versions set position = numbered.position
  from (select name, version, row_number() over (order by name, version) as position from model_versions) as numbered
  where numbered.name = model_versions.name and numbered.version = model_versions.version;
create unique index model_versions_by_position on model_versions (position);
-- One row, which outlives the versions: a position is not given again.
create table last_position (id integer primary key, last bigint not null);
insert into last_position (id, last) select 1, coalesce(max(position), 0) from model_versions;
