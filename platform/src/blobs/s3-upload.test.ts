import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, onTestFinished, test } from 'vitest'
import { NO_S3, testS3, unfinishedUploads } from '../testing/s3.js'
import { S3Blobs } from './s3.js'
import { s3Client } from './s3-client.js'
import { upload } from './s3-upload.js'

const PART = 6 * 1024 * 1024

const body = (bytes: number) => Readable.from(chunks(bytes), { objectMode: false })

function* chunks(bytes: number) {
  for (let left = bytes; left > 0; left -= 65_536) yield Buffer.alloc(Math.min(left, 65_536), 'x')
}

/** A proxy of the store that rejects some requests and records all. */
async function proxy(endpoint: string, refused: (request: IncomingMessage) => boolean) {
  const requests: string[] = []
  const server = createServer((asked, answer) => {
    const { method, url, headers } = asked
    requests.push(`${method} ${url!.replace(/^[^?]*\??/, '').replace(/(x-id|uploadId)=[^&]*&?/g, '')}`)
    if (refused(asked)) {
      asked.resume().on('end', () => answer.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>'))
      return
    }
    const { hostname, port } = new URL(endpoint)
    const passed = request({ hostname, port, method, path: url, headers }, (found) => {
      answer.writeHead(found.statusCode!, found.headers)
      pipeline(found, answer).catch(() => undefined)
    })
    pipeline(asked, passed).catch(() => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.close().closeAllConnections())
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

if (!testS3) {
  test.skip(`uploads in parts: ${NO_S3}`, () => {})
} else {
  const { bucket, options } = testS3

  /** A store behind the proxy, which accepts its initial requests. */
  async function refusing(refused: (request: IncomingMessage) => boolean) {
    let refuses = false
    const { requests, url } = await proxy(options.endpoint, (asked) => refuses && refused(asked))
    const prefix = `test-${randomUUID()}`
    const blobs = await S3Blobs.open(bucket, prefix, { ...options, endpoint: url })
    onTestFinished(() => blobs.close())
    requests.length = 0
    refuses = true
    const letAllIn = () => {
      refuses = false
    }
    return { blobs, requests, letAllIn, unfinished: () => unfinishedUploads({ bucket, options }, prefix) }
  }

  const STAGES: readonly [string, number, (request: IncomingMessage) => boolean][] = [
    ['a short body', 100, ({ method }) => method === 'PUT'],
    ['the beginning', PART, ({ url }) => /[?&]uploads/.test(url!)],
    ['the first part', 2 * PART, ({ url }) => url!.includes('partNumber=1')],
    ['a part in the middle', 6 * PART, ({ url }) => url!.includes('partNumber=3')],
    ['the last part, a short one', PART + 1, ({ url }) => url!.includes('partNumber=2')],
    ['the completion', PART, ({ method, url }) => method === 'POST' && url!.includes('uploadId=')],
  ]

  test.each(STAGES)('leaves nothing behind when the store rejects %s', async (_, bytes, refused) => {
    const { blobs, unfinished } = await refusing(refused)
    await expect(blobs.put('key', body(bytes))).rejects.toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' })
    await expect(blobs.head('key')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' })
    expect(await unfinished()).toEqual([])
  })

  test('reports the first failure when aborting fails too', async () => {
    const { blobs, unfinished, letAllIn } = await refusing(
      ({ method, url }) => method === 'DELETE' || url!.includes('partNumber=1'),
    )
    await expect(blobs.put('key', body(PART))).rejects.toThrow('rejected the configured credentials')
    const left = await unfinished()
    expect(left).toHaveLength(1)
    letAllIn()
    await blobs.multipart.abort('key', left[0]!)
  })

  test('sends a short body in one request and a longer one in full parts', async () => {
    const { blobs, requests } = await refusing(() => false)
    for (const [bytes, expected] of [
      [0, ['PUT ']],
      [PART - 1, ['PUT ']],
      [PART, ['POST uploads=', 'PUT partNumber=1', 'POST ']],
      [2 * PART, ['POST uploads=', 'PUT partNumber=1', 'PUT partNumber=2', 'POST ']],
      [2 * PART + 1, ['POST uploads=', 'PUT partNumber=1', 'PUT partNumber=2', 'PUT partNumber=3', 'POST ']],
    ] as const) {
      requests.length = 0
      expect(await blobs.put('key', body(bytes))).toMatchObject({ size: bytes })
      expect(
        requests.slice(0, -1).map((line) => line.replace(/&$/, '')),
        `${bytes} bytes`,
      ).toEqual(expected)
    }
    await blobs.delete('key')
  })

  test('rejects a body with more parts than S3 accepts, and leaves none', async () => {
    const target = { Bucket: bucket, Key: `test-${randomUUID()}` }
    const client = s3Client(options)
    onTestFinished(() => client.destroy())
    const limits = { bytes: 5 * 1024 * 1024, count: 2, most: 2 }
    const sending = upload(client, target, body(2 * limits.bytes + 1), limits)
    await expect(sending).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
    expect(await unfinishedUploads({ bucket, options }, target.Key)).toEqual([])
  })
}
