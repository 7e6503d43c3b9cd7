-- There from the beginning: the last version may be gone before the first one after an upgrade comes.
insert into last_position (id, last)
  select 1, coalesce(max(position), 0) from model_versions where true on conflict (id) do nothing;
