-- Levels of endpoints include the lower ones; `upgrade-notes.ts` logs the privileges that holders of the higher ones get.
insert into grants (principal_id, securable_type, securable_id, privilege, granted_by, granted_at)
  select principal_id, securable_type, securable_id, 'VIEW ENDPOINT', 'upgrade of endpoints', granted_at from grants
    where privilege in ('MANAGE', 'QUERY ENDPOINT') and securable_type in ('serving_endpoint', 'metastore')
  union select principal_id, securable_type, securable_id, 'QUERY ENDPOINT', 'upgrade of endpoints', granted_at from grants
    where privilege = 'MANAGE' and securable_type = 'serving_endpoint'
  on conflict do nothing;

-- Finds objects by their names below a parent.
create index securables_by_parent on securables (parent_id, type, name);

-- These names are reserved for the administrators: a principal that has one keeps its members and rights.
update principals set name = name || ' ' || id
  where name in ('workspace admins', 'workspace-admins') and id <> 'workspace-admins';
