import type { IncomingMessage } from 'node:http'
import { PassThrough, Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { expect, test } from 'vitest'
import { receiveBytes } from './receive-bytes.js'

const MEGABYTE = 1024 ** 2
const CHUNK = Buffer.alloc(64 * 1024, 'x')
const request = { headers: {}, routeOptions: { bodyLimit: 16 * MEGABYTE } } as unknown as FastifyRequest

const receive = (payload: Readable) => receiveBytes(request, payload as IncomingMessage)

/** The bytes that are read in each turn of the event loop until `work` is done. */
async function readInTurns(payloads: readonly Readable[], work: () => Promise<unknown>): Promise<number[]> {
  const turns: number[] = []
  let bytes = 0
  let isOver = false
  for (const payload of payloads)
    payload.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength
    })
  const count = () => {
    turns.push(bytes)
    bytes = 0
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await work()
  isOver = true
  return [...turns, bytes]
}

test('large bodies that arrive together are read in several turns of the event loop', async () => {
  const bodies = Array.from({ length: 40 }, () => Readable.from(Array(16).fill(CHUNK)))
  const received: number[] = []
  const turns = await readInTurns(bodies, async () => {
    for (const one of await Promise.all(bodies.map(receive))) received.push(one.byteLength)
  })
  expect(received).toEqual(Array(40).fill(MEGABYTE))
  expect(Math.max(...turns)).toBeLessThan(6 * MEGABYTE) // each of those that wait has a chunk at hand
})

test('a body that ends while it waits does not take the turns of others', async () => {
  const [ended, other] = [new PassThrough({ highWaterMark: 16 * MEGABYTE }), new PassThrough()]
  const broken = receive(ended)
  for (let n = 0; n < 40; n++) ended.write(CHUNK)
  await expect.poll(() => ended.isPaused()).toBe(true)
  ended.destroy(new Error('gone'))
  await expect(broken).rejects.toThrow('gone')
  const received = receive(other)
  for (let n = 0; n < 40; n++)
    if (!other.write(CHUNK)) await new Promise((resolve) => other.once('drain', resolve))
  other.end()
  expect((await received).byteLength).toBe(40 * CHUNK.length)
})
