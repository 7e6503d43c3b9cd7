import { alertRuleRows, type MatrixRequest, permissionRows, query } from './requests.js'

/** A job and a run of it. */
export interface JobWorld {
  readonly job_id: string
  readonly run_id: string
}
type Row = (w: JobWorld) => MatrixRequest

export const SETTINGS = {
  name: 'canary',
  tasks: [{ task_key: 'a', node_task: { entry: 'movielens/import', parameters: { schema: 'main.s' } } }],
}

/** The job runs as its owner, whom nobody else may impersonate. */
const RUNS_AS_OWNER = { alsoNeeds: 'MANAGE IDENTITIES' } as const

/** A request of every route on jobs. */
export const JOB_REQUESTS: Readonly<Record<string, Row>> = {
  ...permissionRows('jobs', ({ job_id }) => job_id),
  ...alertRuleRows('jobs', 'job_failed', ({ job_id }) => job_id),
  ...Object.fromEntries(
    ['2.1', '2.2'].flatMap((version): [string, Row][] => {
      const base = `/api/${version}/jobs`
      const post = (
        url: string,
        body: (w: JobWorld) => object,
        expected: Partial<MatrixRequest> = {},
      ): [string, Row] => [`POST ${base}${url}`, (w) => ({ url: base + url, body: body(w), ...expected })]
      const get = (url: string, parameters: (w: JobWorld) => Record<string, string>): [string, Row] => [
        `GET ${base}${url}`,
        (w) => query(base + url, parameters(w)),
      ]
      const aJob = ({ job_id }: JobWorld) => ({ job_id })
      const aRun = ({ run_id }: JobWorld) => ({ run_id })
      return [
        get('/get', aJob),
        get('/list', () => ({})),
        post('/update', ({ job_id }) => ({ job_id, new_settings: { name: 'renamed' } }), RUNS_AS_OWNER),
        post('/reset', ({ job_id }) => ({ job_id, new_settings: SETTINGS }), RUNS_AS_OWNER),
        post('/delete', aJob),
        post('/run-now', aJob),
        get('/runs/get', aRun),
        get('/runs/get-output', aRun),
        get('/runs/list', () => ({})),
        post('/runs/cancel', aRun),
        post('/runs/cancel-all', aJob),
        post('/runs/delete', aRun, { status: 400 }), // the run is active
        get('/runs/export', aRun),
        post('/runs/repair', ({ run_id }) => ({ run_id, rerun_tasks: ['a'] }), { status: 400 }), // the run is active
      ]
    }),
  ),
  'GET /api/cairn/v1/jobs': () => ({ url: '/api/cairn/v1/jobs' }),
  'GET /api/cairn/v1/jobs/:job_id/grid': ({ job_id }) => ({ url: `/api/cairn/v1/jobs/${job_id}/grid` }),
  'GET /api/cairn/v1/job-runs/:run_id/progress': ({ run_id }) => ({
    url: `/api/cairn/v1/job-runs/${run_id}/progress`,
  }),
  'GET /api/cairn/v1/job-runs/:run_id/tasks/:task_key/logs': ({ run_id }) => ({
    url: `/api/cairn/v1/job-runs/${run_id}/tasks/a/logs`,
  }),
}
