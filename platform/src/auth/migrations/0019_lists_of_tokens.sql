-- In the order of lists.
create index tokens_by_time on tokens (created_at, id) where revoked_at is null;
create index tokens_of_principal on tokens (principal_id, created_at, id) where revoked_at is null;
create index invites_by_time on invites (created_at, id) where used_at is null;
-- Planners would read the whole of it for tokens that are not revoked.
drop index tokens_by_revocation;
create index tokens_by_revocation on tokens (revoked_at) where revoked_at is not null;
