import { alsFiles } from '@cairn/flavors/als/write'
import { anAlsModel } from '@cairn/flavors/testing/als-model'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { ApiError, missing } from '@cairn/platform/errors'
import { handle } from '@cairn/platform/http/handle'
import { ListPromotions, type Promotion } from '@cairn/platform/protocol/cairn/promotions'
import type { Client } from '@cairn/platform/protocol/client'
import { GetModelVersionDownloadUri } from '@cairn/platform/protocol/mlflow/model-versions'
import { GetModelVersionByAlias, GetRegisteredModel } from '@cairn/platform/protocol/mlflow/registered-models'
import type { FastifyInstance } from 'fastify'

/** A stand-in for the registry with the model `movies`. */
export class TestRegistry {
  readonly blobs: Blobs
  readonly aliases = new Map<string, string>()
  readonly promotions: Promotion[] = []
  readonly #versions = new Set<string>()
  isDown = false

  constructor(blobs: Blobs) {
    this.blobs = blobs
  }

  /** Versions differ in their files, and so in their digests. */
  async put(version: string, change: Record<string, string> = {}): Promise<void> {
    this.#versions.add(version)
    const files = { ...alsFiles(anAlsModel()), 'version.txt': version, ...change }
    for (const [name, body] of Object.entries(files))
      await this.blobs.put(`models/${version}/${name}`, Buffer.from(body))
  }

  readonly call = (async ({ id }: { id: string }, input: Record<string, string>) => {
    if (this.isDown) throw new ApiError('TEMPORARILY_UNAVAILABLE', 'The registry is down.')
    switch (id) {
      case 'getModelVersionByAlias': {
        const version = this.aliases.get(input.alias!)
        if (version === undefined) throw missing(`Alias '${input.alias}' does not exist.`)
        return { model_version: { version } }
      }
      case 'getModelVersionDownloadUri':
        if (!this.#versions.has(input.version!))
          throw missing(`Model Version (name=movies, version=${input.version}) not found`)
        return { artifact_uri: `mlflow-artifacts:/models/${input.version}` }
      case 'getRegisteredModel':
        return { registered_model: { name: input.name, creation_timestamp: 1, last_updated_timestamp: 1 } }
      case 'listPromotions':
        return { promotions: this.promotions }
      default:
        throw new ApiError('NOT_IMPLEMENTED', id)
    }
  }) as unknown as Client

  /** Serves the answers as the registry would in the same process. */
  serve(app: FastifyInstance): void {
    const ops = [GetModelVersionByAlias, GetModelVersionDownloadUri, GetRegisteredModel, ListPromotions]
    for (const op of ops)
      handle(app, op as typeof GetModelVersionByAlias, (input) =>
        this.call(op as typeof GetModelVersionByAlias, input),
      )
  }
}
