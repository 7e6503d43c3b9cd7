import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, invalid } from '@cairn/platform/errors'
import { Redactor } from '@cairn/platform/secrets/redactor'
import type { AttemptKey } from '../engine/attempts.js'
import type { TaskSecrets } from '../engine/task-secrets.js'
import { ancestors } from '../flow/graph.js'
import { taskOf, tasksOf } from '../flow/run-rows.js'
import { redactJson } from '../redaction/redact-json.js'
import type { PipelinesSchema } from '../schema.js'
import type { TaskValues } from '../task-kinds/task.js'

const MAX_VALUES = 250
const MAX_VALUE_BYTES = 48 * 1024
/** The limit of the values that a task returns, too. */
const MAX_BYTES = 256 * 1024

/** Values that a running attempt sets and reads. Its token authenticates it. */
export class TaskValueStore {
  readonly #db: Db<PipelinesSchema>

  readonly #secrets: TaskSecrets

  constructor(db: Db<PipelinesSchema>, secrets: TaskSecrets) {
    this.#db = db
    this.#secrets = secrets
  }

  /** Replaces an earlier value. Secrets of the task are redacted. @throws PERMISSION_DENIED without a running attempt, INVALID_PARAMETER_VALUE above a limit */
  async set(token: string | undefined, name: string, value: unknown): Promise<void> {
    const attempt = await attemptOf(this.#db.read, token)
    const raw = limited(name, value) // Redacting a larger value would block the event loop.
    const secrets = await this.#secrets.valuesOf(attempt)
    const text = secrets.length === 0 ? raw : limited(name, redactJson(value, new Redactor(secrets)))
    await this.#db.transaction(async (tx) => {
      const key = await attemptOf(tx, token)
      await tx
        .insertInto('task_values')
        .values({ ...key, name, value: text })
        .onConflict((conflict) =>
          conflict.columns(['task_run_id', 'attempt', 'name']).doUpdateSet({ value: text }),
        )
        .execute()
      const { count, bytes } = await tx
        .selectFrom('task_values')
        .select((eb) => [
          eb.fn.countAll<number>().as('count'),
          eb.fn.sum<number>(eb.fn('octet_length', ['value'])).as('bytes'),
        ])
        .where('task_run_id', '=', key.task_run_id)
        .where('attempt', '=', key.attempt)
        .executeTakeFirstOrThrow()
      if (Number(count) > MAX_VALUES) throw invalid(`key: the task has ${MAX_VALUES} values already.`)
      if (Number(bytes) > MAX_BYTES)
        throw invalid(
          `value: with '${name}' the task has more than ${MAX_BYTES} bytes of values. Store the data and set their location.`,
        )
    })
  }

  /**
   * The values of an upstream task, or the one named `name`. Empty for a task that is not upstream.
   *
   * @throws PERMISSION_DENIED without a running attempt
   */
  async list(token: string | undefined, taskKey: string, name?: string): Promise<TaskValues> {
    const { read } = this.#db
    const { task_run_id } = await attemptOf(read, token)
    const reader = await read
      .selectFrom('task_runs as task')
      .innerJoin('job_runs as run', 'run.run_id', 'task.run_id')
      .select(['task.run_id', 'task.task_key', 'run.settings'])
      .where('task.task_run_id', '=', task_run_id)
      .executeTakeFirstOrThrow()
    if (!ancestors(tasksOf(reader), taskOf(reader, reader).task_key).has(taskKey)) return {}
    const upstream = await read
      .selectFrom('task_runs')
      .select('outputs')
      .where('run_id', '=', reader.run_id)
      .where('task_key', '=', taskKey)
      .where('parent_id', 'is', null)
      .where('replaced_by', 'is', null)
      .executeTakeFirst()
    const values = JSON.parse(upstream?.outputs ?? '{}') as TaskValues
    if (name === undefined) return values
    return Object.hasOwn(values, name) ? { [name]: values[name] } : {}
  }
}

/** @throws INVALID_PARAMETER_VALUE for a value above the limit */
function limited(name: string, value: unknown): string {
  const text = JSON.stringify(value)
  if (Buffer.byteLength(text) <= MAX_VALUE_BYTES) return text
  throw invalid(
    `value: '${name}' has more than ${MAX_VALUE_BYTES} bytes. Store the data and set their location.`,
  )
}

async function attemptOf(
  db: Pick<Transaction<PipelinesSchema>, 'selectFrom'>,
  token: string | undefined,
): Promise<AttemptKey> {
  const found =
    token === undefined
      ? undefined
      : await db
          .selectFrom('task_attempts')
          .select(['task_run_id', 'attempt'])
          .where('token_id', '=', token)
          .where('state', '=', 'running')
          .executeTakeFirst()
  if (found) return found
  throw new ApiError(
    'PERMISSION_DENIED',
    'Only a running task has task values: call with the token of its process.',
  )
}
