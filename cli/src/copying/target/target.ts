import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ApiError, unlessMissing } from '@cairn/platform/errors'
import {
  type ImportedModel,
  importedArtifactPath,
  type StoredArtifact,
} from '@cairn/platform/protocol/cairn/imports'
import { RowDigest } from '@cairn/platform/protocol/cairn/run-digest'
import type { Client } from '@cairn/platform/protocol/client'
import { parseJsonResponse } from '@cairn/platform/protocol/json-response'
import type { Connection } from '../../client/connect.js'
import { forEachConcurrent } from '../for-each-concurrent.js'
import type { FileObserver } from '../progress.js'
import { RestSource } from '../sources/rest/rest-source.js'
import type { FileOwner, SourceFile, SourceFiles } from '../sources/source.js'

const UPLOADS = 4

/** The number and total size of files, and a digest of their paths, sizes and modification times in the source. */
export interface UploadedFiles {
  readonly files: number
  readonly bytes: number
  readonly listing: string
}

export const NO_FILES: UploadedFiles = { files: 0, bytes: 0, listing: new RowDigest().result().digest }

/** The server that everything is copied to. */
export class Target {
  readonly call: Client
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
    this.call = connection.call
  }

  /** @throws RESOURCE_DOES_NOT_EXIST */
  registeredModel(name: string): Promise<ImportedModel> {
    return this.#asSource().registeredModel(name)
  }

  /** The sizes of the stored files by path; undefined if their run or model does not exist. */
  async sizes(owner: FileOwner, id: string): Promise<Map<string, number> | undefined> {
    const sizes = new Map<string, number>()
    try {
      for await (const { path, size } of this.#asSource().filesOf(owner, id).list()) sizes.set(path, size)
      return sizes
    } catch (error) {
      return unlessMissing(error)
    }
  }

  /**
   * @throws INVALID_PARAMETER_VALUE for a path that the server refuses, INVALID_STATE when it refuses the file or stored
   * other bytes than were sent
   */
  async upload(owner: FileOwner, id: string, file: SourceFile, files: SourceFiles): Promise<number> {
    const { fetch, server, token } = this.#connection
    const hash = createHash('sha256')
    let size = 0
    const body = Readable.from(
      (async function* () {
        for await (const chunk of await files.open(file.path)) {
          hash.update(chunk as Buffer)
          size += (chunk as Buffer).length
          yield chunk
        }
      })(),
    )
    const response = await fetch(server + importedArtifactPath(owner, id, file.path), {
      method: 'PUT',
      body: Readable.toWeb(body) as BodyInit,
      duplex: 'half',
      headers: {
        'content-type': 'application/octet-stream',
        ...(token && { authorization: `Bearer ${token}` }),
      },
    } as RequestInit)
    const stored = (await parseJsonResponse(response)) as StoredArtifact & { message?: string }
    if (!response.ok)
      throw new ApiError(
        response.status === 400 ? 'INVALID_PARAMETER_VALUE' : 'INVALID_STATE',
        `The server refused the artifact '${file.path}' of ${id}: ${stored.message}`,
      )
    if (stored.size !== size || stored.sha256 !== hash.digest('hex'))
      throw new ApiError(
        'INVALID_STATE',
        `The artifact '${file.path}' of ${id} was stored with other bytes than were sent. Try again.`,
      )
    return size
  }

  /** Uploads all files of a run or model. */
  async uploadAll(
    owner: FileOwner,
    id: string,
    files: SourceFiles,
    observer: FileObserver,
  ): Promise<UploadedFiles> {
    const listing = new RowDigest()
    let count = 0
    let bytes = 0
    await forEachConcurrent(files.list(observer.onSkipped), UPLOADS, async (file) => {
      listing.add(file.path, file.size, file.stamp)
      try {
        const size = await this.upload(owner, id, file, files)
        count++
        bytes += size
        observer.onFile(size)
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'INVALID_PARAMETER_VALUE') throw error
        observer.onSkipped(error.message)
      }
    })
    const { digest } = listing.result()
    return { files: count, bytes, listing: digest }
  }

  #asSource(): RestSource {
    const { server, fetch, token } = this.#connection
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
    return new RestSource(server, { fetch, headers })
  }
}
