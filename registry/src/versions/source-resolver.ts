import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeFully } from '@cairn/platform/blobs/path'
import { invalid, missing, unlessMissing } from '@cairn/platform/errors'
import { KeepFiles } from '@cairn/platform/protocol/cairn/garbage'
import type { Client } from '@cairn/platform/protocol/client'
import { GetLoggedModel, SearchLoggedModels } from '@cairn/platform/protocol/mlflow/logged-models'
import { GetRun } from '@cairn/platform/protocol/mlflow/runs'
import { parseVersion } from '../namespace/names.js'
import type { AliasedVersions } from './aliased-versions.js'
import { type ModelUri, parseModelUri } from './model-uri.js'
import { parseRunUri, type RunUri } from './run-uri.js'
import { parseStage } from './stages.js'
import type { VersionStore } from './store.js'

export interface ResolvedSource {
  /** The submitted source. An alias or a stage in `models:/`, which may move, is replaced by its version. */
  readonly source: string
  /** The location of the files: `source` with `models:/` and `runs:/` resolved. */
  readonly storage_location: string
  /** The run that logged the model; empty without one. */
  readonly run_id: string
  readonly model_id: string | null
  readonly model_params: string | null
  readonly model_metrics: string | null
}

const MAX_LENGTH = 8192
const SCHEME = /^([a-z][a-z0-9+.-]*):/i
const ROOTED = ['file', 'models', 'mlflow-artifacts']
/** Names of logged models contain none of these characters. */
const NOT_IN_NAMES = /[/:.%"'\\]/
const NO_LOGGED_MODEL = { run_id: '', model_id: null, model_params: null, model_metrics: null }

/** Returns the source of a prompt, which has no files. */
export const unresolved = (source: string): ResolvedSource => ({
  ...NO_LOGGED_MODEL,
  source,
  storage_location: source,
})

interface Stores {
  readonly versions: VersionStore
  readonly aliased: AliasedVersions
}

/** Checks sources of versions, and resolves `models:/` and `runs:/` URIs to the location of the files. */
export class SourceResolver {
  readonly #stores: Stores
  readonly #call: Client
  readonly #pattern: RegExp | undefined

  /**
   * @param pattern regular expression that every source must match; empty for any source
   * @throws INVALID_PARAMETER_VALUE for an invalid regular expression
   */
  constructor(stores: Stores, call: Client, pattern = '') {
    this.#stores = stores
    this.#call = call
    this.#pattern = pattern === '' ? undefined : regularExpression(pattern)
  }

  /** @throws INVALID_PARAMETER_VALUE for a path that is relative or leaves its root, RESOURCE_DOES_NOT_EXIST for a missing model */
  async resolve(
    source: string,
    runId: string | undefined,
    modelId: string | undefined,
  ): Promise<ResolvedSource> {
    const scheme = SCHEME.exec(source)?.[1]?.toLowerCase()
    if (this.#pattern?.test(source) === false)
      throw invalid(`Invalid model version source: '${source}'. It must match ${this.#pattern}.`)
    rejectRelative(source, scheme)
    const uri = parseModelUri(source)
    if (uri) return this.#follow(source, uri)
    if (scheme === undefined || scheme === 'file')
      await this.#requireWithinRun(source, scheme, runId, modelId)
    const run = parseRunUri(source)
    const storage_location = run ? await this.#locationOf(source, run) : withoutParents(source, scheme)
    if (!modelId) return { ...NO_LOGGED_MODEL, source, storage_location }
    const { artifact_uri: _, ...logged } = await this.#loggedModel(modelId)
    return { ...logged, source, storage_location }
  }

  /**
   * Must complete before versions with these locations are written. After that, garbage collection keeps the runs and logged
   * models that own the files until it has read the versions. Does nothing when the tracking service is not running.
   */
  async keepFiles(locations: readonly string[]): Promise<void> {
    if (locations.length > 0) await this.#call(KeepFiles, { locations: [...locations] }).catch(unlessMissing)
  }

  async #follow(source: string, uri: ModelUri): Promise<ResolvedSource> {
    if ('model_id' in uri) {
      const { artifact_uri, ...logged } = await this.#loggedModel(uri.model_id)
      return { ...logged, source, storage_location: artifact_uri }
    }
    const { name } = uri
    const number = await ('alias' in uri
      ? this.#stores.aliased.get(name, uri.alias)
      : this.#versionOf(name, uri.version))
    const row = await this.#stores.versions.getRow(name, number)
    const { storage_location, model_id, model_params, model_metrics } = row
    const isPinned = 'version' in uri && uri.version === String(number)
    const pinned = isPinned ? source : `models:/${name}/${number}`
    return { ...NO_LOGGED_MODEL, source: pinned, storage_location, model_id, model_params, model_metrics }
  }

  /** Clients resolve `runs:/` themselves when they load a model; this server must, to serve it. */
  async #locationOf(source: string, { run_id, path }: RunUri): Promise<string> {
    const found = await this.#call(GetRun, { run_id }).catch(unlessMissing)
    if (!found) return source
    const { experiment_id, artifact_uri } = found.run.info
    const folder = `${artifact_uri}/${path}`
    if (NOT_IN_NAMES.test(path)) return folder
    const { models } = await this.#call(SearchLoggedModels, {
      experiment_ids: [experiment_id],
      filter: `source_run_id = '${run_id}' AND name = '${path}'`,
      max_results: 1,
    })
    return models?.[0]?.info.artifact_uri ?? folder
  }

  /** Resolves a version number, a stage, or `latest`, the highest version. */
  async #versionOf(model: string, version: string): Promise<number> {
    if (/^\d+$/.test(version)) return parseVersion(version)
    if (version.toLowerCase() === 'latest') return this.#stores.aliased.get(model, version)
    const stage = parseStage(version)
    const [latest] = await this.#stores.versions.latest(model, [stage])
    if (!latest) throw missing(`No versions of model with name '${model}' and stage '${stage}' found`)
    return Number(latest.version)
  }

  async #loggedModel(modelId: string) {
    const { model } = await this.#call(GetLoggedModel, { model_id: modelId })
    const params = model.data?.params?.map(({ key, value }) => ({ name: key, value }))
    return {
      artifact_uri: model.info.artifact_uri ?? '',
      run_id: model.info.source_run_id ?? '',
      model_id: modelId,
      model_params: params?.length ? JSON.stringify(params) : null,
      model_metrics: model.data?.metrics?.length ? JSON.stringify(model.data.metrics) : null,
    }
  }

  /** A local path would expose the server's file system unless it is within the artifacts of its run or logged model. */
  async #requireWithinRun(
    source: string,
    scheme: string | undefined,
    runId: string | undefined,
    modelId: string | undefined,
  ) {
    const path = localPath(source, scheme)
    const roots: (string | undefined)[] = await Promise.all([
      runId ? this.#call(GetRun, { run_id: runId }).then(({ run }) => run.info.artifact_uri) : undefined,
      modelId ? this.#loggedModel(modelId).then((model) => model.artifact_uri) : undefined,
    ]).catch((error) => unlessMissing(error) ?? [])
    const inside = roots
      .filter((root): root is string => root !== undefined)
      .some((root) => isInside(path, localPath(root, SCHEME.exec(root)?.[1])))
    if (!inside)
      throw invalid(
        `Invalid model version source: '${path}'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.`,
      )
  }
}

