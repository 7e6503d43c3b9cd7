-- The type and the id identify an object: ids of two types may be equal.
create table object_grants (
  principal_id text not null references principals (id) on delete cascade,
  securable_type text not null,
  securable_id text not null,
  privilege text not null,
  granted_by text not null,
  granted_at bigint not null,
  primary key (securable_type, securable_id, principal_id, privilege)
);
insert into object_grants (principal_id, securable_type, securable_id, privilege, granted_by, granted_at)
  select principal_id, securable_type, securable_id, privilege, granted_by, granted_at from grants;
drop table grants;
alter table object_grants rename to grants;
create index grants_by_principal on grants (principal_id, securable_type);

create table securables (
  type text not null,
  id text not null,
  -- null: the metastore
  parent_id text,
  name text not null,
  -- a principal's id
  owner text not null,
  created_at bigint not null,
  primary key (type, id)
);
create index securables_by_name on securables (type, name);
create index securables_by_owner on securables (owner, type);

-- What worked with these privileges before needs further ones now; `upgrade-notes.ts` logs them.
insert into grants (principal_id, securable_type, securable_id, privilege, granted_by, granted_at)
  select principal_id, securable_type, securable_id, 'MANAGE', 'upgrade', granted_at from grants
    where privilege = 'ALL PRIVILEGES'
  union select principal_id, securable_type, securable_id, 'CREATE EXPERIMENT', 'upgrade', granted_at from grants
    where privilege = 'EDIT EXPERIMENTS'
  union select principal_id, securable_type, securable_id, 'CREATE MODEL', 'upgrade', granted_at from grants
    where privilege = 'EDIT MODELS'
  union select principal_id, securable_type, securable_id, 'CREATE JOB', 'upgrade', granted_at from grants
    where privilege = 'RUN JOBS'
  union select principal_id, securable_type, securable_id, 'EDIT JOBS', 'upgrade', granted_at from grants
    where privilege = 'RUN JOBS'
  on conflict do nothing;
