create table event_log (
  only_row integer primary key,
  last_id bigint not null
);

create table events (
  id bigint primary key,
  stamp text not null,
  time bigint not null,
  subject text not null,
  change text not null,
  guard text
);

create table event_writers (
  holder text primary key,
  beats bigint not null
);
