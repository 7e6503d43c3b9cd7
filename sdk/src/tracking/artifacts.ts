import { CairnError } from '../cairn-error.js'
import { type Content, encodeSegment, type Transport } from '../transport.js'
import type { FileInfo } from '../wire.js'
import { hashContent } from './hash-content.js'

const BASE = '/api/2.0/mlflow-artifacts/artifacts'

/** Ten minutes plus the transfer time at 100 kB/s, capped at the 24 days that timers support. */
export const uploadTimeoutMs = (content: Content) => Math.min(600_000 + sizeOf(content) / 100, 2 ** 31 - 1)

/** Path, size and digest of a stored file. */
export interface StoredArtifact {
  readonly path: string
  readonly size: number
  /** Hex digest of the bytes sent. */
  readonly sha256: string
}

/**
 * Artifacts of a run or logged model, through the tracking server. `root` is the record's `artifact_uri`
 * (`mlflow-artifacts:/…`), `path` is relative to it. Uploads and downloads are streamed.
 */
export class Artifacts {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Lists one level below `path`, with paths relative to `root`; a missing folder is empty. */
  async list(root: string, path = ''): Promise<FileInfo[]> {
    const folder = [...rootSegments(root), ...pathSegments(path)].join('/')
    const response = await this.#transport.call<{ files?: FileInfo[] }>({
      method: 'GET',
      path: BASE,
      query: { path: folder },
    })
    const prefix = pathSegments(path).map((part) => `${part}/`)
    return (response.files ?? []).map((file) => ({ ...file, path: prefix.join('') + file.path }))
  }

  /** Yields every file below `path`, at any depth. */
  async *walk(root: string, path = ''): AsyncGenerator<FileInfo> {
    for (const file of await this.list(root, path)) {
      if (file.is_dir) yield* this.walk(root, file.path)
      else yield file
    }
  }

  /** Returns the file's bytes as a stream. @throws CairnError RESOURCE_DOES_NOT_EXIST */
  async get(root: string, path: string): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#transport.open({ method: 'GET', path: this.#url(root, path) })
    return response.body ?? new ReadableStream({ start: (controller) => controller.close() })
  }

  async getText(root: string, path: string): Promise<string> {
    return new Response(await this.get(root, path)).text()
  }

  /**
   * Creates or replaces a file. Streams are not buffered in memory.
   *
   * @returns the size and SHA-256 of the bytes sent
   */
  async put(root: string, path: string, content: Content): Promise<StoredArtifact> {
    const headers: Record<string, string> = { 'content-type': 'application/octet-stream' }
    // WSGI servers read a body without a length as empty.
    if (typeof content === 'object' && 'open' in content) headers['content-length'] = String(content.size)
    const url = this.#url(root, path)
    const hashed = await hashContent(content)
    const request = { path: url, content: hashed.content, headers, timeoutMs: uploadTimeoutMs(content) }
    await this.#transport.call({ method: 'PUT', ...request })
    return { path, ...hashed.digest() }
  }

  async delete(root: string, path: string): Promise<void> {
    await this.#transport.call({ method: 'DELETE', path: this.#url(root, path) })
  }

  #url(root: string, path: string): string {
    return [BASE, ...[...rootSegments(root), ...artifactPathSegments(path)].map(encodeSegment)].join('/')
  }
}

function sizeOf(content: Content): number {
  if (typeof content === 'string') return content.length
  return content instanceof Uint8Array ? content.byteLength : content.size
}

/** Splits an artifact path. @throws TypeError for an invalid path */
export function artifactPathSegments(path: string): string[] {
  const parts = pathSegments(path)
  if (parts.length === 0) throw new TypeError('An artifact path must not be empty')
  return parts
}

function rootSegments(root: string): string[] {
  const match = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(root)
  if (!match)
    throw new CairnError(
      'NOT_IMPLEMENTED',
      `Artifacts under '${root}' are not served by the tracking server; use an experiment whose location starts with mlflow-artifacts:/`,
      0,
    )
  return pathSegments(match[1]!)
}

function pathSegments(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (path.startsWith('/') || parts.includes('..'))
    throw new TypeError(`Not a relative artifact path: ${JSON.stringify(path)}`)
  return parts
}
