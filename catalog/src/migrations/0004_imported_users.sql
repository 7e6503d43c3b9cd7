-- Users that an import from MLflow created: later imports may replace the passwords of no others.
create table imported_users (
  principal_id text primary key references principals (id) on delete cascade
);
