-- the principal that wrote the settings last: whoever they name as run_as must be in its power
alter table jobs add column writer_id text;
alter table job_runs add column writer_id text;
update jobs set writer_id = (
  select id from principals where name = jobs.creator and (id = 'local-owner' or created_at <= jobs.created_time)
);
update job_runs set writer_id = (select writer_id from jobs where jobs.job_id = job_runs.job_id) where job_id is not null;
update job_runs set writer_id = (
  select id from principals where name = job_runs.creator and (id = 'local-owner' or created_at <= job_runs.start_time)
) where job_id is null;
