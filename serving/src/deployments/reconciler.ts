import { PollLoop } from '@cairn/platform/processes/poll-loop'
import type { FastifyBaseLogger } from 'fastify'
import type { EndpointMetrics } from '../metrics/endpoint-metrics.js'
import type { RoutingTable } from '../routing/routing-table.js'
import type { EndpointRow } from '../schema.js'
import { type DeploymentParts, deployPending } from './deploy-pending.js'
import { deployMove, findMove } from './follow-aliases.js'
import type { LoadedDeployment } from './loaded-deployments.js'
import type { ModelLogs } from './model-logs.js'
import { heal, restore, unhealthyEntities } from './restore.js'
import { RetryTimes } from './retry-times.js'

const CHECK_MS = 1_000
/** Polling finds the changes whose events were lost. */
const READ_MS = 5_000
const RETRY_MS = 30_000
/** Each refused move of an alias is recorded, so its retries become rarer. */
const MAX_MOVE_RETRY_MS = 1_800_000
const RECOVERY = 'recovery'

export interface ReconcilerParts extends DeploymentParts {
  readonly routing: RoutingTable
  readonly logs: ModelLogs
  readonly metrics: EndpointMetrics
  readonly log: Pick<FastifyBaseLogger, 'warn'>
  /** Called after each deployment. */
  readonly onDeployed?: () => void
}

/**
 * Reconciles the deployments of this process with the database: loads proposed configurations, restores them after a start,
 * follows moving aliases and removes deleted endpoints. A failure to load leaves the current deployment unchanged.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts
  readonly #busy = new Map<string, Promise<void>>()
  readonly #retryTimes = new RetryTimes()
  readonly #poll: PollLoop
  /** On the monotonic clock. */
  #nextRead = 0

  constructor(parts: ReconcilerParts) {
    this.#parts = parts
    this.#poll = new PollLoop({
      turn: () => this.#tick(),
      intervalMs: CHECK_MS,
      onError: (error) => parts.log.warn({ err: error }, 'endpoints could not be read'),
      unref: true,
    })
  }

  start(): void {
    this.#poll.start()
  }

  async stop(): Promise<void> {
    await this.#poll.stop()
    await Promise.allSettled(this.#busy.values())
  }

  /** Reconciles now instead of at the next tick. */
  wake(): void {
    this.#nextRead = 0
    this.#poll.wake()
  }

  async #tick(): Promise<void> {
    const { endpoints, deployments, routing, logs, metrics } = this.#parts
    if (performance.now() < this.#nextRead && !deployments.hasFailures()) return
    this.#nextRead = performance.now() + READ_MS
    const since = routing.changes
    const rows = await endpoints.list()
    routing.replace(rows, since)
    const known = new Set(rows.map((row) => row.id))
    deployments.retain(known)
    logs.retain(known)
    metrics.retain(new Set(rows.map((row) => row.name)))
    this.#retryTimes.prune(known)
    for (const row of rows) this.#reconcile(row)
  }

  /**
   * Restores the active configuration before it loads a proposed one, which may crash the process. A proposed one that hangs does
   * not block the maintenance of the active one.
   */
  #reconcile(row: EndpointRow): void {
    const active = this.#parts.deployments.find(row.id)
    const isRestored = isActive(row, active)
    if (!isRestored && !this.#retryTimes.isPostponed(row.id, RECOVERY)) {
      this.#run(`active ${row.id}`, row, () => this.#restore(row))
      return
    }
    if (row.update_state === 'IN_PROGRESS' && row.pending !== null)
      this.#run(`pending ${row.id}`, row, () => this.#deploy(row))
    if (active && isRestored) this.#run(`active ${row.id}`, row, () => this.#maintain(row, active))
  }

  #run(key: string, row: EndpointRow, work: () => Promise<void>): void {
    if (this.#busy.has(key)) return
    const done = work()
      .catch((error) =>
        this.#parts.log.warn({ err: error, endpoint: row.name }, 'endpoint could not be deployed'),
      )
      .finally(() => this.#busy.delete(key))
    this.#busy.set(key, done)
  }

  async #deploy(row: EndpointRow): Promise<void> {
    await deployPending(this.#parts, row)
    this.#parts.onDeployed?.()
  }

  /** Reads the row again, because `listed` may be older than the active deployment. */
  async #restore(listed: EndpointRow): Promise<void> {
    const active = this.#parts.deployments.find(listed.id)
    const row = await this.#parts.endpoints.find(listed.id)
    if (!row || isActive(row, active)) return
    if (!(await restore(this.#parts, row, active))) this.#retryTimes.postpone(row.id, RECOVERY, RETRY_MS)
    this.wake() // a pending configuration waits for the restore
  }

  async #maintain(row: EndpointRow, active: LoadedDeployment): Promise<void> {
    const move = row.update_state === 'IN_PROGRESS' ? undefined : await findMove(this.#parts, active)
    const attempt = `move ${[...(move?.versions.values() ?? [])]}`
    if (move && !this.#retryTimes.isPostponed(row.id, attempt)) {
      if (await deployMove(this.#parts, row, active, move))
        this.#retryTimes.postpone(row.id, attempt, RETRY_MS, MAX_MOVE_RETRY_MS)
      return this.#parts.onDeployed?.()
    }
    await this.#heal(row, active)
    if (!move) this.#clearFailures(row, active)
  }

  async #heal(row: EndpointRow, active: LoadedDeployment): Promise<void> {
    for (const entity of unhealthyEntities(active)) {
      const attempt = `heal ${entity.name}`
      if (this.#retryTimes.isPostponed(row.id, attempt)) continue
      if (!(await heal(this.#parts, row, active, entity)))
        this.#retryTimes.postpone(row.id, attempt, RETRY_MS)
      return // the next tick continues from the new deployment
    }
  }

  /** Clears the failures after an alias has moved back to the served version. */
  #clearFailures(row: EndpointRow, { config, served }: LoadedDeployment): void {
    for (const { name } of config.entities)
      if (served.has(name)) this.#parts.deployments.setStatus(row.id, 'active', name, undefined)
  }
}

/** Returns whether the process serves the active deployment of the endpoint, if it has one. */
const isActive = ({ config, deployment }: EndpointRow, active: LoadedDeployment | undefined) =>
  config === null || (active?.source === config && active.number === deployment)
