import type { DeploymentState } from '@cairn/platform/protocol/serving-endpoints'
import type { EndpointConfig, EntityConfig } from '../endpoints/config.js'
import type { EndpointRow } from '../schema.js'
import type { Served } from './served.js'

export interface EntityStatus {
  readonly deployment: DeploymentState
  readonly message: string
  /** The version that is loaded. */
  readonly version?: string
}

export interface Deployment {
  /** The row's JSON that this was built from. */
  readonly source: string
  readonly config: EndpointConfig
  readonly served: ReadonlyMap<string, Served>
}

const CREATING: EntityStatus = { deployment: 'DEPLOYMENT_CREATING', message: '' }

/** What this process serves and what it is loading; the database says what it should. */
export class Deployments {
  readonly #active = new Map<string, Deployment>()
  readonly #notes = new Map<string, EntityStatus>()

  find(endpointId: string): Deployment | undefined {
    return this.#active.get(endpointId)
  }

  ids(): string[] {
    return [...this.#active.keys()]
  }

  /** Swaps in a deployment and retires, after their last answer, the runtimes that are no longer in it. */
  swap(endpointId: string, next: Deployment | undefined): void {
    const previous = this.#active.get(endpointId)
    if (next) this.#active.set(endpointId, next)
    else this.#active.delete(endpointId)
    const kept = new Set([...(next?.served.values() ?? [])].map((served) => served.runtime))
    for (const { runtime } of previous?.served.values() ?? []) if (!kept.has(runtime)) void runtime.close()
  }

  /** Remembers how the loading of an entity goes, until it serves. */
  note(
    endpointId: string,
    which: 'active' | 'pending',
    entity: string,
    status: EntityStatus | undefined,
  ): void {
    const key = noteKey(endpointId, which, entity)
    if (status) this.#notes.set(key, status)
    else this.#notes.delete(key)
  }

  status(row: EndpointRow, which: 'active' | 'pending', { name }: EntityConfig): EntityStatus {
    const note = this.#notes.get(noteKey(row.id, which, name))
    const served = which === 'active' ? this.#active.get(row.id)?.served.get(name) : undefined
    if (!served)
      return note ?? (which === 'active' ? { deployment: 'DEPLOYMENT_RECOVERING', message: '' } : CREATING)
    if (served.runtime.failure !== undefined)
      return { deployment: 'DEPLOYMENT_FAILED', message: served.runtime.failure, version: served.version }
    return { deployment: 'DEPLOYMENT_READY', message: note?.message ?? '', version: served.version }
  }

  async close(): Promise<void> {
    const runtimes = [...this.#active.values()].flatMap((deployment) => [...deployment.served.values()])
    this.#active.clear()
    await Promise.all(runtimes.map(({ runtime }) => runtime.close()))
  }
}

const noteKey = (endpointId: string, which: string, entity: string) => `${endpointId} ${which} ${entity}`
