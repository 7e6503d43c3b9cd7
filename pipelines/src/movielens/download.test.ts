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
/** What the server is to do with each request for the archive, in order; beyond, it serves all. */
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

/** Serves the body or the asked range of it, and hangs up after `bytes` where that is given. */
const serve =
  (bytes?: number, body = BODY) =>
  (request: IncomingMessage, response: ServerResponse) => {
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
    const start = asked && request.headers['if-range'] === etag ? Number(asked[1]) : 0
    const range = { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }
    response.writeHead(start ? 206 : 200, {
      etag,
      'content-length': body.length - start,
      ...(start && range),
    })
    if (bytes === undefined) return response.end(body.subarray(start))
    return response.write(body.subarray(start, start + bytes), () =>
      setTimeout(() => request.socket.destroy(), 20),
    )
  }
const answer = (status: number) => (_: IncomingMessage, response: ServerResponse) =>
  response.writeHead(status).end()

const download = (options: Parameters<typeof downloadEdition>[2] = {}) =>
  downloadEdition('ml-latest-small', folder, { baseUrl, retryMs: 1, ...options })

describe('downloading an edition', () => {
  test('brings the whole archive, tells how far it is, and leaves no part', async () => {
    const seen: ImportProgress[] = []
    const path = await download({ onProgress: (progress) => seen.push(progress) })
    expect(readFileSync(path).equals(BODY)).toBe(true)
    expect(readdirSync(folder)).toEqual(['ml-latest-small.zip'])
    expect(seen).toContainEqual(
      expect.objectContaining({ phase: 'download', done: 1_000_000, total: 1_000_000 }),
    )
  })

  test('goes on where the connection broke, however often', async () => {
    script = [serve(100_000), serve(200_000), answer(503), serve(300_000)]
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
    expect(ranges[0]).toBeUndefined()
    expect(ranges).toHaveLength(5)
    expect(ranges.at(-1)).toMatch(/^bytes=[1-9]\d+-$/)
  })

  test('goes on where an earlier process stopped', async () => {
    writeFileSync(join(folder, 'ml-latest-small.zip.part'), BODY.subarray(0, 400_000))
    writeFileSync(join(folder, 'ml-latest-small.zip.part.etag'), etag)
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
    expect(ranges).toEqual(['bytes=400000-'])
  })

  test('begins anew when the archive has changed, or when it cannot know', async () => {
    const part = join(folder, 'ml-latest-small.zip.part')
    writeFileSync(part, Buffer.alloc(400_000))
    writeFileSync(`${part}.etag`, '"older"')
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
    rmSync(join(folder, 'ml-latest-small.zip'))
    writeFileSync(part, Buffer.alloc(400_000))
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
    expect(ranges).toEqual(['bytes=400000-', undefined])
  })

  test('a part that is whole already is only checked', async () => {
    writeFileSync(join(folder, 'ml-latest-small.zip.part'), BODY)
    writeFileSync(join(folder, 'ml-latest-small.zip.part.etag'), etag)
    script = [(_, response) => response.writeHead(416, { 'content-range': 'bytes */1000000' }).end()]
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
  })

  test('an archive that is there is not fetched again; one that is outdated is', async () => {
    writeFileSync(join(folder, 'ml-latest-small.zip'), 'older')
    await download()
    await download()
    expect(ranges).toEqual([undefined])
  })

  test('a body with another MD5 is removed and told', async () => {
    script = [serve(undefined, randomBytes(1000))]
    await expect(download()).rejects.toMatchObject({
      code: 'TEMPORARILY_UNAVAILABLE',
      message: expect.stringContaining(MD5),
    })
    expect(readdirSync(folder)).toEqual([])
  })

  test('the published MD5 of a fixed edition is asked of nobody', async () => {
    const downloading = downloadEdition('ml-100k', folder, { baseUrl, retryMs: 1 })
    await expect(downloading).rejects.toThrow('should be 0e33842e24a9c977be4e0107933c0723')
  })

  test('gives up after failures in a row, keeping what came for the next time', async () => {
    script = [serve(100_000), ...Array.from({ length: 8 }, () => answer(502))]
    await expect(download()).rejects.toMatchObject({
      code: 'TEMPORARILY_UNAVAILABLE',
      message: expect.stringContaining('502'),
    })
    expect(readdirSync(folder)).toContain('ml-latest-small.zip.part')
    script = []
    expect(readFileSync(await download()).equals(BODY)).toBe(true)
  })

  test('a missing archive and an unknown edition are told at once', async () => {
    script = [answer(404)]
    await expect(download()).rejects.toThrow('answers 404')
    await expect(downloadEdition('ml-33m', folder)).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining('ml-32m, ml-25m'),
    })
  })

  test('a connection that goes quiet is given up and taken up again', async () => {
    script = [
      (_, response) => {
        response.writeHead(200, { etag, 'content-length': BODY.length })
        response.write(BODY.subarray(0, 50_000))
      },
    ]
    expect(readFileSync(await download({ stallMs: 200 })).equals(BODY)).toBe(true)
    expect(ranges[1]).toBe('bytes=50000-')
  })

  test('a cancelled download stops', async () => {
    const controller = new AbortController()
    script = [() => controller.abort()]
    await expect(download({ signal: controller.signal })).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
