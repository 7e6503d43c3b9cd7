create table run_comments (
  comment_id text primary key,
  run_id text not null,
  body text not null,
  author_id text not null,
  author text not null,
  created_at bigint not null,
  updated_at bigint not null
);
create index run_comments_of_run on run_comments (run_id, created_at);

-- The names that a comment mentions, in lower case.
create table run_mentions (
  name text not null,
  comment_id text not null,
  run_id text not null,
  created_at bigint not null,
  primary key (name, created_at, comment_id)
);
create index run_mentions_of_comment on run_mentions (comment_id);
create index run_mentions_of_run on run_mentions (run_id);