function regularExpression(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u')
  } catch (cause) {
    throw invalid(`CAIRN_MODEL_VERSION_SOURCE_PATTERN is not a valid regular expression: ${pattern}`, {
      cause,
    })
  }
}

function localPath(uri: string, scheme: string | undefined): string {
  if (scheme === undefined) return posix.normalize(uri)
  if (scheme !== 'file') return ''
  try {
    return posix.normalize(fileURLToPath(uri))
  } catch (cause) {
    throw invalid(
      `Invalid model version source: '${uri}' is not a valid remote uri, and a file URI must name a local absolute path.`,
      { cause },
    )
  }
}

/** Resolves `..` in a local path before it is stored, so that readers of the location need not. */
function withoutParents(source: string, scheme: string | undefined): string {
  if (!source.split('/').includes('..')) return source
  return scheme === 'file' ? new URL(source).href : posix.normalize(source)
}

const isInside = (path: string, root: string) =>
  root !== '' &&
  posix.isAbsolute(path) &&
  (path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`))

function rejectRelative(source: string, scheme: string | undefined) {
  if (source.length > MAX_LENGTH)
    throw invalid(`'source' exceeds the maximum length of ${MAX_LENGTH} characters`)
  const decoded = decodeFully(source)
  // A plain `..` of a local path is resolved before the path is checked.
  const isResolved =
    (scheme === undefined || scheme === 'file') && decoded === source && !/[\\?#]/.test(source)
  // For example `s3:b`, or a Windows drive. `mlflow-artifacts:` alone is the root of this server's store.
  const isRelative = scheme !== undefined && !ROOTED.includes(scheme) && !/^[^:]+:\/+[^/]/.test(decoded)
  const hasParent = !isResolved && decoded.split(/[/\\?#]/).includes('..')
  if (
    isRelative ||
    hasParent ||
    decoded.includes('\0') ||
    (scheme === 'mlflow-artifacts' && /[?#]/.test(decoded))
  )
    throw invalid(
      `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
    )
}
