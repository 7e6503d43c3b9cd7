import { isConflict, undefinedIfNotFound } from './cairn-error.js'
import { pages } from './page.js'
import { createOnce } from './tracking/create-once.js'
import type { Transport } from './transport.js'
import { type Tag, toRows } from './wire.js'

const MODELS = '/api/2.0/mlflow/registered-models'
const VERSIONS = '/api/2.0/mlflow/model-versions'

export interface ModelVersion {
  readonly name: string
  readonly version: string
  readonly creation_timestamp: number
  readonly last_updated_timestamp: number
  readonly current_stage?: string
  readonly description?: string
  readonly source: string
  readonly run_id?: string
  readonly model_id?: string
  readonly status: 'PENDING_REGISTRATION' | 'FAILED_REGISTRATION' | 'READY'
  readonly status_message?: string
  readonly tags?: readonly Tag[]
  readonly aliases?: readonly string[]
}

export interface RegisteredModel {
  readonly name: string
  readonly creation_timestamp: number
  readonly last_updated_timestamp: number
  readonly description?: string
  readonly latest_versions?: readonly ModelVersion[]
  readonly tags?: readonly Tag[]
  readonly aliases?: readonly { readonly alias: string; readonly version: string }[]
}

export interface CreateModelVersion {
  readonly name: string
  /** `models:/m-…` of a logged model, or an artifact URI. */
  readonly source: string
  readonly run_id?: string
  readonly model_id?: string
  readonly description?: string
  readonly tags?: Record<string, string>
}

export interface RegistrySearch {
  readonly filter?: string
  readonly order_by?: readonly string[]
}

type ModelResponse = { readonly registered_model: RegisteredModel }
type VersionResponse = { readonly model_version: ModelVersion }

/** Registered models, their versions and aliases. */
export class RegistryClient {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  async createModel(
    name: string,
    options: { description?: string; tags?: Record<string, string> } = {},
  ): Promise<RegisteredModel> {
    const json = { name, ...options, tags: toRows(options.tags ?? {}) }
    return (await this.#call<ModelResponse>('POST', `${MODELS}/create`, json)).registered_model
  }

  async getModel(name: string): Promise<RegisteredModel> {
    return (await this.#get<ModelResponse>(`${MODELS}/get`, { name })).registered_model
  }

  /** Creates the model unless it exists. */
  async ensureModel(name: string): Promise<void> {
    const find = () => this.getModel(name).catch(undefinedIfNotFound)
    await createOnce({ create: () => this.createModel(name), find }).catch((error: unknown) => {
      if (!isConflict(error)) throw error
    })
  }

  searchModels(query: RegistrySearch = {}): AsyncGenerator<RegisteredModel> {
    return pages(async (page_token) => {
      const response = await this.#get<{ registered_models?: RegisteredModel[]; next_page_token?: string }>(
        `${MODELS}/search`,
        { ...query, max_results: 1000, page_token },
      )
      return { items: response.registered_models ?? [], next: response.next_page_token }
    })
  }

  async updateModel(name: string, description: string): Promise<void> {
    await this.#call('PATCH', `${MODELS}/update`, { name, description })
  }

  async renameModel(name: string, new_name: string): Promise<void> {
    await this.#call('POST', `${MODELS}/rename`, { name, new_name })
  }

  async deleteModel(name: string): Promise<void> {
    await this.#call('DELETE', `${MODELS}/delete`, { name })
  }

  async setModelTag(name: string, key: string, value: string): Promise<void> {
    await this.#callIdempotent('POST', `${MODELS}/set-tag`, { name, key, value })
  }

  async createVersion(version: CreateModelVersion): Promise<ModelVersion> {
    const json = { ...version, tags: toRows(version.tags ?? {}) }
    return (await this.#call<VersionResponse>('POST', `${VERSIONS}/create`, json)).model_version
  }

  async getVersion(name: string, version: string): Promise<ModelVersion> {
    return (await this.#get<VersionResponse>(`${VERSIONS}/get`, { name, version })).model_version
  }

  searchVersions(query: RegistrySearch = {}): AsyncGenerator<ModelVersion> {
    return pages(async (page_token) => {
      const response = await this.#get<{ model_versions?: ModelVersion[]; next_page_token?: string }>(
        `${VERSIONS}/search`,
        { ...query, max_results: 1000, page_token },
      )
      return { items: response.model_versions ?? [], next: response.next_page_token }
    })
  }

  async updateVersion(name: string, version: string, description: string): Promise<void> {
    await this.#call('PATCH', `${VERSIONS}/update`, { name, version, description })
  }

  async deleteVersion(name: string, version: string): Promise<void> {
    await this.#call('DELETE', `${VERSIONS}/delete`, { name, version })
  }

  async setVersionTag(name: string, version: string, key: string, value: string): Promise<void> {
    await this.#callIdempotent('POST', `${VERSIONS}/set-tag`, { name, version, key, value })
  }

  async deleteVersionTag(name: string, version: string, key: string): Promise<void> {
    await this.#callIdempotent('DELETE', `${VERSIONS}/delete-tag`, { name, version, key })
  }

  async transitionStage(
    name: string,
    version: string,
    stage: string,
    archive = false,
  ): Promise<ModelVersion> {
    const json = { name, version, stage, archive_existing_versions: archive }
    return (await this.#call<VersionResponse>('POST', `${VERSIONS}/transition-stage`, json)).model_version
  }

  /** Returns the artifact URI of the version's files. */
  async downloadUri(name: string, version: string): Promise<string> {
    const path = `${VERSIONS}/get-download-uri`
    return (await this.#get<{ artifact_uri: string }>(path, { name, version })).artifact_uri
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    await this.#callIdempotent('POST', `${MODELS}/alias`, { name, alias, version })
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    await this.#callIdempotent('DELETE', `${MODELS}/alias`, { name, alias })
  }

  async getByAlias(name: string, alias: string): Promise<ModelVersion> {
    return (await this.#get<VersionResponse>(`${MODELS}/alias`, { name, alias })).model_version
  }

  /** Returns the version of an alias, `undefined` if the model or alias does not exist. */
  async findByAlias(name: string, alias: string): Promise<ModelVersion | undefined> {
    const model = await this.getModel(name).catch(undefinedIfNotFound)
    if (!model?.aliases?.some((entry) => entry.alias === alias)) return undefined
    return this.getByAlias(name, alias).catch(undefinedIfNotFound)
  }

  #get<T>(path: string, query: object): Promise<T> {
    return this.#transport.call<T>({ method: 'GET', path, query: { ...query } })
  }

  #call<T>(method: 'POST' | 'PATCH' | 'DELETE', path: string, json: object): Promise<T> {
    return this.#transport.call<T>({ method, path, json, idempotent: false })
  }

  #callIdempotent<T>(method: 'POST' | 'DELETE', path: string, json: object): Promise<T> {
    return this.#transport.call<T>({ method, path, json, idempotent: true })
  }
}
