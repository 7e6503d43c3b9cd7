-- The words of the names of runs, for searches over all experiments, which `words.ts` splits.
create table run_words (
  run_id text not null,
  word text not null,
  experiment_id bigint not null,
  primary key (run_id, word)
) without rowid;

create index run_words_by_word on run_words (word, experiment_id, run_id);

-- `fillWords` splits the names of earlier runs.
create table run_words_fill (
  after_run_id text not null
);

insert into run_words_fill (after_run_id) select '' where exists (select 1 from runs);
