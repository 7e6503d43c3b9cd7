-- the time of the last change of a principal or of its members; null for one that has not changed since this migration
alter table principals add column updated_at bigint;
-- The limits of the API, which PATCH did not check: PostgreSQL cannot index longer texts.
update principals set display_name = substr(display_name, 1, 255) where length(display_name) > 255;
update principals set external_id = substr(external_id, 1, 255) where length(external_id) > 255;
update principals set email = substr(email, 1, 320) where length(email) > 320;
-- In the order of lists.
create index principals_by_name on principals (type, name);
create index principals_by_display_name on principals (type, display_name, name);
create index principals_by_creation on principals (type, created_at, name);
create index principals_by_change on principals (coalesce(updated_at, created_at));
-- Searches of SCIM do not regard case.
create index principals_by_folded_name on principals (lower(name collate "C"));
create index principals_by_folded_display_name on principals (lower(display_name collate "C"));
create index principals_by_folded_email on principals (lower(coalesce(email, name) collate "C"));
create index principals_by_folded_external_id on principals (lower(external_id collate "C"));
