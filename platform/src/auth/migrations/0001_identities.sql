create table principals (
  id text primary key,
  type text not null,
  name text not null unique,
  display_name text not null,
  active integer not null,
  created_at bigint not null
);

create table group_members (
  group_id text not null references principals (id) on delete cascade,
  member_id text not null references principals (id) on delete cascade,
  primary key (group_id, member_id)
);
create index group_members_by_member on group_members (member_id);

create table tokens (
  id text primary key,
  principal_id text not null references principals (id) on delete cascade,
  hash text not null unique,
  label text not null,
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint
);

create table grants (
  principal_id text not null references principals (id) on delete cascade,
  securable_type text not null,
  securable_id text not null,
  privilege text not null,
  granted_by text not null,
  granted_at bigint not null,
  primary key (securable_id, principal_id, privilege)
);
create index grants_by_principal on grants (principal_id);

create table audit (
  id text primary key,
  time bigint not null,
  request_id text not null,
  principal text not null,
  action text not null,
  securable_type text not null,
  securable text not null,
  allowed integer not null,
  reason text not null
);
create index audit_by_time on audit (time, id);
create index audit_by_securable on audit (securable, time);
