import { createHash, randomFillSync } from 'node:crypto'
import { send } from '../harness/api.js'
import type { Random } from '../harness/random.js'
import { Client } from './client.js'
import type { CrashingServer } from './crashing-server.js'

const STORE = '/api/2.0/mlflow-artifacts'
const MEBIBYTE = 1024 * 1024

export interface SentFile {
  readonly sha256: string
  acknowledged: boolean
}

interface Upload {
  readonly upload_id: string
  readonly credentials: readonly { readonly url: string; readonly part_number: number }[]
}

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A client that uploads files with distinct names, single and multipart, and never retries. */
export class Uploader {
  readonly #folder: string
  readonly #server: CrashingServer
  readonly #client: Client
  readonly #random: Random
  /** Uploads by path. */
  readonly sent = new Map<string, SentFile>()
  completed = 0

  constructor(folder: string, server: CrashingServer, random: Random) {
    this.#folder = folder
    this.#server = server
    this.#client = new Client(server)
    this.#random = random
  }

  get refusals(): readonly string[] {
    return this.#client.refusals
  }

  async work(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      if (this.#random.next() < 0.5) await this.#whole()
      else await this.#inParts()
    }
  }

  async #whole() {
    const { path, bytes, file } = this.#next(this.#random.int(1, 12 * MEBIBYTE))
    if (await this.#client.ask('PUT', `${STORE}/artifacts/${path}`, { body: bytes })) file.acknowledged = true
  }

  /** S3 requires 5 MiB per part, except the last. */
  async #inParts() {
    const size = 5 * MEBIBYTE
    const { path, bytes, file } = this.#next(this.#random.int(size, 3 * size))
    const url = await this.#server.url()
    const num_parts = Math.ceil(bytes.length / size)
    const created = await this.#post(url, 'create', { path, num_parts })
    if (!created) return
    const { upload_id, credentials } = created.json<Upload>()
    const parts = await Promise.all(
      credentials.map(async (credential) => {
        const to = new URL(credential.url)
        const part = bytes.subarray((credential.part_number - 1) * size, credential.part_number * size)
        const answer = await this.#client.askAt(to.origin, 'PUT', to.pathname + to.search, { body: part })
        return { part_number: credential.part_number, etag: answer?.headers.get('etag') ?? undefined }
      }),
    )
    if (parts.some(({ etag }) => etag === undefined)) return
    const body = { path, upload_id, parts }
    if (!(await this.#post(url, 'complete', body))) return
    file.acknowledged = true
    this.completed++
  }

  #next(size: number) {
    const path = `${this.#folder}/${this.sent.size}.bin`
    const bytes = randomFillSync(Buffer.alloc(size))
    const file: SentFile = { sha256: sha256(bytes), acknowledged: false }
    this.sent.set(path, file)
    return { path, bytes, file }
  }

  #post = (url: string, step: 'create' | 'complete', body: object) =>
    this.#client.askAt(url, 'POST', `${STORE}/mpu/${step}/${this.#folder}`, { body })
}

/** Differences between the store and the acknowledged uploads, one sentence each. */
export async function uploadDifferences(url: string, folder: string, sent: ReadonlyMap<string, SentFile>) {
  const { files = [] } = (await send(url, 'GET', `${STORE}/artifacts`, { query: { path: folder } })).json<{
    files?: { path: string; file_size: number }[]
  }>()
  const found = new Set(files.map(({ path }) => `${folder}/${path}`))
  const differences: string[] = []
  for (const path of found) {
    const file = sent.get(path)
    const { status, bytes } = await send(url, 'GET', `${STORE}/artifacts/${path}`)
    if (!file) differences.push(`${path} exists, but nobody sent it`)
    else if (status !== 200 || sha256(bytes) !== file.sha256)
      differences.push(`${path} differs from the sent file: ${status}, ${bytes.length} bytes`)
  }
  for (const [path, { acknowledged }] of sent)
    if (acknowledged && !found.has(path)) differences.push(`${path} was acknowledged and is lost`)
  return differences
}
