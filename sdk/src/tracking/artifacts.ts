import { CairnError } from '../cairn-error.js'
import type { StoredArtifact } from '../run/run-sink.js'
import { type Content, segment, type Transport } from '../transport.js'
import type { FileInfo } from '../wire.js'
import { hashContent } from './hash-content.js'

const BASE = '/api/2.0/mlflow-artifacts/artifacts'

/** Ten minutes, and what a slow line of 100 kB/s takes; timers know no more than 24 days. */
export const timeLimit = (content: Content) => Math.min(600_000 + sizeOf(content) / 100, 2 ** 31 - 1)

/**
 * Files of a run or a logged model, through the server. `root` is the record's `artifact_uri`
 * (`mlflow-artifacts:/…`), `path` is relative to it. Bodies stream both ways.
 */
export class Artifacts {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** One level below `path`, paths relative to `root`; an absent folder is empty. */
  async list(root: string, path = ''): Promise<FileInfo[]> {
    const folder = [...rootSegments(root), ...pathSegments(path)].join('/')
    const answer = await this.#transport.call<{ files?: FileInfo[] }>({
      method: 'GET',
      path: BASE,
      query: { path: folder },
    })
    const prefix = pathSegments(path).map((part) => `${part}/`)
    return (answer.files ?? []).map((file) => ({ ...file, path: prefix.join('') + file.path }))
  }

  /** Every file below `path`, at any depth. */
  async *walk(root: string, path = ''): AsyncGenerator<FileInfo> {
    for (const file of await this.list(root, path)) {
      if (file.is_dir) yield* this.walk(root, file.path)
      else yield file
    }
  }

  /** The file's bytes as a stream; RESOURCE_DOES_NOT_EXIST when it is not there. */
  async get(root: string, path: string): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#transport.open({ method: 'GET', path: this.#url(root, path) })
    return response.body ?? new ReadableStream({ start: (controller) => controller.close() })
  }

  async getText(root: string, path: string): Promise<string> {
    return new Response(await this.get(root, path)).text()
  }

  /**
   * Creates or replaces; a file of any size passes through without being held in memory.
   *
   * @returns what was sent: its size and SHA-256.
   */
  async put(root: string, path: string, content: Content): Promise<StoredArtifact> {
    const headers: Record<string, string> = { 'content-type': 'application/octet-stream' }
    // Servers behind WSGI read a body without a length as empty.
    if (typeof content === 'object' && 'open' in content) headers['content-length'] = String(content.size)
    const url = this.#url(root, path)
    const hashed = await hashContent(content)
    const request = { path: url, content: hashed.content, headers, timeoutMs: timeLimit(content) }
    await this.#transport.call({ method: 'PUT', ...request })
    return { path, ...hashed.digest() }
  }

  async delete(root: string, path: string): Promise<void> {
    await this.#transport.call({ method: 'DELETE', path: this.#url(root, path) })
  }

  #url(root: string, path: string): string {
    return [BASE, ...[...rootSegments(root), ...fileSegments(path)].map(segment)].join('/')
  }
}

function sizeOf(content: Content): number {
  if (typeof content === 'string') return content.length
  return content instanceof Uint8Array ? content.byteLength : content.size
}

/** @throws TypeError for a path that no artifact can have */
export function fileSegments(path: string): string[] {
  const parts = pathSegments(path)
  if (parts.length === 0) throw new TypeError('An artifact needs a path')
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
