import type { DeploymentState } from '@cairn/platform/protocol/databricks/serving-endpoints'
import type { EndpointConfig, EntityConfig } from '../endpoint-state/config.js'
import { unavailable } from '../runtime/unavailable.js'
import type { EndpointRow } from '../schema.js'
import type { ServedModel } from './served-model.js'

/** The state of a served entity in this process, as the API returns it. */
export interface EntityStatus {
  readonly deployment: DeploymentState
  readonly message: string
  /** The loaded version. */
  readonly version?: string
}

/** The deployment of one endpoint that this process serves, with its loaded models. */
export interface LoadedDeployment {
  /** Its number in `DeploymentStore`; null for a configuration of an older release. */
  readonly number: number | null
  /** The JSON of the row that this was built from. */
  readonly source: string
  readonly config: EndpointConfig
  /** By name of the served entity. */
  readonly served: ReadonlyMap<string, ServedModel>
  /** The version that each entity should serve: in `served` it may be missing, or another one. */
  readonly versions: ReadonlyMap<string, string>
}

const CREATING: EntityStatus = { deployment: 'DEPLOYMENT_CREATING', message: '' }
const RECOVERING: EntityStatus = { deployment: 'DEPLOYMENT_RECOVERING', message: '' }

export type ConfigState = 'active' | 'pending'

/**
 * The loaded models of this process, and how their loading goes. The reconciler writes them; queries and descriptions of
 * endpoints read them. The database has the desired state.
 */
export class LoadedDeployments {
  readonly #active = new Map<string, LoadedDeployment>()
  /** By endpoint, then by configuration and entity. */
  readonly #statuses = new Map<string, Map<string, EntityStatus>>()

  find(endpointId: string): LoadedDeployment | undefined {
    return this.#active.get(endpointId)
  }

  /** Removes the deployments and statuses of all other endpoints. */
  retain(endpointIds: ReadonlySet<string>): void {
    for (const id of this.#active.keys()) if (!endpointIds.has(id)) this.swap(id, undefined)
    for (const id of this.#statuses.keys()) if (!endpointIds.has(id)) this.#statuses.delete(id)
  }

  /** Replaces a deployment. Models that it does not take over are released after their last response. */
  swap(endpointId: string, next: LoadedDeployment | undefined): void {
    const previous = this.#active.get(endpointId)
    if (next) this.#active.set(endpointId, next)
    else this.#active.delete(endpointId)
    const kept = new Set(next?.served.values())
    for (const served of previous?.served.values() ?? []) if (!kept.has(served)) void served.model.release()
  }

  /** Records how loading an entity failed; undefined clears it. */
  setStatus(endpointId: string, state: ConfigState, entity: string, status: EntityStatus | undefined): void {
    const statuses = this.#statuses.get(endpointId) ?? new Map<string, EntityStatus>()
    if (status) statuses.set(statusKey(state, entity), status)
    else statuses.delete(statusKey(state, entity))
    if (statuses.size > 0) this.#statuses.set(endpointId, statuses)
    else this.#statuses.delete(endpointId)
  }

  /** Returns whether a model has failed since it was loaded. */
  hasFailures(): boolean {
    return [...this.#active.values()].some(({ served }) =>
      [...served.values()].some(({ model }) => model.host.failure !== undefined),
    )
  }

  status(row: EndpointRow, state: ConfigState, { name }: EntityConfig): EntityStatus {
    const recorded = this.#statuses.get(row.id)?.get(statusKey(state, name))
    if (state === 'pending') return recorded ?? pendingStatus(row)
    const deployment = this.#active.get(row.id)
    // Another process has accepted the configuration, and this one still serves the previous one.
    const served = deployment?.source === row.config ? deployment?.served.get(name) : undefined
    if (!served) return recorded ?? RECOVERING
    const { failure } = served.model.host
    if (failure !== undefined)
      return {
        deployment: 'DEPLOYMENT_FAILED',
        message: unavailable(failure).message,
        version: served.version,
      }
    return { deployment: 'DEPLOYMENT_READY', message: recorded?.message ?? '', version: served.version }
  }

  async close(): Promise<void> {
    const served = [...this.#active.values()].flatMap((deployment) => [...deployment.served.values()])
    this.#active.clear()
    await Promise.all(served.map(({ model }) => model.release()))
  }
}

/** Reads a failure from the row, because another process may have loaded the configuration. */
const pendingStatus = ({ update_state, update_message }: EndpointRow): EntityStatus =>
  update_state === 'UPDATE_FAILED' ? { deployment: 'DEPLOYMENT_FAILED', message: update_message } : CREATING

const statusKey = (state: ConfigState, entity: string) => `${state} ${entity}`
