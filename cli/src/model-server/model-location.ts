import { invalid, missing } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetLoggedModel } from '@cairn/platform/protocol/mlflow/logged-models'
import { GetModelVersionDownloadUri } from '@cairn/platform/protocol/mlflow/model-versions'
import { GetLatestVersions, GetModelVersionByAlias } from '@cairn/platform/protocol/mlflow/registered-models'
import { GetRun } from '@cairn/platform/protocol/mlflow/runs'

/**
 * Finds the files of a model: of `models:/NAME/VERSION`, `models:/NAME@ALIAS`, `models:/m-ID` and `runs:/ID/PATH` by the server.
 *
 * @returns an artifact URI or the path of a folder; other URIs unchanged
 * @throws INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST
 */
export async function modelLocation(uri: string, call: Client): Promise<string> {
  const [, scheme, path = ''] = /^(models|runs):\/+(.*)$/s.exec(uri) ?? []
  if (scheme === 'models') return registeredModel(uri, path, call)
  if (scheme === 'runs') return modelOfRun(uri, path, call)
  return uri
}

async function registeredModel(uri: string, path: string, call: Client): Promise<string> {
  const [first = '', version, ...rest] = path.split('/').filter(Boolean)
  const [, aliased, alias] = version === undefined ? (/^(.+)@([^@]+)$/s.exec(first) ?? []) : []
  if (alias === undefined && version === undefined && first.startsWith('m-')) return loggedModel(first, call)
  const name = aliased ?? first
  if (!name || rest.length > 0 || (alias === undefined && version === undefined))
    throw invalid(
      `'${uri}' is not a model: write models:/NAME/VERSION, models:/NAME@ALIAS or models:/MODEL_ID.`,
    )
  const number =
    alias === undefined ? await versionOf(name, version!, call) : await aliasOf(name, alias, call)
  return (await call(GetModelVersionDownloadUri, { name, version: number })).artifact_uri
}

const loggedModel = async (model_id: string, call: Client) =>
  (await call(GetLoggedModel, { model_id })).model.info.artifact_uri

const aliasOf = async (name: string, alias: string, call: Client) =>
  (await call(GetModelVersionByAlias, { name, alias })).model_version.version

/** Resolves a version number, `latest` or a stage. */
async function versionOf(name: string, version: string, call: Client): Promise<string> {
  if (/^\d+$/.test(version)) return version
  if (version.toLowerCase() === 'latest') return aliasOf(name, 'latest', call)
  const { model_versions = [] } = await call(GetLatestVersions, { name, stages: [version] })
  const [latest] = model_versions
  if (!latest) throw missing(`'${name}' has no version in stage '${version}'.`)
  return latest.version
}

/** Since MLflow 3, a model that a run has logged is a separate object with that name; before, it was a folder of the run. */
async function modelOfRun(uri: string, path: string, call: Client): Promise<string> {
  const [run_id = '', ...parts] = path.split('/').filter(Boolean)
  const folder = parts.join('/')
  if (!run_id || !folder) throw invalid(`'${uri}' is not a model of a run: write runs:/RUN_ID/PATH.`)
  const { run } = await call(GetRun, { run_id })
  for (const { model_id } of run.outputs?.model_outputs ?? []) {
    const { model } = await call(GetLoggedModel, { model_id })
    if (model.info.name === folder) return model.info.artifact_uri
  }
  return `${run.info.artifact_uri}/${folder}`
}
