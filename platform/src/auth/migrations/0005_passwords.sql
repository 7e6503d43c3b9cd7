create table passwords (
  principal_id text primary key references principals (id) on delete cascade,
  -- werkzeug's format: scrypt:32768:8:1$salt$hex
  hash text not null,
  changed_at bigint not null
);
