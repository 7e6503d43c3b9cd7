import { issueAttemptToken } from '@cairn/platform/auth/attempt-token'
import type { ServiceContext } from '@cairn/platform/service-context'
import { jobOf, settingsOf } from '../flow/run-rows.js'
import { experimentOf } from '../job-experiment.js'
import { findActor } from '../jobs/actor.js'
import type { JobRunRow, TaskRunRow } from '../schema.js'
import type { History } from '../sweeps/median-rule.js'
import { MlflowRuns } from '../sweeps/mlflow-runs.js'

export interface SweepSession {
  readonly mlflow: MlflowRuns
  readonly experimentId: string
  /** Name of the principal that the sweep acts as. */
  readonly user: string
  /** The values of the metric of succeeded trials, by their run. */
  readonly histories: Map<string, History>
  /** When running trials were last compared with them. */
  comparedAt: number
}

interface OpenSession extends SweepSession {
  readonly expiresAt: number
  revoke(): Promise<void>
}

const TOKEN_SECONDS = 15 * 60
/** The id of MLflow's default experiment. */
const DEFAULT_EXPERIMENT = '0'

/** One session of the tracking server for each sweep, with a token of the principal that the sweep acts as. */
export class SweepSessions {
  readonly #context: ServiceContext
  readonly #sessions = new Map<number, OpenSession>()

  constructor(context: ServiceContext) {
    this.#context = context
  }

  async get(run: JobRunRow, sweep: TaskRunRow): Promise<SweepSession> {
    const known = this.#sessions.get(sweep.task_run_id)
    if (known && known.expiresAt > Date.now()) return known
    await this.end(sweep.task_run_id)
    const session = await this.#open(run, sweep)
    this.#sessions.set(sweep.task_run_id, session)
    return session
  }

  async end(sweepId: number): Promise<void> {
    const session = this.#sessions.get(sweepId)
    this.#sessions.delete(sweepId)
    await session?.revoke()
  }

  async close(): Promise<void> {
    for (const id of [...this.#sessions.keys()]) await this.end(id)
  }

  async #open(run: JobRunRow, sweep: TaskRunRow): Promise<OpenSession> {
    const { tokens } = this.#context
    const actor = await findActor(run, settingsOf(run, sweep), this.#context)
    const { secret, revoke } = await issueAttemptToken(tokens, actor.id, sweep.task_run_id, TOKEN_SECONDS)
    try {
      const client = this.#context.client(secret)
      const mlflow = new MlflowRuns(client)
      if (sweep.mlflow_run_id && sweep.previous_id && sweep.state === 'RUNNING')
        await mlflow.reopen(sweep.mlflow_run_id)
      const experimentId = (await experimentOf({ job: jobOf(run), client })) ?? DEFAULT_EXPERIMENT
      return {
        ...{ mlflow, experimentId, user: actor.name, histories: new Map(), comparedAt: 0 },
        ...{ expiresAt: Date.now() + (TOKEN_SECONDS * 1000) / 2, revoke },
      }
    } catch (error) {
      await revoke()
      throw error
    }
  }
}
