create table secret_scopes (
  scope_id text primary key,
  name text not null unique,
  created_at bigint not null
);

create table secrets (
  scope_id text not null references secret_scopes (scope_id) on delete cascade,
  key text not null,
  -- encrypted, with the mark of its key before it
  sealed text not null,
  updated_at bigint not null,
  primary key (scope_id, key)
);
