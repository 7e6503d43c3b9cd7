-- the principal that tasks without run_as act as: by id, since another principal may get the name
alter table jobs add column creator_id text;
alter table job_runs add column principal_id text;
update jobs set creator_id = (
  select id from principals where name = jobs.creator and (id = 'local-owner' or created_at <= jobs.created_time)
);
update job_runs set principal_id = (select creator_id from jobs where jobs.job_id = job_runs.job_id) where job_id is not null;
update job_runs set principal_id = (
  select id from principals where name = job_runs.creator and (id = 'local-owner' or created_at <= job_runs.start_time)
) where job_id is null;
