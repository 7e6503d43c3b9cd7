-- The words of the names of runs, for searches over all experiments; `words.ts` splits the names of later runs.
create table run_words (
  run_id text not null,
  word text not null,
  experiment_id bigint not null,
  primary key (run_id, word)
) without rowid;

with recursive split (run_id, experiment_id, word, rest) as (
  select run_id, experiment_id, '', replace(replace(replace(replace(replace(replace(replace(replace(
    lower(substr(run_name, 1, 200)), '-', ' '), '_', ' '), '.', ' '), '/', ' '), ':', ' '), ',', ' '), '(', ' '), ')', ' ') || ' '
  from runs
  union all
  select run_id, experiment_id, substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1)
  from split where rest <> ''
)
insert or ignore into run_words (run_id, word, experiment_id)
select run_id, word, experiment_id from split where word <> '';

create index run_words_by_word on run_words (word, experiment_id, run_id);
