create table invites (
  id text primary key,
  hash text not null unique,
  -- the user whose password the link sets; null for a link that creates an account
  principal_id text references principals (id) on delete cascade,
  -- the name of the new account; empty when the person chooses it
  name text not null,
  -- JSON list of the groups that the new account joins
  group_ids text not null,
  -- who must still be allowed to create the link when it is used
  created_by text not null references principals (id) on delete cascade,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index invites_by_principal on invites (principal_id);
create index invites_by_expiry on invites (expires_at);
