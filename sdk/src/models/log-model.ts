import { forEachConcurrent } from '../http/for-each-concurrent.js'
import { type ModelVersion, RegistryClient } from '../registry.js'
import { CLIENT_ID_TAG, clientIdFilter, createOnce, firstItem } from '../tracking/create-once.js'
import type { TrackingClient } from '../tracking.js'
import { newUuid } from '../uuid.js'
import type { LoggedModelRecord } from '../wire.js'
import { completeModelFiles, type ModelDescription, type ModelFiles } from './model-files.js'

export interface LogModelOptions extends ModelDescription {
  readonly name: string
  readonly params?: Record<string, unknown>
  readonly tags?: Record<string, string>
  /** Shown beside the model, e.g. `recommender`. */
  readonly modelType?: string
  /** Training step of the model. Default 0. */
  readonly step?: number
}

export interface LoggedModel {
  readonly modelId: string
  /** `models:/m-…`, accepted by `register_model` and `load_model` of every MLflow client. */
  readonly modelUri: string
  readonly artifactUri: string
  readonly name: string
  readonly runId: string
}

export interface RegisterModelOptions {
  readonly name: string
  /** Alias to set on the new version, e.g. `challenger`. */
  readonly alias?: string
  readonly description?: string
  readonly tags?: Record<string, string>
}

interface RunReference {
  readonly id: string
  readonly experimentId: string
}

/** Creates a model, uploads its files, links it to the run and finalizes it. Idempotent for the same `clientId`. */
export async function logModel(
  client: TrackingClient,
  run: RunReference,
  files: ModelFiles,
  options: LogModelOptions & { readonly clientId?: string },
): Promise<LoggedModel> {
  const info = await createModel(client, run, options)
  const { loggedModels, runs } = client
  try {
    const stamp = { artifact_path: info.artifact_uri, model_id: info.model_id, run_id: run.id }
    await upload(client, info.artifact_uri, await completeModelFiles(files, options, stamp))
    await runs.logOutputs(run.id, [{ model_id: info.model_id, step: options.step ?? 0 }])
    await loggedModels.finalize(info.model_id, 'LOGGED_MODEL_READY')
  } catch (error) {
    // The original error takes precedence over one of marking the model as failed.
    await loggedModels.finalize(info.model_id, 'LOGGED_MODEL_UPLOAD_FAILED').catch(() => {})
    throw error
  }
  return {
    modelId: info.model_id,
    modelUri: `models:/${info.model_id}`,
    artifactUri: info.artifact_uri,
    name: options.name,
    runId: run.id,
  }
}

async function createModel(
  { loggedModels }: TrackingClient,
  run: RunReference,
  options: LogModelOptions & { readonly clientId?: string },
): Promise<LoggedModelRecord['info']> {
  const clientId = options.clientId ?? newUuid()
  const search = { experiment_ids: [run.experimentId], filter: clientIdFilter(clientId) }
  const find = () => firstItem(loggedModels.search(search))
  const create = () =>
    loggedModels.create({
      experiment_id: run.experimentId,
      source_run_id: run.id,
      name: options.name,
      ...(options.modelType && { model_type: options.modelType }),
      ...(options.params && { params: options.params }),
      tags: { ...options.tags, [CLIENT_ID_TAG]: clientId },
    })
  const existing = options.clientId === undefined ? undefined : await find()
  return (existing ?? (await createOnce({ create, find }))).info
}

const upload = (client: TrackingClient, root: string, files: ModelFiles): Promise<void> =>
  forEachConcurrent(Object.entries(files), ([path, content]) => client.artifacts.put(root, path, content))

/**
 * Creates a version of the registered model `name`, which is created if missing. Idempotent for the same `clientId`.
 */
export async function registerModel(
  client: TrackingClient,
  model: LoggedModel,
  options: RegisterModelOptions & { readonly clientId?: string },
): Promise<ModelVersion> {
  const registry = new RegistryClient(client.transport)
  const { name, alias, clientId, tags, ...rest } = options
  await registry.ensureModel(name)
  const id = clientId ?? newUuid()
  const find = () =>
    firstItem(registry.searchVersions({ filter: `name = ${quoted(name)} AND ${clientIdFilter(id)}` }))
  const source = { source: model.modelUri, run_id: model.runId, model_id: model.modelId }
  const create = () =>
    registry.createVersion({ name, ...source, ...rest, tags: { ...tags, [CLIENT_ID_TAG]: id } })
  const existing = clientId === undefined ? undefined : await find()
  const version = existing ?? (await createOnce({ create, find }))
  if (alias) await registry.setAlias(name, alias, version.version)
  return version
}

const quoted = (name: string) => (name.includes("'") ? `"${name}"` : `'${name}'`)
