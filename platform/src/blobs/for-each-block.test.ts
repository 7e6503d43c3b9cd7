import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deferred } from '../testing/deferred.js'
import { forEachBlock } from './for-each-block.js'

const KIBIBYTE = 1024
const BLOCK = 256 * KIBIBYTE

/** Chunks that share one buffer, like those of a network. */
async function* inChunks(bytes: Uint8Array, sizes: readonly number[]) {
  const memory = new Uint8Array(Math.max(...sizes))
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.min(sizes[i % sizes.length]!, bytes.length - at)
    memory.set(bytes.subarray(at, at + size))
    yield memory.subarray(0, size)
    memory.fill(0)
    at += size
  }
}

test('passes on a body in full blocks, whatever its chunks and its length', async () => {
  const size = fc.oneof(
    fc.integer({ min: 0, max: 5 }).map((blocks) => blocks * BLOCK),
    fc.integer({ min: 0, max: 5 * BLOCK }),
  )
  const chunks = fc.array(fc.integer({ min: 700, max: 3 * BLOCK }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(size, chunks, fc.integer({ min: 1, max: 3 }), async (length, sizes, count) => {
      const bytes = randomBytes(length)
      const found: { position: number; block: Uint8Array }[] = []
      await forEachBlock(inChunks(bytes, sizes), { bytes: BLOCK, count }, async (block, position) => {
        await sleep(0)
        found.push({ position, block: Buffer.from(block) })
      })
      found.sort((a, b) => a.position - b.position)
      expect(Buffer.concat(found.map(({ block }) => block)).equals(bytes)).toBe(true)
      expect(found.map(({ position }) => position)).toEqual(found.map((_, i) => i * BLOCK))
      expect(found.slice(0, -1).every(({ block }) => block.length === BLOCK)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('keeps no more blocks in memory than configured, and processes all but one at a time', async () => {
  const memories = new Set<ArrayBufferLike>()
  let underWay = 0
  let most = 0
  const all = deferred()
  await forEachBlock(
    inChunks(randomBytes(20 * BLOCK), [64 * KIBIBYTE]),
    { bytes: BLOCK, count: 3 },
    async (block) => {
      memories.add(block.buffer)
      most = Math.max(most, ++underWay)
      if (underWay === 3) all.resolve()
      await all.promise
      await sleep(2)
      underWay--
    },
  )
  expect(memories.size).toBe(3)
  expect(most).toBe(3)
})

test('does nothing for an empty body', async () => {
  let works = 0
  await forEachBlock(inChunks(new Uint8Array(), [1]), { bytes: BLOCK, count: 2 }, async () => works++)
  expect(works).toBe(0)
})

test('encodes text as UTF-8', async () => {
  const found: string[] = []
  const body = (async function* () {
    yield 'né'
    yield Buffer.from('e')
  })()
  await forEachBlock(body, { bytes: BLOCK, count: 2 }, async (block) =>
    found.push(Buffer.from(block).toString()),
  )
  expect(found).toEqual(['née'])
})

test('stops at the first failure and throws it when the other work is done', async () => {
  let asked = 0
  let ended = false
  const done: number[] = []
  const body = (async function* () {
    try {
      for (; asked < 1000; asked++) yield Buffer.alloc(BLOCK)
    } finally {
      ended = true
    }
  })()
  const work = forEachBlock(body, { bytes: BLOCK, count: 3 }, async (_, position) => {
    if (position === BLOCK) throw new Error('the disk is full')
    await sleep(20)
    done.push(position)
  })
  await expect(work).rejects.toThrow('the disk is full')
  expect(ended).toBe(true)
  expect(asked).toBeLessThan(6)
  expect(done).toContain(0)
})

test('throws a failure of the last block', async () => {
  const work = forEachBlock(
    inChunks(randomBytes(BLOCK + 1), [BLOCK]),
    { bytes: BLOCK, count: 2 },
    async (_, at) => {
      if (at > 0) throw new Error('the disk is full')
    },
  )
  await expect(work).rejects.toThrow('the disk is full')
})

test('throws the error of a broken body when the running work is done', async () => {
  const done: number[] = []
  const body = (async function* () {
    yield randomBytes(2 * BLOCK + 5)
    throw new Error('the client went away')
  })()
  const work = forEachBlock(body, { bytes: BLOCK, count: 3 }, async (_, position) => {
    await sleep(20)
    done.push(position)
  })
  await expect(work).rejects.toThrow('the client went away')
  expect(done).toEqual([0, BLOCK])
})
