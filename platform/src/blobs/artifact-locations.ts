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
  /** True if clients can reach it only through this server. */
  readonly proxied: boolean
}

/** The folders of governed data, including imports that are not tables yet. Only their own service may open them. */
const GOVERNED = ['tables', 'volumes', 'imports', 'workspace']

/** Match URIs of the proxied store as clients resolve them, without query and fragment. */
const PROXIED = [
  /^mlflow-artifacts:(?:\/\/[^/?#]*)?\/*([^?#]*)/i,
  /^https?:\/\/[^/?#]+(?:\/[^?#]*?)?\/(?:ajax-)?api\/2\.0\/mlflow-artifacts\/artifacts(?:\/+([^?#]*))?(?:[?#]|$)/i,
]

export interface ArtifactLocationsOptions {
  /** The proxied store. */
  readonly proxied: Blobs
  /** Locations that clients reach directly and the server may access too. Those in the proxied store are ignored. */
  readonly roots: readonly string[]
  readonly s3: S3Options
}

/** Resolves artifact URIs to blobs in the proxied store, or below the configured direct roots. */
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
        `'${key}' is governed data, not an artifact: read it through the catalog.`,
      )
    return { blobs: this.#proxied, key, proxied: true }
  }

  /**
   * Resolves `path` below the artifact location `uri` of a run or model.
   *
   * @throws INVALID_PARAMETER_VALUE if the path leaves the location, or only clients can reach the location
   */
  async resolve(uri: string, path = ''): Promise<BlobLocation> {
    const inside = normalizeKey(path)
    const folder = proxiedPath(uri)
    if (folder !== undefined) return this.proxied([folder, inside].filter(Boolean).join('/'))
    const location = canonical(uri)
    const root = this.#roots.find((one) => isWithin(location, one))
    if (root === undefined)
      throw invalid(
        `Artifacts at '${uri}' are not served by this server, which reads only below its artifact roots. Read them there directly.`,
      )
    const blobs = await this.#open(root)
    const key = normalizeKey(
      [location.slice(root.length).replace(/^\/+/, ''), inside].filter(Boolean).join('/'),
    )
    await this.#rejectGoverned(blobs, key)
    return { blobs, key, proxied: false }
  }

  /** Returns the folder of an artifact URI in the proxied store; undefined for other locations and for invalid paths. */
  proxiedFolder(uri: string): string | undefined {
    const folder = proxiedPath(uri)
    try {
      return folder && normalizeKey(folder)
    } catch {
      return undefined
    }
  }

  /** Returns one spelling for all URIs of the same folder, including locations that this server cannot reach. */
  async canonical(uri: string): Promise<string> {
    try {
      const folder = proxiedPath(uri)
      const store = this.#proxied
      const location =
        folder === undefined
          ? canonical(uri)
          : (store.localPath ?? store.uri).call(store, normalizeKey(folder))
      return isAbsolute(location) ? await realLocation(location) : withoutTrailingSlashes(location)
    } catch (error) {
      if (error instanceof ApiError && error.statusCode < 500) return uri // not a location at all
      throw error
    }
  }

  /** Protects governed data below a direct root, which may contain the proxied store, also through symbolic links. */
  async #rejectGoverned(blobs: Blobs, key: string) {
    const locations = blobs.localPath
      ? [blobs.localPath(key), await realLocation(blobs.localPath(key))]
      : [blobs.uri(key)]
    const store = this.#proxied.localPath?.('') ?? withoutTrailingSlashes(this.#proxied.uri(''))
    for (const folder of [...GOVERNED, INCOMING])
      if (locations.some((one) => isWithin(one, `${store}/${folder}`)))
        throw new ApiError(
          'PERMISSION_DENIED',
          `'${blobs.uri(key)}' is governed data, not an artifact: read it through the catalog.`,
        )
  }

  /** Opens each store once. After a failure the next call tries again. */
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

/** Ignores case, because some file systems do. */
export const isGoverned = (key: string) => GOVERNED.includes(key.split('/')[0]!.toUpperCase().toLowerCase())

const isWithin = (location: string, root: string) => location === root || location.startsWith(`${root}/`)

function proxiedPath(uri: string): string | undefined {
  const match = PROXIED.map((pattern) => pattern.exec(uri)).find(Boolean)
  return match ? (match[1] ?? '') : undefined
}

/** Resolves the symbolic links of a path, or of its nearest existing ancestor if the path does not exist. */
async function realLocation(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined)
  if (real !== undefined || path === dirname(path)) return real ?? path
  return join(await realLocation(dirname(path)), basename(path))
}

/** Normalizes a location and removes `..`, so that its prefix shows whether it is below a root. */
function canonical(uri: string): string {
  if (uri.startsWith('file:')) return resolve(pathOf(uri))
  if (!/^[a-z][a-z0-9+.-]+:/i.test(uri)) return resolve(uri)
  return withoutTrailingSlashes(uri.replace(/[?#].*$/s, ''))
}

function pathOf(uri: string): string {
  try {
    return fileURLToPath(new URL(uri))
  } catch (cause) {
    throw invalid(
      `Invalid artifact location '${uri}': a file URI must be the path of a folder on this machine.`,
      { cause },
    )
  }
}

/** Creates the locations of a server: the proxied store, the default artifact root and the further roots of its settings. */
export const artifactLocations = (config: Config, proxied: Blobs) =>
  new ArtifactLocations({
    proxied,
    roots: [
      config.default_artifact_root,
      ...config.artifact_roots.split(',').map((root) => root.trim()),
    ].filter(Boolean),
    s3: s3Options(config),
  })
