import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { openBlobs } from '@cairn/platform/blobs/open'
import { normalizeKey } from '@cairn/platform/blobs/path'
import type { S3Options } from '@cairn/platform/blobs/s3-client'
import { ApiError } from '@cairn/platform/errors'
import { folderFiles } from './folder-files.js'
import type { SourceFiles } from './source.js'

const PROXIED = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/s

/**
 * The folders and buckets that artifacts of a local store may be read from. Others are refused, so that an untrusted
 * store cannot point at private files of the user who migrates it.
 */
export class ArtifactRoots {
  readonly #folders: readonly string[]
  readonly #proxied: string | undefined
  readonly #s3: S3Options

  /** @param proxied the artifacts destination of the store's server: a folder or s3://… */
  constructor(s3: S3Options, proxied?: string, folders: readonly string[] = []) {
    this.#s3 = s3
    this.#proxied = proxied
    this.#folders = folders
  }

  /** A copy with one more allowed folder. */
  with(folder: string): ArtifactRoots {
    return new ArtifactRoots(this.#s3, this.#proxied, [...this.#folders, resolve(folder)])
  }

  /** The files at an artifact URI. @throws FAILED_PRECONDITION, with advice, when it may not be read */
  files(uri: string): SourceFiles {
    if (uri.startsWith('s3://')) return bucketFiles(() => openBlobs(uri, this.#s3))
    const proxiedPath = PROXIED.exec(uri)?.[1]
    if (proxiedPath !== undefined) return this.#proxiedFiles(uri, proxiedPath)
    if (/^[a-z][a-z0-9+.-]+:/i.test(uri) && !uri.startsWith('file:'))
      throw refused(uri, 'this kind of storage cannot be read; migrate from the running server instead')
    const folder = resolve(uri.startsWith('file:') ? fileURLToPath(uri) : uri)
    if (!this.#allowed.some((root) => folder === root || folder.startsWith(`${root}/`)))
      throw refused(uri, 'the folder is outside of the store; allow it with --artifacts-from')
    return this.folder(folder)
  }

  /** The files of a folder of the store. Links that leave the allowed folders are skipped. */
  folder(path: string): SourceFiles {
    return folderFiles(path, this.#allowed)
  }

  get #allowed(): readonly string[] {
    const isFolder = this.#proxied && !this.#proxied.startsWith('s3://')
    return isFolder ? [...this.#folders, resolve(this.#proxied)] : this.#folders
  }

  #proxiedFiles(uri: string, path: string): SourceFiles {
    if (!this.#proxied)
      throw refused(uri, "pass the server's artifacts destination with --artifacts-from FOLDER or s3://…")
    const key = normalizeKey(path)
    if (this.#proxied.startsWith('s3://')) return this.files(`${this.#proxied.replace(/\/$/, '')}/${key}`)
    return this.folder(join(resolve(this.#proxied), key))
  }
}

const refused = (uri: string, reason: string) =>
  new ApiError(
    'FAILED_PRECONDITION',
    `Artifacts at '${uri}' cannot be read: ${reason}, or use --no-artifacts.`,
  )

function bucketFiles(open: () => Promise<Blobs>): SourceFiles {
  let opened: Promise<Blobs> | undefined
  const blobs = () => {
    opened ??= open()
    return opened
  }
  return {
    async *list() {
      for await (const { key, size, modified } of (await blobs()).walk(''))
        yield { path: key, size, stamp: modified }
    },
    open: async (path) => (await blobs()).get(path),
  }
}
