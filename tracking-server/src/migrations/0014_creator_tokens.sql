-- The access token that created a run, until another caller continues it: runs that a task left unfinished end with it.
alter table runs add column creator_token text;
create index runs_by_creator_token on runs (creator_token) where creator_token is not null;
