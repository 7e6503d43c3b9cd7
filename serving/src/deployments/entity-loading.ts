import { messageOf } from '@cairn/platform/errors'
import type { EntityConfig } from '../endpoint-state/config.js'
import type { DeploymentStore } from '../endpoint-state/deployment-store.js'
import type { ModelLoader } from '../runtime/model-loader.js'
import type { EndpointRow } from '../schema.js'
import type { RequireFollower } from './follower-rights.js'
import type { ConfigState, LoadedDeployments } from './loaded-deployments.js'
import type { ModelLogs } from './model-logs.js'
import type { ServedModel } from './served-model.js'

export interface EntityLoadingParts {
  readonly loader: ModelLoader
  readonly deployments: LoadedDeployments
  readonly history: DeploymentStore
  readonly logs: ModelLogs
  readonly requireFollower: RequireFollower
  readonly now: () => number
}

interface LoadOptions {
  readonly state: ConfigState
  /** By name of the entity; others are resolved. */
  readonly versions?: ReadonlyMap<string, string>
  /** By name of the entity: of the files that were deployed. */
  readonly digests?: ReadonlyMap<string, string>
  /** The deployment to whose build log the steps are added. */
  readonly number?: number
  /** True if an alias has moved to the versions. */
  readonly isMove?: boolean
}

export interface LoadResult {
  readonly loaded: readonly ServedModel[]
  readonly failures: readonly string[]
}

/** Loads served entities, and records how it went: as their status, in their log, and in the build log of a deployment. */
export class EntityLoading {
  readonly #parts: EntityLoadingParts

  constructor(parts: EntityLoadingParts) {
    this.#parts = parts
  }

  /** @throws when the model, the version or the alias does not exist */
  resolve(entity: EntityConfig): Promise<string> {
    return this.#parts.loader.resolve(entity)
  }

  async load(
    row: EndpointRow,
    entity: EntityConfig,
    { state, versions, digests, number, isMove = false }: LoadOptions,
  ): Promise<ServedModel> {
    const { loader, deployments, requireFollower } = this.#parts
    const onStep = (sentence: string) => this.note(row, entity.name, sentence, number)
    const onLine = (line: string) => this.#print(row, entity.name, line)
    try {
      const version = versions?.get(entity.name) ?? (await loader.resolve(entity))
      await onStep(`Resolved ${entity.entity_version} of '${entity.entity_name}' to version ${version}.`)
      if (isMove) await requireFollower(entity)
      const model = await loader.load(entity, version, { onStep, onLine, digest: digests?.get(entity.name) })
      deployments.setStatus(row.id, state, entity.name, undefined)
      await onStep(`Version ${version} is ready.`)
      return { entity, version, model }
    } catch (error) {
      const message = messageOf(error)
      deployments.setStatus(row.id, state, entity.name, { deployment: 'DEPLOYMENT_FAILED', message })
      await onStep(`Failed: ${message}`)
      throw error
    }
  }

  /** Never rejects. */
  async loadAll(
    row: EndpointRow,
    entities: readonly EntityConfig[],
    options: LoadOptions,
  ): Promise<LoadResult> {
    const results = await Promise.allSettled(entities.map((entity) => this.load(row, entity, options)))
    return {
      loaded: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
      failures: results.flatMap((result) => (result.status === 'rejected' ? [messageOf(result.reason)] : [])),
    }
  }

  /** Adds a line to the log of an entity and to the build log of a deployment. */
  async note({ id }: EndpointRow, entity: string, sentence: string, number?: number): Promise<void> {
    const { history, logs } = this.#parts
    const line = this.#line(entity, sentence)
    logs.add(id, entity, line)
    if (number !== undefined) await history.log({ endpoint_id: id, number }, line)
  }

  /** Adds what a model has printed to the log of its entity. */
  #print({ id }: EndpointRow, entity: string, text: string) {
    this.#parts.logs.add(id, entity, this.#line(entity, text))
  }

  #line(entity: string, text: string): string {
    return `${new Date(this.#parts.now()).toISOString()} [${entity}] ${text.replaceAll(/[\r\n]+/g, ' ')}`
  }
}

export async function releaseAll(loaded: Iterable<ServedModel>): Promise<void> {
  await Promise.all(Array.from(loaded, ({ model }) => model.release()))
}
