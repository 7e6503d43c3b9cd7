alter table tokens add column used_at bigint;
-- the first of the tokens that replaced each other; all are revoked together
alter table tokens add column family text;
create index tokens_by_family on tokens (family);
