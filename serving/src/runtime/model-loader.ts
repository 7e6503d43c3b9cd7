import { ApiError, messageOf } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetModelVersionDownloadUri } from '@cairn/platform/protocol/mlflow/model-versions'
import { GetModelVersionByAlias } from '@cairn/platform/protocol/mlflow/registered-models'
import { aliasOf, type EntityConfig } from '../endpoint-state/config.js'
import { type LoadListener, NO_LISTENER } from './load-listener.js'
import type { CachedModel, ModelCache } from './model-cache.js'
import type { ModelLease, ModelPool } from './model-pool.js'
import type { VariablesOf } from './model-variables.js'

const IDLE_MS = 30 * 60_000

export interface LoadOptions extends LoadListener {
  /** The digest of the files that the version was deployed with; they may have been replaced since. */
  readonly digest?: string | undefined
}

/** Loads served entities for the reconciler: resolves the alias, fetches the files, and starts the model. */
export class ModelLoader {
  readonly #call: Client
  readonly #cache: ModelCache
  readonly #pool: ModelPool
  readonly #idleMs: number
  readonly #variablesOf: VariablesOf
  /** The files of models that the pool does not know yet. */
  readonly #loading = new Set<Pick<CachedModel, 'digest'>>()

  /** @param idleMs the time without requests after which an entity scales to zero */
  constructor(
    call: Client,
    cache: ModelCache,
    pool: ModelPool,
    idleMs = IDLE_MS,
    variablesOf: VariablesOf = async () => undefined,
  ) {
    this.#call = call
    this.#cache = cache
    this.#pool = pool
    this.#idleMs = idleMs
    this.#variablesOf = variablesOf
  }

  /** Resolves the current version of an entity. @throws when the model, the version or the alias does not exist */
  async resolve(entity: EntityConfig): Promise<string> {
    const alias = aliasOf(entity)
    if (alias === undefined) return entity.entity_version
    const { model_version } = await this.#call(GetModelVersionByAlias, { name: entity.entity_name, alias })
    return model_version.version
  }

  async load(
    entity: EntityConfig,
    version: string,
    { digest, ...listener }: LoadOptions = NO_LISTENER,
  ): Promise<ModelLease> {
    const { entity_name, scale_to_zero_enabled } = entity
    const { onStep } = listener
    let loading: Pick<CachedModel, 'digest'> | undefined
    try {
      const cached = digest === undefined ? undefined : await this.#cache.find(digest)
      const model = cached ?? (await this.#fetch(entity_name, version, onStep))
      loading = { digest: model.digest }
      this.#loading.add(loading)
      await onStep(
        cached
          ? 'The files that it was deployed with are in the cache.'
          : `Fetched ${model.bytes} bytes; the SHA-256 of the files is ${model.digest}.`,
      )
      if (digest !== undefined && model.digest !== digest)
        await onStep(`The files have changed since they were deployed with the SHA-256 ${digest}.`)
      await this.#cache.evict(this.#inUse())
      const variables = await this.#variablesOf(entity)
      const files = variables ? { ...model, variables } : model
      await onStep('Loading the model and predicting its input example.')
      return await (scale_to_zero_enabled
        ? this.#pool.acquireScaling(files, this.#idleMs, listener)
        : this.#pool.acquire(files, listener))
    } catch (cause) {
      const reason = messageOf(cause)
      throw new ApiError(
        'INVALID_STATE',
        `Version ${version} of '${entity_name}' cannot be served: ${reason}`,
        { cause },
      )
    } finally {
      if (loading) this.#loading.delete(loading)
    }
  }

  #inUse(): ReadonlySet<string> {
    return new Set([...this.#pool.digests, ...Array.from(this.#loading, ({ digest }) => digest)])
  }

  async #fetch(name: string, version: string, onStep: LoadOptions['onStep']): Promise<CachedModel> {
    const { artifact_uri } = await this.#call(GetModelVersionDownloadUri, { name, version })
    await onStep('Fetching the files.')
    return this.#cache.fetch(artifact_uri, () => this.#inUse())
  }
}
