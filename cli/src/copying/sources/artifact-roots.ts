import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { openBlobs } from '@cairn/platform/blobs/open'
import { normalizeKey } from '@cairn/platform/blobs/path'
import type { S3Options } from '@cairn/platform/blobs/s3-client'
import { ApiError } from '@cairn/platform/errors'
import { inFolder } from './folder-files.js'
import type { SourceFiles } from './source.js'

const PROXIED = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/s

/**
 * Where the artifacts of a store on this machine may lie: what a store names outside of these places is not read, so
 * that a store from elsewhere cannot name the files of who migrates it.
 */
export class ArtifactRoots {
  readonly #folders: readonly string[]
  readonly #proxied: string | undefined
  readonly #s3: S3Options

  /** @param proxied what the server of the store had as its artifacts destination: a folder or s3://… */
  constructor(s3: S3Options, proxied?: string, folders: readonly string[] = []) {
    this.#s3 = s3
    this.#proxied = proxied
    this.#folders = folders
  }

  /** One more folder that is read. */
  with(folder: string): ArtifactRoots {
    return new ArtifactRoots(this.#s3, this.#proxied, [...this.#folders, resolve(folder)])
  }

  /** The files at an artifact URI. @throws FAILED_PRECONDITION, saying what to do, when it may not be read */
  files(uri: string): SourceFiles {
    if (uri.startsWith('s3://')) return inStore(() => openBlobs(uri, this.#s3))
    const inProxy = PROXIED.exec(uri)?.[1]
    if (inProxy !== undefined) return this.#ofProxy(uri, inProxy)
    if (/^[a-z][a-z0-9+.-]+:/i.test(uri) && !uri.startsWith('file:'))
      throw refused(uri, 'this kind of storage cannot be read; migrate from the running server instead')
    const folder = resolve(uri.startsWith('file:') ? fileURLToPath(uri) : uri)
    if (!this.#allowed.some((root) => folder === root || folder.startsWith(`${root}/`)))
      throw refused(uri, 'it lies outside of the store; name its folder with --artifacts-from')
    return this.inFolder(folder)
  }

  /** The files of a folder of the store, wherever it says that they are; links out of these places are left out. */
  inFolder(folder: string): SourceFiles {
    return inFolder(folder, this.#allowed)
  }

  get #allowed(): readonly string[] {
    const isFolder = this.#proxied && !this.#proxied.startsWith('s3://')
    return isFolder ? [...this.#folders, resolve(this.#proxied)] : this.#folders
  }

  #ofProxy(uri: string, path: string): SourceFiles {
    if (!this.#proxied)
      throw refused(uri, "name the server's artifacts destination with --artifacts-from FOLDER or s3://…")
    const key = normalizeKey(path)
    if (this.#proxied.startsWith('s3://')) return this.files(`${this.#proxied.replace(/\/$/, '')}/${key}`)
    return this.inFolder(join(resolve(this.#proxied), key))
  }
}

const refused = (uri: string, what: string) =>
  new ApiError('FAILED_PRECONDITION', `Artifacts at '${uri}' are not read: ${what}, or use --no-artifacts.`)

function inStore(open: () => Promise<Blobs>): SourceFiles {
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
