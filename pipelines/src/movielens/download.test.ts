import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { downloadEdition } from './download.js'
import type { ImportProgress } from './progress.js'

const BODY = randomBytes(1_000_000)
const MD5 = createHash('md5').update(BODY).digest('hex')

let folder: string
let server: Server
let baseUrl: string
/** The server's reactions to the requests for the archive, in order; afterwards it serves the whole body. */
let script: ((request: IncomingMessage, response: ServerResponse) => void)[]
let ranges: (string | undefined)[]
let etag: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-download-'))
  script = []
  ranges = []
  etag = '"one"'
  server = createServer((request, response) => {
    if (request.url?.endsWith('.md5')) return response.end(`MD5 (ml-latest-small.zip) = ${MD5}\n`)
    ranges.push(request.headers.range)
    ;(script.shift() ?? serve())(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Serves the body or the requested range, and closes the connection after `bytes` if given. */
const serve =
  (bytes?: number, body = BODY) =>
  (request: IncomingMessage, response: ServerResponse) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
    const start = range && request.headers['if-range'] === etag ? Number(range[1]) : 0
    const contentRange = { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }
    response.writeHead(start ? 206 : 200, {
      etag,
      'content-length': body.length - start,
      ...(start && contentRange),
    })
    if (bytes === undefined) return response.end(body.subarray(start))
    return response.write(body.subarray(start, start + bytes), () =>
      setTimeout(() => request.socket.destroy(), 20),
    )
  }
const respond = (status: number) => (_: IncomingMessage, response: ServerResponse) =>
  response.writeHead(status).end()

const download = (options: Parameters<typeof downloadEdition>[2] = {}) =>
  downloadEdition('ml-latest-small', folder, { baseUrl, retryMs: 1, ...options })

describe('downloadEdition', () => {
  test('downloads the archive, reports progress, and leaves no partial file', async () => {
    const seen: ImportProgress[] = []
    const path = await download({ onProgress: (progress) => seen.push(progress) })
    expect(readFileSync(path).equals(BODY)).toBe(true)
    expect(readdirSync(folder)).toEqual(['ml-latest-small.zip'])
    expect(seen).toContainEqual(
      expect.objectContaining({ phase: 'download', done: 1_000_000, total: 1_000_000 }),
    )
  })

  test('resumes after each lost connection', async () => {
    script = [serve(100_000), serve(200_000), respond(503), serve(300_000)]
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
    expect(ranges[0]).toBeUndefined()
    expect(ranges).toHaveLength(5)
    expect(ranges.at(-1)).toMatch(/^bytes=[1-9]\d+-$/)
  })

  test('resumes the download of an earlier process', async () => {
    writeFileSync(join(folder, 'ml-latest-small.zip.part'), BODY.subarray(0, 400_000))
    writeFileSync(join(folder, 'ml-latest-small.zip.part.etag'), etag)
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
    expect(ranges).toEqual(['bytes=400000-'])
  })

  test('starts again when the archive has changed or the ETag is unknown', async () => {
    const part = join(folder, 'ml-latest-small.zip.part')
    writeFileSync(part, Buffer.alloc(400_000))
    writeFileSync(`${part}.etag`, '"older"')
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
    rmSync(join(folder, 'ml-latest-small.zip'))
    writeFileSync(part, Buffer.alloc(400_000))
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
    expect(ranges).toEqual(['bytes=400000-', undefined])
  })

  test('only verifies a complete partial file', async () => {
    writeFileSync(join(folder, 'ml-latest-small.zip.part'), BODY)
    writeFileSync(join(folder, 'ml-latest-small.zip.part.etag'), etag)
    script = [(_, response) => response.writeHead(416, { 'content-range': 'bytes */1000000' }).end()]
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
  })

  test('downloads an outdated archive again, but not a current one', async () => {
    writeFileSync(join(folder, 'ml-latest-small.zip'), 'older')
    await download()
    await download()
    expect(ranges).toEqual([undefined])
  })

  test('removes and reports a download with another MD5', async () => {
    script = [serve(undefined, randomBytes(1000))]
    await expect(download()).rejects.toMatchObject({
      code: 'TEMPORARILY_UNAVAILABLE',
      message: expect.stringContaining(MD5),
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('uses the built-in MD5 of a fixed edition', async () => {
    const downloading = downloadEdition('ml-100k', folder, { baseUrl, retryMs: 1 })
    await expect(downloading).rejects.toThrow('should be 0e33842e24a9c977be4e0107933c0723')
  })

  test('gives up after consecutive failures, and keeps the partial file', async () => {
    script = [serve(100_000), ...Array.from({ length: 8 }, () => respond(502))]
    await expect(download()).rejects.toMatchObject({
      code: 'TEMPORARILY_UNAVAILABLE',
      message: expect.stringContaining('502'),
    })
    expect(readdirSync(folder)).toContain('ml-latest-small.zip.part')
    script = []
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
  })

  test('reports a missing archive and an unknown edition without retries', async () => {
    script = [respond(404)]
    await expect(download()).rejects.toThrow('returned 404')
    await expect(downloadEdition('ml-33m', folder)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('ml-32m, ml-25m'),
    })
  })

  test('resumes after a stalled connection', async () => {
    script = [
      (_, response) => {
        response.writeHead(200, { etag, 'content-length': BODY.length })
        response.write(BODY.subarray(0, 50_000))
      },
    ]
    expect(readFileSync(await download({ stallMs: 200 })).equals(BODY)).toBe(true)
    expect(ranges[1]).toBe('bytes=50000-')
  })

  test('stops when it is cancelled', async () => {
    const controller = new AbortController()
    script = [() => controller.abort()]
    await expect(download({ signal: controller.signal })).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
