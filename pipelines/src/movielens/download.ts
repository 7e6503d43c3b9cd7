import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDiskFull } from '@cairn/platform/blobs/disk-errors'
import { ApiError, invalid } from '@cairn/platform/errors'
import { EDITIONS, isEdition } from './editions.js'
import { type OnProgress, Progress } from './progress.js'
import { md5Of } from './source.js'

export interface DownloadOptions {
  readonly onProgress?: OnProgress
  readonly signal?: AbortSignal
  /** The URL of the folder with the archives. */
  readonly baseUrl?: string
  /** The delay before the first retry; it doubles with each further one. */
  readonly retryMs?: number
  /** A connection without data for this time is closed, and the download resumed. */
  readonly stallMs?: number
}

const GROUPLENS = 'https://files.grouplens.org/datasets/movielens'
/** Consecutive failures; received data reset the count. */
const MAX_FAILURES = 6

/**
 * Downloads the archive of an edition into `folder` and verifies its MD5. Resumes an interrupted download of this or an
 * earlier process, unless the archive has changed. An existing archive is only verified.
 *
 * @returns the archive's path
 * @throws INVALID_PARAMETER_VALUE for an unknown edition, TEMPORARILY_UNAVAILABLE when the server cannot be reached or
 *   the download has another MD5, CANCELLED
 */
export async function downloadEdition(
  edition: string,
  folder: string,
  options: DownloadOptions = {},
): Promise<string> {
  if (!isEdition(edition))
    throw invalid(`Unknown edition '${edition}'; supported: ${Object.keys(EDITIONS).join(', ')}.`)
  const url = `${options.baseUrl ?? GROUPLENS}/${edition}.zip`
  const path = join(folder, `${edition}.zip`)
  const progress = new Progress(options.onProgress)
  await mkdir(folder, { recursive: true })
  const md5 = EDITIONS[edition].md5 ?? (await publishedMd5(`${url}.md5`, options))
  if (await isComplete(path, md5, progress, options.signal)) return path
  const part = new PartialFile(`${path}.part`)
  progress.begin('download', edition, 0, 'bytes')
  await fetchWithRetries(url, part, progress, options)
  progress.begin('verify', edition, await part.size(), 'bytes')
  const actual = await md5Of(part.path, (bytes) => progress.advance(bytes), options.signal)
  if (actual !== md5) {
    await part.remove()
    throw unavailable(
      `The download of ${edition} was removed: its MD5 is ${actual}, but should be ${md5}. Try again.`,
    )
  }
  await rename(part.path, path)
  await part.remove()
  return path
}

/** A partial download, and the ETag of its archive. */
class PartialFile {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  async size(): Promise<number> {
    return (await stat(this.path).catch(() => undefined))?.size ?? 0
  }

  etag = (): Promise<string> => readFile(`${this.path}.etag`, 'utf8').catch(() => '')

  async restart(etag: string): Promise<void> {
    await rm(this.path, { force: true })
    await writeFile(`${this.path}.etag`, etag)
  }

  async remove(): Promise<void> {
    for (const path of [this.path, `${this.path}.etag`]) await rm(path, { force: true })
  }
}

const unavailable = (message: string, cause?: unknown) =>
  new ApiError('TEMPORARILY_UNAVAILABLE', message, { cause })

async function isComplete(
  path: string,
  md5: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return false
  progress.begin('verify', path, found.size, 'bytes')
  return (await md5Of(path, (bytes) => progress.advance(bytes), signal)) === md5
}

async function fetchWithRetries(
  url: string,
  part: PartialFile,
  progress: Progress,
  options: DownloadOptions,
): Promise<void> {
  for (let failures = 0; ; ) {
    const before = await part.size()
    try {
      return await fetchRemaining(url, part, progress, options)
    } catch (error) {
      throwIfPermanent(error, part, options.signal)
      failures = (await part.size()) > before ? 1 : failures + 1
      if (failures === MAX_FAILURES)
        throw unavailable(`${url} cannot be downloaded: ${reasonOf(error)}`, error)
    }
    const pause = (options.retryMs ?? 1000) * 2 ** (failures - 1)
    await sleep(pause, undefined, options.signal ? { signal: options.signal } : {}).catch(() => undefined)
  }
}

function throwIfPermanent(error: unknown, part: PartialFile, signal: AbortSignal | undefined): void {
  const cause = { cause: error }
  if (signal?.aborted) throw new ApiError('CANCELLED', 'The download was cancelled.', cause)
  if (error instanceof ApiError) throw error
  if (isDiskFull(error))
    throw new ApiError('INSUFFICIENT_STORAGE', `No space left on the disk for ${part.path}.`, cause)
}

const reasonOf = (error: unknown) => {
  const { message, cause } = error as Error
  return cause instanceof Error ? cause.message : message
}

/** Requests the missing bytes once. Resolves when the file is complete. */
async function fetchRemaining(
  url: string,
  part: PartialFile,
  progress: Progress,
  options: DownloadOptions,
): Promise<void> {
  const size = await part.size()
  const etag = await part.etag()
  const resume = size > 0 && etag !== ''
  const watch = watchdog(options)
  try {
    const headers: Record<string, string> = resume ? { range: `bytes=${size}-`, 'if-range': etag } : {}
    const response = await fetch(url, { headers, signal: watch.signal })
    if (response.status === 416 && response.headers.get('content-range') === `bytes */${size}`) return
    requireOk(response, url)
    const isResumed = resume && response.status === 206
    if (!isResumed) await part.restart(response.headers.get('etag') ?? '')
    const start = isResumed ? size : 0
    const length = Number(response.headers.get('content-length') ?? 0)
    let done = start
    progress.at(done, length && start + length)
    const counted = async function* (body: AsyncIterable<Uint8Array>) {
      for await (const chunk of body) {
        watch.reset()
        done += chunk.length
        progress.at(done)
        yield chunk
      }
    }
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
    await pipeline(body, counted, createWriteStream(part.path, { flags: 'a' }))
    if (length && done !== start + length)
      throw new Error(`the server sent ${done} of ${start + length} bytes`)
  } finally {
    watch.stop()
  }
}

function requireOk(response: Response, url: string): void {
  if (response.status === 200 || response.status === 206) return
  const message = `${url} returned ${response.status}.`
  if (response.status >= 500 || response.status === 416 || response.status === 429) throw new Error(message)
  throw unavailable(message)
}

/** Aborts a request that receives no data for `stallMs`. */
function watchdog({ signal, stallMs = 60_000 }: DownloadOptions) {
  const controller = new AbortController()
  const abort = () => controller.abort(signal?.reason)
  signal?.addEventListener('abort', abort)
  if (signal?.aborted) abort()
  const timer = setTimeout(() => controller.abort(new Error(`no data for ${stallMs} ms`)), stallMs)
  const stop = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
  return { signal: controller.signal, reset: () => timer.refresh(), stop }
}

/** Reads `MD5 (ml-latest.zip) = 0123…` or `0123…  ml-latest.zip`. */
async function publishedMd5(url: string, options: DownloadOptions): Promise<string> {
  const response = await fetch(url, options.signal ? { signal: options.signal } : {}).catch((error) => {
    throw unavailable(`${url} cannot be read: ${reasonOf(error)}`, error)
  })
  const [md5] = /[0-9a-f]{32}/.exec(response.ok ? await response.text() : '') ?? []
  if (!md5) throw unavailable(`${url} contains no MD5.`)
  return md5
}
