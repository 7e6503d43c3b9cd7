import type { Log } from '@cairn/platform/jobs/deliver'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import type { Client } from '@cairn/platform/protocol/client'
import type { ServiceContext } from '@cairn/platform/service-context'
import { findJobActor } from '../engine/actor.js'
import type { Wakeup } from '../engine/wakeup.js'
import type { JobStore } from '../jobs/store.js'
import type { RunStore } from '../runs/store.js'
import type { JobTriggerRow } from '../schema.js'
import { isDue, type TriggerStore } from '../triggers/store.js'
import { observeTables, type TableVersions } from '../triggers/table-updates.js'
import { tableVersions } from '../triggers/table-versions.js'
import type { Trigger } from '../triggers/trigger.js'

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
 * Starts the runs of triggers. The clock is the database: each server may run a scheduler, and one of them starts a run,
 * because the same transaction moves the trigger on.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #poll: PollLoop
  readonly #clients = new Map<string, IssuedClient>()

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#poll = new PollLoop({
      turn: () => this.turn(),
      intervalMs: POLL_MS,
      onError: (error) => options.log.warn({ err: error }, 'triggers of jobs cannot be read at the moment'),
      unref: true,
    })
  }

  start(): void {
    this.#poll.start()
  }

  async close(): Promise<void> {
    await this.#poll.stop()
    for (const [id, { tokenId }] of this.#clients)
      await this.#options.context.tokens.revoke(id, tokenId).catch(() => undefined) // It expires anyway.
  }

  /** Handles all triggers that are due. One that fails does not stop the others. */
  async turn(): Promise<void> {
    const { triggers, log } = this.#options
    for (const row of await triggers.listDue())
      try {
        await this.#handle(row)
      } catch (error) {
        log.warn({ job_id: row.job_id, err: error }, 'the trigger of a job cannot be evaluated')
        await triggers.plan(row)
      }
  }

  async #handle(row: JobTriggerRow) {
    const { context, triggers } = this.#options
    const trigger = JSON.parse(row.trigger_spec) as Trigger
    if (!isDue(row, context.now())) await triggers.plan(row)
    else if (trigger.kind !== 'table_update') await this.#fire(row, trigger.kind)
    else {
      const before = row.state === null ? undefined : (JSON.parse(row.state) as TableVersions)
      const versions = await this.#versions(row.job_id, trigger.table_names)
      const { state, fires } = observeTables(trigger, before, versions, context.now())
      if (fires) await this.#fire(row, trigger.kind, JSON.stringify(state))
      else await triggers.plan(row, JSON.stringify(state))
    }
  }

  async #fire(row: JobTriggerRow, kind: Trigger['kind'], state?: string) {
    const { runs, wakeup } = this.#options
    if (await runs.runTriggered(row, kind, state)) wakeup.notify()
  }

  /** Read as the principal that the job runs as, so that a trigger reveals nothing that it may not read. */
  async #versions(jobId: number, names: readonly string[]) {
    const { context, jobs } = this.#options
    const { id } = await findJobActor(await jobs.get(jobId), context)
    return tableVersions(await this.#clientOf(id), context.blobs, names)
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

interface IssuedClient {
  readonly client: Client
  readonly tokenId: string
  readonly expiresAt: number
}
