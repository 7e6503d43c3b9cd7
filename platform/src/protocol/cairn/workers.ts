import Type, { type Static } from 'typebox'
import { JobEnvironment } from '../databricks/jobs.js'
import { TaskSettings, WorkerLabels } from '../databricks/task-settings.js'
import { Id } from '../ids.js'
import { operation } from '../operation.js'
import { AnyJson, Empty, Int64, OneOf, Required } from '../wire.js'
import { Progress } from './run-progress.js'

/** The version of these operations, which every incompatible change increases. A worker of another version is refused. */
export const WORKER_PROTOCOL = 1

/** The largest number of lines in a report. */
export const MAX_REPORTED_LINES = 1_000

/** The right of a worker, which gets tokens of all principals whose tasks it runs. The scope limits its own token. */
const WORKER = { right: { privilege: 'MANAGE', on: 'metastore' }, scope: 'worker' } as const

const BASE = '/api/cairn/v1/workers'
const ATTEMPT = `${BASE}/{worker_id}/attempts/{task_run_id}/{attempt}` as const

const OfWorker = { worker_id: Required({ maxLength: 100 }) }
const OfAttempt = { task_run_id: Id(), attempt: Id() }
const AttemptKey = Type.Object(OfAttempt)

export const RegisterWorker = operation({
  ...{ id: 'registerWorker', method: 'POST', path: BASE, ...WORKER },
  summary: 'Register a process that executes tasks over HTTP',
  input: Type.Object({
    name: Type.String({
      pattern: '^[\\w.@:-]{1,200}$',
      message: "letters, digits, '_', '.', '@', ':' and '-', at most 200",
    }),
    protocol: Int64(),
    /** The version of its release, which lists show. */
    version: Required({ maxLength: 50 }),
    labels: WorkerLabels,
    concurrency: Type.Integer({ minimum: 1, maximum: 64 }),
  }),
  output: Type.Object({
    worker_id: Type.String(),
    /** The time without renewal after which an attempt is lost. */
    lease_ms: Int64(),
  }),
})

const Worker = Type.Object({
  worker_id: Type.String(),
  name: Type.String(),
  labels: Type.Array(Type.String()),
  concurrency: Int64(),
  version: Type.String(),
  registered_at: Int64(),
  last_heartbeat: Int64(),
  running: Type.Array(AttemptKey),
})
export type Worker = Static<typeof Worker>

export const ListWorkers = operation({
  id: 'listWorkers',
  method: 'GET',
  path: BASE,
  summary:
    'List the workers over HTTP that were seen within a day, with their last heartbeat and running tasks',
  right: WORKER.right,
  input: Type.Object({}),
  output: Type.Object({ workers: Type.Array(Worker) }),
})

export const RemoveWorker = operation({
  ...{ id: 'removeWorker', method: 'DELETE', path: `${BASE}/{worker_id}`, ...WORKER },
  summary: 'Remove a worker that ends; tasks that it still has are queued again',
  input: Type.Object(OfWorker),
  output: Empty,
})

const Texts = () => Type.Record(Type.String(), Type.String())

/** Everything that a worker needs to execute an attempt. */
const AssignedAttempt = Type.Object({
  ...OfAttempt,
  ...{ task_key: Type.String(), run_id: Id(), job_id: Id(), run_name: Type.String() },
  job: Type.Object({
    files: Type.Optional(Texts()),
    tags: Type.Optional(Texts()),
    environments: Type.Optional(Type.Array(JobEnvironment)),
  }),
  /** The settings with references. */
  task: TaskSettings,
  /** The settings of the kind, with the values of references. */
  settings: AnyJson(),
  principal: Type.Object({
    ...{ id: Type.String(), name: Type.String() },
    type: OneOf(['user', 'group', 'service_principal']),
  }),
  /** The principal's token, valid until the end of the attempt. */
  token: Type.String(),
  /** The run in the tracking server of a trial of a sweep. */
  mlflow_run_id: Type.Optional(Type.String()),
  /** Id of the principal that wrote the settings. */
  writer: Type.Union([Type.String(), Type.Null()]),
  parameters: Texts(),
  /** Environment variables of its process, with the values of secrets. */
  environment: Texts(),
  /** Values that no report may contain. */
  secrets: Type.Array(Type.String()),
  /** The values of upstream tasks, by task key. */
  values: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
  previous: Type.Optional(AttemptKey),
  /** The number of the first line of its log. */
  next_line: Id(),
})
export type AssignedAttempt = Static<typeof AssignedAttempt>

