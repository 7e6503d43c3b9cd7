import { ApiError } from '@cairn/platform/errors'
import type { Log } from '@cairn/platform/jobs/deliver'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import type { Client } from '@cairn/platform/protocol/client'
import type { ServiceContext } from '@cairn/platform/service-context'
import type { Wakeup } from '../flow/wakeup.js'
import { findJobActor } from '../jobs/actor.js'
import type { JobStore } from '../jobs/store.js'
import type { RunStore, TriggerStates } from '../runs/store.js'
import type { JobTriggerRow } from '../schema.js'
import { isNextRunDue } from '../triggers/continuous.js'
import { type ObservedFiles, observeFiles } from '../triggers/file-arrivals.js'
import { isDue, type TriggerGroup, type TriggerStore } from '../triggers/store.js'
import { observeTables, type TableVersions } from '../triggers/table-updates.js'
import { tableVersions } from '../triggers/table-versions.js'
import { type DataTrigger, nextTime, type Trigger } from '../triggers/trigger.js'
import { filesOf } from '../triggers/volume-files.js'
import { BackOff } from './back-off.js'

const POLL_MS = 1_000
const TOKEN_SECONDS = 3600
const TOKEN_MARGIN_MS = 60_000

export interface SchedulerOptions {
  readonly context: Pick<ServiceContext, 'authorizer' | 'identities' | 'tokens' | 'client' | 'blobs' | 'now'>
  readonly triggers: TriggerStore
  readonly jobs: JobStore
  readonly runs: RunStore
  readonly wakeup: Wakeup
  readonly log: Log
}

/**
 * Starts the runs of triggers. The database is the clock: each server may run a scheduler, and one of them starts a run,
 * because the same transaction advances the trigger. Tables and files have a separate loop, because reading them is slow.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #loops: readonly PollLoop[]
  readonly #backOff = new BackOff()
  readonly #clients = new Map<string, IssuedClient>()

  constructor(options: SchedulerOptions) {
    this.#options = options
    const loop = (group: TriggerGroup) =>
      new PollLoop({
        turn: () => this.turn(group),
        intervalMs: POLL_MS,
        onError: (error) => options.log.warn({ err: error }, 'cannot read the triggers of jobs'),
        unref: true,
      })
    this.#loops = [loop('times'), loop('data')]
  }

  start(): void {
    for (const loop of this.#loops) loop.start()
  }

  async close(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()))
    for (const [id, { tokenId }] of this.#clients)
      await this.#options.context.tokens.revoke(id, tokenId).catch(() => undefined) // It expires anyway.
  }

  /** Handles the triggers of a group that are due. One that fails stays due after a pause, and does not stop the others. */
  async turn(group: TriggerGroup): Promise<void> {
    const { context, triggers, log } = this.#options
    for (const row of await triggers.listDue(group, this.#backOff.pausing(context.now())))
      try {
        await this.#handle(row)
        this.#backOff.succeeded(row.job_id)
      } catch (error) {
        log.warn({ job_id: row.job_id, err: error }, 'cannot evaluate the trigger of a job')
        this.#backOff.failed(row.job_id, context.now())
      }
  }

  async #handle(row: JobTriggerRow) {
    const { context, triggers, log } = this.#options
    const trigger = readTrigger(row, context.now())
    if (trigger instanceof Error) {
      log.warn({ job_id: row.job_id, err: trigger }, 'cannot plan the trigger of a job; it pauses')
      await triggers.park(row)
    } else if (!isDue(row, context.now())) await triggers.plan(row)
    else if (trigger.kind === 'table_update' || trigger.kind === 'file_arrival')
      await this.#observe(row, trigger)
    else if (trigger.kind === 'continuous' && !(await this.#isNextRunDue(row.job_id)))
      await triggers.plan(row)
    else await this.#fire(row, trigger.kind)
  }

  async #isNextRunDue(jobId: number) {
    const { context, triggers } = this.#options
    return isNextRunDue(await triggers.recentRuns(jobId), context.now())
  }

  async #observe(row: JobTriggerRow, trigger: DataTrigger) {
    const { context, triggers } = this.#options
    const before = row.state === null ? undefined : JSON.parse(row.state)
    const { state, waiting, fires } = await this.#asActor(row.job_id, async (client) =>
      trigger.kind === 'table_update'
        ? observeTables(
            trigger,
            before as TableVersions | undefined,
            await tableVersions(client, context.blobs, trigger.table_names),
            context.now(),
          )
        : observeFiles(
            trigger,
            before as ObservedFiles | undefined,
            await filesOf(client, context.blobs, trigger.url),
            context.now(),
          ),
    )
    if (fires)
      await this.#fire(row, trigger.kind, { state: JSON.stringify(state), waiting: JSON.stringify(waiting) })
    else await triggers.plan(row, JSON.stringify(state))
  }

  async #fire(row: JobTriggerRow, kind: Trigger['kind'], states?: TriggerStates) {
    const { runs, wakeup } = this.#options
    if (await runs.runTriggered(row, kind, states)) wakeup.notify()
  }

  /** Reads data as the principal that the job runs as, so that a trigger reveals nothing that it may not read. */
  async #asActor<T>(jobId: number, read: (client: Client) => Promise<T>): Promise<T> {
    const { context, jobs } = this.#options
    const { id } = await findJobActor(await jobs.get(jobId), context)
    try {
      return await read(await this.#clientOf(id))
    } catch (error) {
      if (error instanceof ApiError && error.code === 'UNAUTHENTICATED') this.#clients.delete(id) // Its token was revoked.
      throw error
    }
  }

  async #clientOf(principalId: string): Promise<Client> {
    const { tokens, client, now } = this.#options.context
    const known = this.#clients.get(principalId)
    if (known && known.expiresAt > now() + TOKEN_MARGIN_MS) return known.client
    const { secret, token } = await tokens.issue(principalId, 'triggers of jobs', { seconds: TOKEN_SECONDS })
    const issued = { client: client(secret), tokenId: token.id, expiresAt: now() + TOKEN_SECONDS * 1000 }
    this.#clients.set(principalId, issued)
    return issued.client
  }
}

/** @returns the error of a trigger that cannot be planned, such as one whose zone a newer system lacks */
function readTrigger({ trigger_spec, next_at }: JobTriggerRow, now: number): Trigger | Error {
  try {
    const trigger = JSON.parse(trigger_spec) as Trigger
    nextTime(trigger, now, next_at)
    return trigger
  } catch (error) {
    return error as Error
  }
}

interface IssuedClient {
  readonly client: Client
  readonly tokenId: string
  readonly expiresAt: number
}
