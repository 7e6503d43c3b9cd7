-- Each move of an alias, in the order of the position within a model; no version when the alias was deleted.
create table alias_moves (
  name text not null references registered_models (name) on update cascade on delete cascade,
  position bigint not null,
  alias text not null,
  version bigint,
  moved_at bigint not null,
  primary key (name, position)
);
insert into alias_moves (name, position, alias, version, moved_at)
  select name, row_number() over (partition by name order by decided_at, id), alias, version, decided_at
  from promotions where verdict <> 'failed';
