import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { fileURLToPath } from 'node:url'
import { openBlobs } from '@cairn/platform/blobs/open'
import { normalizeKey } from '@cairn/platform/blobs/path'
import type { S3Options } from '@cairn/platform/blobs/s3-client'
import { ApiError, invalid, missing } from '@cairn/platform/errors'
import { CairnError } from '@cairn/sdk/cairn-error'
import { HttpTransport } from '@cairn/sdk/http'
import { Artifacts } from '@cairn/sdk/tracking/artifacts'
import type { Connection } from '../client/connect.js'
import { modelLocation } from './model-location.js'

/** The files of a model on the local disk. */
export interface OpenModel {
  readonly folder: string
  /** Deletes a downloaded copy. */
  close(): Promise<void>
}

interface RemoteFile {
  readonly path: string
  open(): Promise<Readable>
}

/**
 * Opens a local folder in place, and downloads any other model.
 *
 * @param connect called for what is on the server
 * @throws INVALID_PARAMETER_VALUE for a URI that cannot be read, RESOURCE_DOES_NOT_EXIST when there are no files
 */
export async function openModel(uri: string, connect: () => Connection, s3: S3Options): Promise<OpenModel> {
  const scheme = schemeOf(uri)
  if (scheme === undefined || scheme === 'file') return localModel(uri)
  const location = scheme === 's3' ? uri : await modelLocation(uri, connect().call)
  switch (schemeOf(location)) {
    case 'mlflow-artifacts':
      return download(uri, proxiedFiles(location, connect()))
    case 's3':
      return download(uri, bucketFiles(location, s3))
    case 'file':
    case undefined:
      return localModel(location)
    default:
      throw invalid(
        `The model at '${location}' cannot be read: supported are models:/, runs:/, mlflow-artifacts:/, s3:// and local folders.`,
      )
  }
}

const schemeOf = (uri: string) => /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase()

async function localModel(uri: string): Promise<OpenModel> {
  const folder = uri.startsWith('file:') ? fileURLToPath(new URL(uri)) : resolve(uri)
  const isFolder = await stat(folder).then(
    (info) => info.isDirectory(),
    () => false,
  )
  if (!isFolder) throw missing(`Folder '${folder}' does not exist on this machine.`)
  return { folder, close: async () => undefined }
}

async function* proxiedFiles(location: string, connection: Connection): AsyncGenerator<RemoteFile> {
  const { server, token, fetch } = connection
  const artifacts = new Artifacts(new HttpTransport({ baseUrl: server, fetch, ...(token && { token }) }))
  for await (const { path } of artifacts.walk(location))
    yield {
      path,
      open: async () => Readable.fromWeb((await artifacts.get(location, path)) as ReadableStream),
    }
}

async function* bucketFiles(location: string, s3: S3Options): AsyncGenerator<RemoteFile> {
  const blobs = await openBlobs(location, s3)
  for await (const { key } of blobs.walk('')) yield { path: key, open: () => blobs.get(key) }
}

async function download(uri: string, files: AsyncIterable<RemoteFile>): Promise<OpenModel> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-model-'))
  const close = () => rm(folder, { recursive: true, force: true })
  try {
    let count = 0
    for await (const file of files) {
      const path = join(folder, normalizeKey(file.path))
      await mkdir(dirname(path), { recursive: true })
      await pipeline(await file.open(), createWriteStream(path))
      count++
    }
    if (count === 0) throw missing(`The model at '${uri}' has no files.`)
    return { folder, close }
  } catch (error) {
    await close()
    throw error instanceof CairnError ? new ApiError('INVALID_STATE', error.message, { cause: error }) : error
  }
}
