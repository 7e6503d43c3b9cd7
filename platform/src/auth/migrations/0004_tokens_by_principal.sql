create index tokens_by_principal on tokens (principal_id);
create index tokens_by_expiry on tokens (expires_at);
create index tokens_by_revocation on tokens (revoked_at);
