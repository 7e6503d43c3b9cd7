-- Endpoints of earlier releases have no entry yet.
insert into securables (type, id, name, owner, created_at)
  select 'serving_endpoint', id, name, owner, creation_timestamp from endpoints where true
  on conflict do nothing;
alter table endpoints drop column owner;
