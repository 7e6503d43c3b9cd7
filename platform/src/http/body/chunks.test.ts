import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { readChunks } from './chunks.js'

/** Sends a request with this body and returns what the server read. */
async function receiving<T>(body: string, work: (request: IncomingMessage) => Promise<T>): Promise<T> {
  let made: Promise<T> | undefined
  const server = createServer((request, response) => {
    made = work(request)
    void made.finally(() => request.resume() && response.end('answered'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const answer = await fetch(url, { method: 'PUT', body, headers: { connection: 'close' } })
  expect(await answer.text()).toBe('answered')
  return made!
}

test('a chunk of a request is valid until the next one is requested', async () => {
  const body = 'x'.repeat(1024 * 1024)
  const seen = await receiving(body, async (request) => {
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of readChunks(request)) {
      expect(chunks.every(({ length }) => length === 0)).toBe(true)
      bytes += chunk.filter((byte) => byte === 120).length
      chunks.push(chunk)
    }
    return { bytes, lengths: new Set(chunks.map(({ length }) => length)) }
  })
  expect(seen).toEqual({ bytes: body.length, lengths: new Set([0]) })
})

test('a response can be sent after stopping early', async () => {
  const first = await receiving('x'.repeat(300_000), async (request) => {
    for await (const chunk of readChunks(request)) return chunk[0]
    return undefined
  })
  expect(first).toBe(120)
})

test('does not release chunks of other streams', async () => {
  const mine = [Buffer.allocUnsafeSlow(4).fill(1), Buffer.allocUnsafeSlow(4).fill(2)]
  const seen: Uint8Array[] = []
  for await (const chunk of readChunks(Readable.from(mine, { objectMode: false }))) seen.push(chunk)
  expect(Buffer.concat(seen)).toEqual(Buffer.from([1, 1, 1, 1, 2, 2, 2, 2]))
  expect(mine.map(({ length }) => length)).toEqual([4, 4])
})

test('returns nothing for a body that ended, and throws for one that broke off', async () => {
  const ended = Readable.from([Buffer.from('x')], { objectMode: false })
  expect(await buffer(ended)).toHaveLength(1)
  expect(await buffer(readChunks(ended))).toHaveLength(0)
  const broken = new Readable({ read() {} })
  broken.destroy()
  await expect(buffer(readChunks(broken))).rejects.toThrow('broke off')
  const failed = new Readable({ read() {} }).on('error', () => undefined)
  failed.destroy(new Error('the client went away'))
  await expect(buffer(readChunks(failed))).rejects.toThrow('the client went away')
})

test.each([undefined, new Error('the client went away')])(
  'a body that breaks off meanwhile is refused after what came of it',
  async (error) => {
    const body = new Readable({ read() {} })
    body.push(Buffer.from('some'))
    const seen: string[] = []
    const reading = (async () => {
      for await (const chunk of readChunks(body)) {
        seen.push(Buffer.from(chunk).toString())
        body.destroy(error)
      }
    })()
    await expect(reading).rejects.toThrow(error?.message ?? 'broke off')
    expect(seen).toEqual(['some'])
  },
)

test('applies back-pressure to a body that arrives faster than it is read', async () => {
  let made = 0
  const body = new Readable({
    highWaterMark: 1,
    read() {
      this.push(made++ < 500 ? Buffer.alloc(1000) : null)
    },
  })
  let read = 0
  for await (const chunk of readChunks(body)) {
    read += chunk.length
    await setImmediate()
    expect(made - read / 1000).toBeLessThan(12)
  }
  expect(read).toBe(500_000)
})
