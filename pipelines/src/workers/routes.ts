import { isAttempt } from '@cairn/platform/auth/attempt-token'
import type { Db } from '@cairn/platform/db/db'
import { ApiError, invalid } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { forbidStoring } from '@cairn/platform/http/response/no-store'
import {
  ClaimAttempt,
  FinishAttempt,
  ListWorkers,
  ReadAttemptFile,
  RegisterWorker,
  RemoveWorker,
  RenewAttempts,
  ReportAttempt,
  WORKER_PROTOCOL,
} from '@cairn/platform/protocol/cairn/workers'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { AttemptResult } from '../engine/attempts.js'
import { writeProgressTo } from '../engine/progress-writer.js'
import { MAX_OUTPUT_BYTES } from '../engine/run-assignment.js'
import { insertLines } from '../engine/task-log.js'
import { toStorableText } from '../flow/storable-text.js'
import { writeNotebookTo } from '../notebooks/executed-notebook.js'
import type { PipelinesSchema, TaskWorkerRow } from '../schema.js'
import type { AttemptFiles } from './attempt-files.js'
import type { Claims } from './claims.js'
import { leaseHolderOf, type WorkerStore } from './store.js'
import { isSameAttempt, REMOTE_LEASE_MS, type WorkerAttempts } from './worker-attempts.js'

interface WorkerRouteOptions {
  readonly workers: WorkerStore
  readonly workerAttempts: WorkerAttempts
  readonly claims: Claims
  readonly files: AttemptFiles
  readonly context: ServiceContext
}

type StoppedAttempt = Output<typeof RenewAttempts>['stop'][number]

/** Registers workers over HTTP and gives them attempts. Requests about an attempt require that the worker holds its lease. */
export const workerRoutes: FastifyPluginAsync<WorkerRouteOptions> = async (app, options) => {
  const { workers, workerAttempts, claims, context } = options
  const { authorizer } = context
  forbidStoring(app) // responses have tokens of attempts
  app.addHook('preHandler', async ({ principal }) => {
    if (await isAttempt(context.tokens, principal))
      throw new ApiError('PERMISSION_DENIED', 'The token of a task cannot act as a worker.')
  })

  handle(app, RegisterWorker, async (input, { principal }) => {
    if (input.protocol !== WORKER_PROTOCOL)
      throw new ApiError(
        'FAILED_PRECONDITION',
        `protocol: the worker has version ${input.protocol} and the server version ${WORKER_PROTOCOL}: install the release of the server on the worker.`,
      )
    const { worker_id } = await workers.register(input, principal)
    return { worker_id, lease_ms: REMOTE_LEASE_MS }
  })
  handle(app, ListWorkers, async () => ({ workers: await workers.list() }))
  handle(app, RemoveWorker, async ({ worker_id }, { principal }) => {
    const worker = await workers.touch(worker_id, principal)
    for (const key of await workerAttempts.list(leaseHolderOf(worker)))
      await claims.finish(key, worker, { outcome: 'INTERRUPTED' })
    await workers.remove(worker_id)
    return {}
  })
  handle(app, ClaimAttempt, async ({ worker_id, wait_seconds = 0 }, request, reply) => {
    const admit = async () => {
      const caller = await request.reauthenticate()
      await authorizer.require(caller, 'MANAGE', authorizer.metastore)
      return workers.touch(worker_id, caller)
    }
    const assigned = await claims.next({ waitMs: wait_seconds * 1000, signal: signalOf(reply), admit })
    return assigned ? { assigned } : {}
  })
  handle(app, RenewAttempts, async ({ worker_id, attempts }, { principal }) => {
    const worker = await workers.touch(worker_id, principal)
    const renewed = await workerAttempts.renew(leaseHolderOf(worker), attempts)
    const stop = attempts.flatMap<StoppedAttempt>((key) => {
      const found = renewed.find((one) => isSameAttempt(one, key))
      if (!found) return [{ ...key, reason: 'LOST' }]
      return found.stopping ? [{ ...key, reason: 'CANCELED' }] : []
    })
    return { stop }
  })
  await app.register(attemptRoutes, options)
}

const attemptRoutes: FastifyPluginAsync<WorkerRouteOptions> = async (
  app,
  { workers, workerAttempts, claims, files, context },
) => {
  const db = context.db.for<PipelinesSchema>()
  handle(app, ReportAttempt, async ({ worker_id, lines = [], progress, notebook, ...key }, { principal }) => {
    const worker = await workers.touch(worker_id, principal)
    await workerAttempts.require(key, leaseHolderOf(worker))
    await storeLines(db, key, lines)
    if (progress) await writeProgressTo(db, key)(progress)
    if (notebook !== undefined) await writeNotebookTo(db, key)(notebook)
    return {}
  })
  handle(app, FinishAttempt, async ({ worker_id, task_run_id, attempt, ...end }, { principal }) => {
    const worker: TaskWorkerRow = await workers.touch(worker_id, principal)
    return { recorded: await claims.finish({ task_run_id, attempt }, worker, resultOf(end)) }
  })
  handle(app, ReadAttemptFile, async ({ worker_id, path, ...key }, { principal }, reply) => {
    const worker = await workers.touch(worker_id, principal)
    await workerAttempts.require(key, leaseHolderOf(worker))
    const file = await files.open(key, path)
    void reply.header('content-type', 'application/octet-stream').header('content-length', file.size)
    return reply.send(file.stream()) as never
  })
}

async function storeLines(
  db: Db<PipelinesSchema>,
  key: { readonly task_run_id: number; readonly attempt: number },
  lines: NonNullable<Input<typeof ReportAttempt>['lines']>,
) {
  if (lines.length === 0) return
  const rows = lines.map((line) => ({ ...line, ...key, message: toStorableText(line.message) }))
  await insertLines(db, rows)
}

type ReportedEnd = Omit<Input<typeof FinishAttempt>, 'worker_id' | 'task_run_id' | 'attempt'>

function resultOf({ outcome, outputs, notebook_output, error, trace }: ReportedEnd): AttemptResult {
  const text = outputs && JSON.stringify(outputs)
  if (text !== undefined && text.length > MAX_OUTPUT_BYTES)
    throw invalid(`outputs: the values have ${text.length} bytes; the limit is ${MAX_OUTPUT_BYTES}.`)
  return {
    outcome,
    ...(text !== undefined && { outputs: toStorableText(text) }),
    ...(notebook_output && { kindOutput: toStorableText(JSON.stringify({ notebook_output })) }),
    ...(error !== undefined && { error: toStorableText(error) }),
    ...(trace !== undefined && { trace: toStorableText(trace) }),
  }
}

/** Aborts when the connection ends before the response was sent. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => gone.abort())
  if (raw.destroyed) gone.abort()
  return gone.signal
}