export const ClaimAttempt = operation({
  ...{ id: 'claimAttempt', method: 'POST', path: `${BASE}/{worker_id}/claim`, ...WORKER },
  summary: 'Claim the next attempt that matches the labels of the worker, waiting for one',
  input: Type.Object({ ...OfWorker, wait_seconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 30 })) }),
  output: Type.Object({ assigned: Type.Optional(AssignedAttempt) }),
})

export const RenewAttempts = operation({
  ...{ id: 'renewAttempts', method: 'POST', path: `${BASE}/{worker_id}/renew`, ...WORKER },
  summary: 'Renew the leases of the attempts that a worker executes; returns those that must stop',
  input: Type.Object({ ...OfWorker, attempts: Type.Array(AttemptKey, { maxItems: 100 }) }),
  output: Type.Object({
    stop: Type.Array(Type.Object({ ...OfAttempt, reason: OneOf(['CANCELED', 'LOST']) })),
  }),
})

/** The limit of the JSON of values, outputs and notebooks, and of the texts of errors. */
const MAX_TEXT = 6 * 1024 * 1024

export const ReportAttempt = operation({
  ...{ id: 'reportAttempt', method: 'POST', path: `${ATTEMPT}/report`, ...WORKER },
  summary: 'Store log lines and the progress of an attempt; lines with a known number are ignored',
  input: Type.Object({
    ...{ ...OfWorker, ...OfAttempt },
    lines: Type.Optional(
      Type.Array(
        Type.Object({
          line: Type.Integer({ minimum: 0, maximum: 2_000_000 }),
          time: Int64(),
          level: OneOf(['setup', 'info', 'warn', 'error']),
          message: Type.String({ maxLength: 10_000 }),
        }),
        { maxItems: MAX_REPORTED_LINES },
      ),
    ),
    progress: Type.Optional(Progress),
    /** The executed notebook, as JSON. */
    notebook: Type.Optional(Type.String({ maxLength: MAX_TEXT })),
  }),
  output: Empty,
})

export const FinishAttempt = operation({
  ...{ id: 'finishAttempt', method: 'POST', path: `${ATTEMPT}/finish`, ...WORKER },
  summary: 'End an attempt; `recorded` is false if the worker does not have it any more',
  input: Type.Object({
    ...{ ...OfWorker, ...OfAttempt },
    outcome: OneOf(['SUCCESS', 'FAILED', 'TIMEDOUT', 'CANCELED', 'LOST', 'INTERRUPTED']),
    /** JSON of the values that the task returned. */
    outputs: Type.Optional(Type.Record(Type.String(), AnyJson())),
    notebook_output: Type.Optional(Type.Object({ result: Type.String(), truncated: Type.Boolean() })),
    error: Type.Optional(Type.String({ maxLength: MAX_TEXT })),
    trace: Type.Optional(Type.String({ maxLength: MAX_TEXT })),
  }),
  output: Type.Object({ recorded: Type.Boolean() }),
})

export const ReadAttemptFile = operation({
  ...{ id: 'readAttemptFile', method: 'GET', path: `${ATTEMPT}/file`, ...WORKER },
  summary: 'Read a file:/ path of the server that a running attempt names, with the rights of its principal',
  input: Type.Object({ ...OfWorker, ...OfAttempt, path: Required({ maxLength: 2048 }) }),
  output: Type.Unknown(),
})
