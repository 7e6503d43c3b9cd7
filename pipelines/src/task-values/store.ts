import type { Db, Transaction } from '@cairn/platform/db/db'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { AttemptKey } from '../engine/attempts.js'
import { upstreamValues } from '../engine/run-values.js'
import type { TaskValues } from '../engine/task.js'
import type { PipelinesSchema } from '../schema.js'

const MAX_VALUES = 250
const MAX_VALUE_BYTES = 48 * 1024

/** Values that a running attempt sets and reads. It proves itself by its token. */
export class TaskValueStore {
  readonly #db: Db<PipelinesSchema>

  constructor(db: Db<PipelinesSchema>) {
    this.#db = db
  }

  /** Replaces an earlier value. @throws PERMISSION_DENIED without a running attempt, INVALID_PARAMETER_VALUE above a limit */
  async set(token: string | undefined, name: string, value: unknown): Promise<void> {
    const text = JSON.stringify(value)
    if (Buffer.byteLength(text) > MAX_VALUE_BYTES)
      throw invalid(
        `value: '${name}' has more than ${MAX_VALUE_BYTES} bytes. Store the data and set their location.`,
      )
    await this.#db.transaction(async (tx) => {
      const key = await attemptOf(tx, token)
      await tx
        .insertInto('task_values')
        .values({ ...key, name, value: text })
        .onConflict((conflict) =>
          conflict.columns(['task_run_id', 'attempt', 'name']).doUpdateSet({ value: text }),
        )
        .execute()
      const { count } = await tx
        .selectFrom('task_values')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('task_run_id', '=', key.task_run_id)
        .where('attempt', '=', key.attempt)
        .executeTakeFirstOrThrow()
      if (Number(count) > MAX_VALUES) throw invalid(`key: the task has ${MAX_VALUES} values already.`)
    })
  }

  /** The values of upstream tasks, by task key. @throws PERMISSION_DENIED without a running attempt */
  async list(token: string | undefined): Promise<Record<string, TaskValues>> {
    const { task_run_id, attempt } = await attemptOf(this.#db.read, token)
    const task = await this.#db.read
      .selectFrom('task_runs')
      .selectAll()
      .where('task_run_id', '=', task_run_id)
      .executeTakeFirstOrThrow()
    const run = await this.#db.read
      .selectFrom('job_runs')
      .selectAll()
      .where('run_id', '=', task.run_id)
      .executeTakeFirstOrThrow()
    const taskRuns = await this.#db.read
      .selectFrom('task_runs')
      .selectAll()
      .where('run_id', '=', task.run_id)
      .where('replaced_by', 'is', null)
      .execute()
    return upstreamValues({ run, task, attempt, taskRuns })
  }
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
