create table external_accounts (
  issuer text not null,
  subject text not null,
  principal_id text not null references principals (id) on delete cascade,
  -- JSON list of the groups that the issuer's claim added the user to
  group_ids text not null,
  primary key (issuer, subject)
);
create unique index external_accounts_by_principal on external_accounts (principal_id, issuer);
