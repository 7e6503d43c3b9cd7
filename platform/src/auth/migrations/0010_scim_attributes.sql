-- the id of the principal at an identity provider, which SCIM clients search by
alter table principals add column external_id text;
alter table principals add column email text;
