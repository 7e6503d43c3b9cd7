import { realpath } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Config, s3Options } from '../config.js'
import { ApiError, invalid } from '../errors.js'
import type { Blobs } from './blobs.js'
import { openBlobs } from './open.js'
import { INCOMING, normalizeKey, withoutTrailingSlashes } from './path.js'
import type { S3Options } from './s3-client.js'

export interface BlobLocation {
  readonly blobs: Blobs
  readonly key: string
  /** Whether clients reach it through this server only. */
  readonly proxied: boolean
}

/** Folders of the store that hold governed data, imports before they are tables too: only the catalog opens them. */
const GOVERNED = ['tables', 'volumes', 'imports']

/** As clients resolve them: a query or fragment is no part of the path. */
const PROXIED = [
  /^mlflow-artifacts:(?:\/\/[^/?#]*)?\/*([^?#]*)/i,
  /^https?:\/\/[^/?#]+(?:\/[^?#]*?)?\/(?:ajax-)?api\/2\.0\/mlflow-artifacts\/artifacts(?:\/+([^?#]*))?(?:[?#]|$)/i,
]

export interface ArtifactLocationsOptions {
  /** The proxied store. */
  readonly proxied: Blobs
  /** Locations that clients reach by themselves and the server may touch too; what lies in the proxied store is skipped. */
  readonly roots: readonly string[]
  readonly s3: S3Options
}

/** Where artifacts lie: in the proxied store, or below the direct roots that the server was started with. */
export class ArtifactLocations {
  readonly #proxied: Blobs
  readonly #roots: readonly string[]
  readonly #s3: S3Options
  readonly #opened = new Map<string, Promise<Blobs>>()

  constructor({ proxied, roots, s3 }: ArtifactLocationsOptions) {
    this.#proxied = proxied
    this.#roots = roots.filter((root) => proxiedPath(root) === undefined).map(canonical)
    this.#s3 = s3
  }

  /** @throws INVALID_PARAMETER_VALUE for a path that leaves the store, PERMISSION_DENIED for governed data */
  proxied(path: string): BlobLocation {
    const key = normalizeKey(path)
    if (isGoverned(key))
      throw new ApiError(
        'PERMISSION_DENIED',
        `'${key}' holds governed data and is no artifact: read it through the catalog.`,
      )
    return { blobs: this.#proxied, key, proxied: true }
  }

  /**
   * `path` below the artifact location `uri` of a run or model.
   *
   * @throws INVALID_PARAMETER_VALUE for a path that leaves it, or a location that only clients can reach
   */
  async resolve(uri: string, path = ''): Promise<BlobLocation> {
    const inside = normalizeKey(path)
    const folder = proxiedPath(uri)
    if (folder !== undefined) return this.proxied([folder, inside].filter(Boolean).join('/'))
    const location = canonical(uri)
    const root = this.#roots.find((one) => isWithin(location, one))
    if (root === undefined)
      throw invalid(
        `Artifacts at '${uri}' are not served by this server: it reads only below its own artifact roots. Read them from there directly.`,
      )
    const blobs = await this.#open(root)
    const key = normalizeKey(
      [location.slice(root.length).replace(/^\/+/, ''), inside].filter(Boolean).join('/'),
    )
    await this.#refuseGoverned(blobs, key)
    return { blobs, key, proxied: false }
  }

  /** Where the files at a location are, in one spelling: a folder has many. Also of what this server does not reach. */
  async canonical(uri: string): Promise<string> {
    try {
      const folder = proxiedPath(uri)
      const store = this.#proxied
      const place =
        folder === undefined
          ? canonical(uri)
          : (store.localPath ?? store.uri).call(store, normalizeKey(folder))
      return isAbsolute(place) ? await realPlace(place) : withoutTrailingSlashes(place)
    } catch (error) {
      if (error instanceof ApiError && error.statusCode < 500) return uri // names no place at all
      throw error
    }
  }

  /** A direct root may lie over the proxied store, by links too: what is governed there stays so. */
  async #refuseGoverned(blobs: Blobs, key: string) {
    const places = blobs.localPath
      ? [blobs.localPath(key), await realPlace(blobs.localPath(key))]
      : [blobs.uri(key)]
    const store = this.#proxied.localPath?.('') ?? withoutTrailingSlashes(this.#proxied.uri(''))
    for (const folder of [...GOVERNED, INCOMING])
      if (places.some((place) => isWithin(place, `${store}/${folder}`)))
        throw new ApiError(
          'PERMISSION_DENIED',
          `'${blobs.uri(key)}' holds governed data and is no artifact: read it through the catalog.`,
        )
  }

  /** Once; a store that was away is tried again. */
  #open(root: string): Promise<Blobs> {
    const opened = this.#opened.get(root)
    if (opened) return opened
    const opening = openBlobs(root, this.#s3).catch((error) => {
      this.#opened.delete(root)
      throw error
    })
    this.#opened.set(root, opening)
    return opening
  }
}

/** Whatever the case: there are file systems that do not tell it apart. */
export const isGoverned = (key: string) => GOVERNED.includes(key.split('/')[0]!.toUpperCase().toLowerCase())

const isWithin = (location: string, root: string) => location === root || location.startsWith(`${root}/`)

function proxiedPath(uri: string): string | undefined {
  const match = PROXIED.map((pattern) => pattern.exec(uri)).find(Boolean)
  return match ? (match[1] ?? '') : undefined
}

/** Where a path leads when its links are followed; what does not exist yet is judged by what it would lie in. */
async function realPlace(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined)
  if (real !== undefined || path === dirname(path)) return real ?? path
  return join(await realPlace(dirname(path)), basename(path))
}

/** One spelling of a location, without `..`, so that what lies below a root can be told by its beginning. */
function canonical(uri: string): string {
  if (uri.startsWith('file:')) return resolve(pathOf(uri))
  if (!/^[a-z][a-z0-9+.-]+:/i.test(uri)) return resolve(uri)
  return withoutTrailingSlashes(uri.replace(/[?#].*$/s, ''))
}

function pathOf(uri: string): string {
  try {
    return fileURLToPath(new URL(uri))
  } catch (cause) {
    throw invalid(`Invalid artifact location '${uri}': a file URI names a folder of this machine.`, { cause })
  }
}

/** The places of a server: its proxied store, its default artifact root, and the further roots it was given. */
export const artifactLocations = (config: Config, proxied: Blobs) =>
  new ArtifactLocations({
    proxied,
    roots: [
      config.default_artifact_root,
      ...config.artifact_roots.split(',').map((root) => root.trim()),
    ].filter(Boolean),
    s3: s3Options(config),
  })
