import Type from 'typebox'
import { Id } from '../ids.js'
import { operation } from '../operation.js'
import { MANAGE_JOB, READ_JOBS, RUN_JOBS } from '../rights.js'
import { Empty, OneOf } from '../wire.js'

export const CancelAllRuns = operation({
  id: 'cancelAllJobRuns',
  method: 'POST',
  path: '/api/2.2/jobs/runs/cancel-all',
  summary: 'Cancel all active runs of a job, or only its queued ones; without a job, all queued runs',
  right: RUN_JOBS,
  input: Type.Object({
    job_id: Type.Optional(Id()),
    all_queued_runs: Type.Optional(Type.Boolean()),
  }),
  output: Empty,
})

export const DeleteRun = operation({
  id: 'deleteJobRun',
  method: 'POST',
  path: '/api/2.2/jobs/runs/delete',
  summary: 'Delete an ended run with its logs',
  right: MANAGE_JOB,
  input: Type.Object({ run_id: Id() }),
  output: Empty,
})

export const ExportRun = operation({
  id: 'exportJobRun',
  method: 'GET',
  path: '/api/2.2/jobs/runs/export',
  summary:
    'Export each task of a run as a page of HTML: its settings, its values and the end of its log; and executed notebooks',
  right: READ_JOBS,
  input: Type.Object({
    run_id: Id(),
    /** DASHBOARDS exports nothing, because Cairn has no dashboards. */
    views_to_export: Type.Optional(OneOf(['CODE', 'DASHBOARDS', 'ALL'])),
  }),
  output: Type.Object({
    views: Type.Array(
      Type.Object({ name: Type.String(), type: Type.Literal('NOTEBOOK'), content: Type.String() }),
    ),
  }),
})
