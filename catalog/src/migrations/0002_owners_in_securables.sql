insert into securables (type, id, parent_id, name, owner, created_at)
  select 'catalog', id, null, name, owner, created_at from catalogs
  union all select 'schema', schema_id, catalog_id, name, owner, created_at from schemas
  union all select 'table', table_id, schema_id, name, owner, created_at from tables
  union all select 'volume', volume_id, schema_id, name, owner, created_at from volumes where true
  on conflict do nothing;
alter table catalogs drop column owner;
alter table schemas drop column owner;
alter table tables drop column owner;
alter table volumes drop column owner;
