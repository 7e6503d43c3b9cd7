-- JSON list; null for a token with all rights of its principal
alter table tokens add column scopes text;
