import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadConfig, s3Options } from '@cairn/platform/config'
import { invalid } from '@cairn/platform/errors'
import { fetchOrExplain } from '../../client/unreachable.js'
import { ArtifactRoots } from './artifact-roots.js'
import { FileSource } from './files/file-source.js'
import { RestSource } from './rest/rest-source.js'
import type { Source } from './source.js'
import { SqliteSource } from './sqlite/sqlite-source.js'

export interface SourceOptions {
  /** The artifacts destination of the server that used the SQLite or file store. */
  readonly artifacts: string | undefined
  readonly token: string | undefined
}

/**
 * @param from a server's URL, a folder `mlruns`, or `sqlite:///` and a file
 * @throws INVALID_PARAMETER_VALUE for anything else
 */
export function openSource(from: string, { artifacts, token }: SourceOptions): Source {
  if (/^https?:\/\//.test(from))
    return new RestSource(from, {
      fetch: fetchOrExplain(`The source ${from} cannot be reached.`),
      headers: headersOf(token),
    })
  const config = loadConfig(process.env)
  const roots = new ArtifactRoots(
    s3Options(config),
    artifacts,
    artifacts && isFolder(artifacts) ? [artifacts] : [],
  )
  // As in MLflow: a relative path follows three slashes, and an absolute path starts with a fourth one.
  if (from.startsWith('sqlite:')) return new SqliteSource(from.replace(/^sqlite:(\/\/\/)?/, ''), roots)
  if (/^[a-z][a-z0-9+.-]+:/i.test(from) && !from.startsWith('file:'))
    throw invalid(
      `'${from}' is not supported; use the URL of a running server (with any database), a folder mlruns, or sqlite:///FILE.`,
    )
  const path = from.startsWith('file:') ? fileURLToPath(from) : from
  if (!isFolder(path)) return new SqliteSource(path, roots)
  const inside = join(path, 'mlruns')
  return new FileSource(isFolder(inside) ? inside : path, roots)
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

function headersOf(token: string | undefined): Record<string, string> {
  const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password = '' } = process.env
  if (token) return { authorization: `Bearer ${token}` }
  if (user) return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
  return {}
}
