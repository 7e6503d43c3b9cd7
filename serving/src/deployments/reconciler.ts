import { messageOf } from '@cairn/platform/errors'
import { PollLoop } from '@cairn/platform/processes/poll-loop'
import type { FastifyBaseLogger } from 'fastify'
import type { EndpointConfig, EntityConfig } from '../endpoints/config.js'
import type { EndpointStore } from '../endpoints/store.js'
import type { RoutingTable } from '../routing/routing-table.js'
import type { ModelLoader } from '../runtime/model-loader.js'
import type { EndpointRow } from '../schema.js'
import type { Deployment, Deployments } from './deployments.js'
import { RetryTimes } from './retry-times.js'
import type { ServedModel } from './served-model.js'

const EVERY_MS = 1_000
const RETRY_MS = 30_000
const RECOVERY = 'recovery'

/**
 * Reconciles the deployments of this process with the database: loads proposed configurations, recovers after a start,
 * follows moving aliases and removes deleted endpoints. A failure to load leaves the current deployment unchanged.
 */
export class Reconciler {
  readonly #store: EndpointStore
  readonly #loader: ModelLoader
  readonly #deployments: Deployments
  readonly #routing: RoutingTable
  readonly #log: Pick<FastifyBaseLogger, 'warn'>
  readonly #busy = new Map<string, Promise<void>>()
  readonly #retryTimes = new RetryTimes()
  readonly #poll: PollLoop

  constructor(
    store: EndpointStore,
    loader: ModelLoader,
    deployments: Deployments,
    routing: RoutingTable,
    log: Pick<FastifyBaseLogger, 'warn'>,
  ) {
    this.#store = store
    this.#loader = loader
    this.#deployments = deployments
    this.#routing = routing
    this.#log = log
    this.#poll = new PollLoop({
      turn: () => this.#tick(),
      intervalMs: EVERY_MS,
      onError: (error) => log.warn({ err: error }, 'endpoints could not be read'),
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

  /** Looks now rather than at the next tick. */
  poke(): void {
    this.#poll.wake()
  }

  async #tick(): Promise<void> {
    const rows = await this.#store.list()
    this.#routing.replace(rows)
    const known = new Set(rows.map((row) => row.id))
    this.#deployments.retain(known)
    this.#retryTimes.prune(known)
    for (const row of rows) {
      if (this.#busy.has(row.id)) continue
      const work = this.#bring(row).catch((error) =>
        this.#log.warn({ err: error, endpoint: row.name }, 'endpoint could not be brought up'),
      )
      this.#busy.set(
        row.id,
        work.finally(() => this.#busy.delete(row.id)),
      )
    }
  }

  /** The active configuration comes first, so that a proposed one that hangs or crashes cannot keep it down. */
  async #bring(row: EndpointRow): Promise<void> {
    const active = this.#deployments.find(row.id)
    if (row.config !== null && active?.source !== row.config) await this.#recover(row, row.config)
    if (row.update_state === 'IN_PROGRESS' && row.pending !== null) return this.#deploy(row, row.pending)
    if (active && active.source === row.config) return this.#follow(row, active)
  }

  /** Loads and warms up all entities of the proposed configuration, then swaps it in; a failure of any rejects it. */
  async #deploy(row: EndpointRow, source: string): Promise<void> {
    const config = JSON.parse(source) as EndpointConfig
    const results = await Promise.allSettled(
      config.entities.map((entity) => this.#load(row, 'pending', entity)),
    )
    const failures = results.flatMap((result) =>
      result.status === 'rejected' ? [messageOf(result.reason)] : [],
    )
    const loaded = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    if (failures.length > 0) {
      await this.#store.reject(row, failures.join(' '))
      await releaseAll(loaded)
      return
    }
    await this.#store.accept(row)
    this.#deployments.swap(row.id, deploymentOf(source, config, loaded))
    for (const entity of config.entities)
      this.#deployments.setStatus(row.id, 'pending', entity.name, undefined)
    this.#store.announceChange(row)
  }

  /** Loads the active configuration after a start, or after another process changed it. Failed entities are retried later. */
  async #recover(row: EndpointRow, source: string): Promise<void> {
    if (this.#retryTimes.isPostponed(row.id, RECOVERY)) return
    const config = JSON.parse(source) as EndpointConfig
    const results = await Promise.allSettled(
      config.entities.map((entity) => this.#load(row, 'active', entity)),
    )
    const loaded = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    if (loaded.length < config.entities.length) this.#retryTimes.postpone(row.id, RECOVERY, RETRY_MS)
    if (loaded.length === config.entities.length || !this.#deployments.find(row.id))
      this.#deployments.swap(row.id, deploymentOf(source, config, loaded))
    else await releaseAll(loaded)
    this.#store.announceChange(row)
  }

  /** Starts a new thread for an alias that moved or a thread that died; the old one serves until then. */
  async #follow(row: EndpointRow, active: Deployment): Promise<void> {
    for (const entity of active.config.entities) {
      const present = active.served.get(entity.name)
      const version = await this.#loader.resolve(entity).catch(() => present?.version)
      const isCurrent = present && present.version === version && isHealthy(present)
      const attempt = `${entity.name} ${version}`
      // Clears the failure when an alias moved back.
      if (isCurrent) this.#deployments.setStatus(row.id, 'active', entity.name, undefined)
      if (isCurrent || version === undefined || this.#retryTimes.isPostponed(row.id, attempt)) continue
      try {
        const model = await this.#loader.load(entity, version)
        const served = new Map(active.served).set(entity.name, { entity, version, model })
        this.#deployments.swap(row.id, { ...active, served })
        this.#deployments.setStatus(row.id, 'active', entity.name, undefined)
        this.#store.announceChange(row)
        return // the next tick continues from the new deployment
      } catch (error) {
        this.#retryTimes.postpone(row.id, attempt, RETRY_MS)
        const message = present
          ? `${messageOf(error)} Version ${present.version} is still served.`
          : messageOf(error)
        this.#deployments.setStatus(row.id, 'active', entity.name, {
          deployment: 'DEPLOYMENT_FAILED',
          message,
        })
        this.#store.announceChange(row)
      }
    }
  }

  async #load(row: EndpointRow, state: 'active' | 'pending', entity: EntityConfig): Promise<ServedModel> {
    try {
      const version = await this.#loader.resolve(entity)
      const model = await this.#loader.load(entity, version)
      this.#deployments.setStatus(row.id, state, entity.name, undefined)
      return { entity, version, model }
    } catch (error) {
      this.#deployments.setStatus(row.id, state, entity.name, {
        deployment: 'DEPLOYMENT_FAILED',
        message: messageOf(error),
      })
      throw error
    }
  }
}

const deploymentOf = (
  source: string,
  config: EndpointConfig,
  loaded: readonly ServedModel[],
): Deployment => ({
  source,
  config,
  served: new Map(loaded.map((served) => [served.entity.name, served])),
})

const isHealthy = ({ model }: ServedModel) => model.thread.failure === undefined

async function releaseAll(loaded: readonly ServedModel[]): Promise<void> {
  await Promise.all(loaded.map(({ model }) => model.release()))
}
