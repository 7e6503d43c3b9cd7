-- The words of the names of runs, for searches over all experiments; `words.ts` splits the names of later runs.
create table run_words (
  run_id text not null,
  -- ordered by bytes, so that an index finds the beginning of words
  word text collate "C" not null,
  experiment_id bigint not null,
  primary key (run_id, word)
);

insert into run_words (run_id, word, experiment_id)
select distinct run_id, word, experiment_id
from runs, regexp_split_to_table(lower(substr(run_name, 1, 200)), '[^[:alnum:]]+') as word where word <> '';

create index run_words_by_word on run_words (word, experiment_id, run_id);
