import { newUuid } from '../host/uuid.js'
import { fourAtOnce } from '../http/for-each-concurrent.js'
import { type ModelVersion, RegistryClient } from '../registry.js'
import { createOnce, first, MARK, markedWith } from '../tracking/create-once.js'
import type { TrackingClient } from '../tracking.js'
import type { LoggedModelRecord } from '../wire.js'
import { completeFiles, type ModelDescription, type ModelFiles } from './model-files.js'

export interface LogModel extends ModelDescription {
  readonly name: string
  readonly params?: Record<string, unknown>
  readonly tags?: Record<string, string>
  /** Shown beside the model, e.g. `recommender`. */
  readonly modelType?: string
  /** The training step the model is from. Default 0. */
  readonly step?: number
}

export interface LoggedModel {
  readonly modelId: string
  /** `models:/m-…`, what `register_model` and `load_model` of every MLflow client take. */
  readonly modelUri: string
  readonly artifactUri: string
  readonly name: string
  readonly runId: string
}

export interface RegisterModel {
  readonly name: string
  /** Moved to the new version, e.g. `challenger`. */
  readonly alias?: string
  readonly description?: string
  readonly tags?: Record<string, string>
}

interface OfRun {
  readonly id: string
  readonly experimentId: string
}

/** Creates, links, uploads and finalizes; several files at once. Repeated with the same `mark` it is the same model. */
export async function logModel(
  client: TrackingClient,
  run: OfRun,
  files: ModelFiles,
  options: LogModel & { readonly mark?: string },
): Promise<LoggedModel> {
  const info = await createModel(client, run, options)
  const { loggedModels, runs } = client
  try {
    const stamp = { artifact_path: info.artifact_uri, model_id: info.model_id, run_id: run.id }
    await upload(client, info.artifact_uri, await completeFiles(files, options, stamp))
    await runs.logOutputs(run.id, [{ model_id: info.model_id, step: options.step ?? 0 }])
    await loggedModels.finalize(info.model_id, 'LOGGED_MODEL_READY')
  } catch (error) {
    // The reason matters more than whether the mark could be set.
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
  run: OfRun,
  options: LogModel & { readonly mark?: string },
): Promise<LoggedModelRecord['info']> {
  const mark = options.mark ?? newUuid()
  const search = { experiment_ids: [run.experimentId], filter: markedWith(mark) }
  const find = () => first(loggedModels.search(search))
  const create = () =>
    loggedModels.create({
      experiment_id: run.experimentId,
      source_run_id: run.id,
      name: options.name,
      ...(options.modelType && { model_type: options.modelType }),
      ...(options.params && { params: options.params }),
      tags: { ...options.tags, [MARK]: mark },
    })
  const earlier = options.mark === undefined ? undefined : await find()
  return (earlier ?? (await createOnce({ create, find }))).info
}

const upload = (client: TrackingClient, root: string, files: ModelFiles): Promise<void> =>
  fourAtOnce(Object.entries(files), ([path, content]) => client.artifacts.put(root, path, content))

/**
 * A new version of the registered model `name`, which is created when missing. Repeated with the same `mark` it is the
 * same version.
 */
export async function registerModel(
  client: TrackingClient,
  model: LoggedModel,
  options: RegisterModel & { readonly mark?: string },
): Promise<ModelVersion> {
  const registry = new RegistryClient(client.transport)
  const { name, alias, mark, tags, ...rest } = options
  await registry.ensureModel(name)
  const id = mark ?? newUuid()
  const find = () =>
    first(registry.searchVersions({ filter: `name = ${quoted(name)} AND ${markedWith(id)}` }))
  const source = { source: model.modelUri, run_id: model.runId, model_id: model.modelId }
  const create = () => registry.createVersion({ name, ...source, ...rest, tags: { ...tags, [MARK]: id } })
  const earlier = mark === undefined ? undefined : await find()
  const version = earlier ?? (await createOnce({ create, find }))
  if (alias) await registry.setAlias(name, alias, version.version)
  return version
}

const quoted = (name: string) => (name.includes("'") ? `"${name}"` : `'${name}'`)
