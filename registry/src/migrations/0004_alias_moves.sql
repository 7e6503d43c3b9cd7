-- Each move of an alias, in the order of the position within a model; no version when the alias was deleted.
create table alias_moves (
  name text not null references registered_models (name) on update cascade on delete cascade,
  position bigint not null,
  alias text not null,
  version bigint,
  moved_at bigint not null,
  primary key (name, position)
);
-- Moves from before: promotions, and then the aliases that others have set or deleted since, at the model's last change.
insert into alias_moves (name, position, alias, version, moved_at)
select name, row_number() over (partition by name order by step, moved_at, id), alias, version, moved_at from (
  select name, alias, version, decided_at as moved_at, 0 as step, id from promotions where verdict <> 'failed'
  union all
  select known.name, known.alias, known.version, model.last_updated_timestamp, 1, known.alias
  from registered_model_aliases as known join registered_models as model on model.name = known.name
  where known.version <> coalesce(
    (select last.version from promotions as last
      where last.name = known.name and last.alias = known.alias and last.verdict <> 'failed'
      order by last.decided_at desc, last.id desc limit 1), -1)
  union all
  select distinct promoted.name, promoted.alias, cast(null as bigint), model.last_updated_timestamp, 1, promoted.alias
  from promotions as promoted join registered_models as model on model.name = promoted.name
  where promoted.verdict <> 'failed' and not exists (select 1 from registered_model_aliases as known
    where known.name = promoted.name and known.alias = promoted.alias)
) as moved;
