import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Blobs } from '../blobs/blobs.js'
import type { ApiError } from '../errors.js'

export interface OpenedBlobs {
  readonly blobs: Blobs
  /** The number of unfinished and failed uploads in the store. */
  unfinished(): Promise<number>
  close(): Promise<void>
}

/** Returns the store with some operations replaced, to inject failures. It has no local paths. */
export const withOverrides = (blobs: Blobs, replaced: Partial<Blobs>): Blobs => ({
  put: (...args) => blobs.put(...args),
  get: (...args) => blobs.get(...args),
  head: (key) => blobs.head(key),
  list: (prefix) => blobs.list(prefix),
  listPage: (prefix, range) => blobs.listPage(prefix, range),
  walk: (prefix) => blobs.walk(prefix),
  delete: (key) => blobs.delete(key),
  uri: (key) => blobs.uri(key),
  ...replaced,
})

const MEBIBYTE = 1024 * 1024
const text = async (blobs: Blobs, key: string) => (await buffer(await blobs.get(key))).toString()
const collect = async <T>(items: AsyncIterable<T>) => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'resolved',
    (error: ApiError) => error.code,
  )

/** Yields `mebibytes` of reproducible random bytes, which are generated while they are read. */
function noise(mebibytes: number) {
  const block = randomBytes(MEBIBYTE)
  const hash = createHash('sha256')
  const body = Readable.from(
    (function* () {
      for (let i = 0; i < mebibytes; i++) {
        block.writeUInt32LE(i)
        hash.update(block)
        yield Buffer.from(block)
      }
    })(),
  )
  return { body, digest: () => hash.digest('hex') }
}

/** Yields chunks that share one buffer, like those of a network. Throws `failure` at the end. */
async function* reusedBuffer(bytes: Uint8Array, failure?: string) {
  const memory = new Uint8Array(100_000)
  for (let at = 0; at < bytes.length; at += memory.length) {
    const chunk = memory.subarray(0, Math.min(memory.length, bytes.length - at))
    chunk.set(bytes.subarray(at, at + chunk.length))
    yield chunk
    memory.fill(0)
  }
  if (failure) throw new Error(failure)
}

/** Lengths around the ends of blocks and parts, in which stores write. */
const LENGTHS = [64 * 1024, 512 * 1024, MEBIBYTE, 6 * MEBIBYTE, 12 * MEBIBYTE].flatMap((block) => [
  block - 1,
  block,
  block + 1,
])

/** Tests the guarantees of `Blobs` for a backend. @param open opens an empty store */
export function blobsContract(name: string, open: () => Promise<OpenedBlobs>): void {
  describe(`${name} meets the contract of Blobs`, () => {
    let store: OpenedBlobs
    let blobs: Blobs
    beforeAll(async () => {
      store = await open()
      blobs = store.blobs
    })
    afterAll(() => store?.close())

    test('returns stored bytes with their size and time', async () => {
      const before = Date.now()
      const info = await blobs.put('round/trip.txt', Buffer.from('hello'))
      expect(info).toMatchObject({ key: 'round/trip.txt', size: 5 })
      expect(Math.abs(info.modified - before)).toBeLessThan(60_000)
      expect(await text(blobs, 'round/trip.txt')).toBe('hello')
      expect(await blobs.head('round/trip.txt')).toEqual(info)
    })

    test('stores an empty blob', async () => {
      expect(await blobs.put('empty', new Uint8Array())).toMatchObject({ size: 0 })
      expect(await text(blobs, 'empty')).toBe('')
    })

    test('replaces a blob', async () => {
      await blobs.put('replaced', Buffer.from('the older and longer text'))
      await blobs.put('replaced', Buffer.from('newer'))
      expect(await text(blobs, 'replaced')).toBe('newer')
    })

    test('stores a stream larger than a part byte for byte', async () => {
      const { body, digest } = noise(24)
      expect(await blobs.put('large.bin', body)).toMatchObject({ size: 24 * MEBIBYTE })
      const hash = createHash('sha256')
      for await (const chunk of await blobs.get('large.bin')) hash.update(chunk)
      expect(hash.digest('hex')).toBe(digest())
    })

    test('stores streams of any length whose chunks share one buffer', async () => {
      for (const length of [0, 1, ...LENGTHS]) {
        const bytes = randomBytes(length)
        expect(await blobs.put('lent', reusedBuffer(bytes))).toMatchObject({ size: length })
        expect((await buffer(await blobs.get('lent'))).equals(bytes), `${length} bytes`).toBe(true)
      }
      expect(await store.unfinished()).toBe(0)
    })

    test('stores nothing of a body that fails after any length', async () => {
      for (const length of [0, 1, ...LENGTHS]) {
        const put = blobs.put('half', reusedBuffer(new Uint8Array(length), 'the client went away'))
        await expect(put, `${length} bytes`).rejects.toThrow('the client went away')
        expect(await codeOf(blobs.head('half')), `${length} bytes`).toBe('RESOURCE_DOES_NOT_EXIST')
        expect(await store.unfinished(), `${length} bytes`).toBe(0)
      }
    })

    test('keeps the old content when a body fails', async () => {
      await blobs.put('broken', Buffer.from('old'))
      const breaking = (chunk: Buffer, times: number) =>
        Readable.from(
          (async function* () {
            for (let i = 0; i < times; i++) yield chunk
            throw new Error('the client went away')
          })(),
        )
      await expect(blobs.put('broken', breaking(Buffer.from('new'), 1))).rejects.toThrow('client went away')
      await expect(blobs.put('broken', breaking(Buffer.alloc(MEBIBYTE), 20))).rejects.toThrow(
        'client went away',
      )
      await expect(blobs.put('never', breaking(Buffer.from('x'), 1))).rejects.toThrow('client went away')
      expect(await text(blobs, 'broken')).toBe('old')
      expect(await codeOf(blobs.head('never'))).toBe('RESOURCE_DOES_NOT_EXIST')
    })

    test('rejects a body that fails before its first byte', async () => {
      const body = new Readable({ read() {} })
      const put = blobs.put('stillborn', body)
      body.destroy(new Error('the client went away'))
      await expect(put).rejects.toThrow('client went away')
      expect(await codeOf(blobs.head('stillborn'))).toBe('RESOURCE_DOES_NOT_EXIST')
    })

    test('shows readers one version of a key during writes', async () => {
      const version = (fill: number) => Buffer.alloc(300_000, fill)
      await blobs.put('contended', version(1))
      const writes = [2, 3, 4].map((fill) => blobs.put('contended', version(fill)))
      const reads = Array.from({ length: 6 }, async () => new Set(await buffer(await blobs.get('contended'))))
      for (const seen of await Promise.all(reads)) expect(seen.size).toBe(1)
      await Promise.all(writes)
    })

    test('reads half-open ranges, shortened at the end of the blob', async () => {
      await blobs.put('digits', Buffer.from('0123456789'))
      const part = async (start: number, end?: number) =>
        (await buffer(await blobs.get('digits', end === undefined ? { start } : { start, end }))).toString()
      expect(await part(2, 5)).toBe('234')
      expect(await part(7)).toBe('789')
      expect(await part(8, 99)).toBe('89')
      for (const [start, end] of [[10], [99, 120], [5, 5], [6, 2], [-3]] as [number, number?][])
        expect(await codeOf(part(start, end)), `${start}-${end}`).toBe('INVALID_PARAMETER_VALUE')
    })

    test('rejects get and head of an absent key, and accepts its deletion', async () => {
      expect(await codeOf(blobs.get('absent'))).toBe('RESOURCE_DOES_NOT_EXIST')
      expect(await codeOf(blobs.get('absent', { start: 0, end: 4 }))).toBe('RESOURCE_DOES_NOT_EXIST')
      expect(await codeOf(blobs.head('absent/deeper'))).toBe('RESOURCE_DOES_NOT_EXIST')
      await expect(blobs.get('absent')).rejects.toThrow(/^No such artifact: 'absent'$/)
      expect(await codeOf(blobs.delete('absent'))).toBe('resolved')
    })

    test('lets exactly one of many exclusive creates succeed', async () => {
      const attempts = Array.from({ length: 16 }, (_, i) =>
        blobs.put('once', Buffer.from(`writer ${i}`), { ifAbsent: true }).then(
          () => `writer ${i}`,
          (error: ApiError) => error.code,
        ),
      )
      const outcomes = await Promise.all(attempts)
      const winners = outcomes.filter((outcome) => outcome.startsWith('writer'))
      expect(winners).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'ALREADY_EXISTS')).toHaveLength(15)
      expect(await text(blobs, 'once')).toBe(winners[0])
    })

    test('creates streams and large bodies exclusively', async () => {
      await blobs.put('exclusive', Readable.from([Buffer.from('first')]), { ifAbsent: true })
      const again = blobs.put('exclusive', noise(18).body, { ifAbsent: true })
      expect(await codeOf(again)).toBe('ALREADY_EXISTS')
      expect(await text(blobs, 'exclusive')).toBe('first')
      expect(await store.unfinished()).toBe(0)
    })

    test('lists one level and walks all levels in byte order', async () => {
      const keys = [
        'tree/a-b',
        'tree/a/b',
        'tree/a/c/d',
        'tree/z',
        'tree/Z',
        'tree/é',
        'tree/한글',
        'treehouse',
      ]
      for (const key of keys) await blobs.put(key, Buffer.from(key))
      const listing = await blobs.list('tree')
      expect(listing.blobs.map((blob) => blob.key)).toEqual([
        'tree/Z',
        'tree/a-b',
        'tree/z',
        'tree/é',
        'tree/한글',
      ])
      expect(listing.folders).toEqual(['a'])
      const walked = (await collect(blobs.walk('tree'))).map((blob) => blob.key)
      expect(walked).toEqual([
        'tree/Z',
        'tree/a-b',
        'tree/a/b',
        'tree/a/c/d',
        'tree/z',
        'tree/é',
        'tree/한글',
      ])
      expect(await blobs.list('no/such/folder')).toEqual({ blobs: [], folders: [] })
      expect(await collect(blobs.walk('no/such/folder'))).toEqual([])
    })

    test.each([1, 2, 3, 100])('lists one level in pages of %d', async (limit) => {
      const keys = ['a-b', 'a/b', 'a/c/d', 'b/x', 'b0', 'z', 'é', '한글']
      for (const key of keys) await blobs.put(`paged/${key}`, Buffer.from(key))
      const names: string[] = []
      let after: string | undefined
      do {
        const { entries, next } = await blobs.listPage('paged', { after, limit })
        expect(entries.length).toBeLessThanOrEqual(limit)
        for (const entry of entries) {
          names.push('folder' in entry ? `${entry.folder}/` : entry.key)
          if ('size' in entry) expect(entry.size).toBe(Buffer.byteLength(entry.key) - 'paged/'.length)
        }
        after = next
      } while (after !== undefined)
      const files = (...files: string[]) => files.map((name) => `paged/${name}`)
      expect(names).toEqual([...files('a-b'), 'a/', 'b/', ...files('b0', 'z', 'é', '한글')])
      expect(await blobs.listPage('no/such/folder', { limit })).toEqual({ entries: [] })
    })

    test('deletes a folder completely and keeps its siblings', async () => {
      for (const key of ['gone/a', 'gone/b/c', 'gone/b/d', 'gone-not']) await blobs.put(key, Buffer.from('x'))
      await blobs.delete('gone/b')
      expect((await blobs.list('gone')).folders).toEqual([])
      await blobs.delete('gone')
      expect(await collect(blobs.walk('gone'))).toEqual([])
      expect(await text(blobs, 'gone-not')).toBe('x')
    })

    test('treats escapes and quotes as ordinary characters of names', async () => {
      for (const name of ['100%.txt', 'a%20b', "it's", 'a b+c&d=e', '#?;:@', '.hidden', '…']) {
        await blobs.put(`odd/${name}`, Buffer.from(name))
        expect(await text(blobs, `odd/${name}`)).toBe(name)
      }
      expect((await blobs.list('odd')).blobs).toHaveLength(7)
    })

    test('rejects a key that leaves the root in every operation', async () => {
      for (const key of ['../x', 'a/../../x', '/etc/passwd', '%2e%2e/x', 'a\\..\\x', 'a\0b', 'C:/x']) {
        for (const work of [
          async () => blobs.put(key, Buffer.from('x')),
          async () => blobs.get(key),
          async () => blobs.head(key),
          async () => blobs.list(key),
          async () => collect(blobs.walk(key)),
          async () => blobs.delete(key),
          async () => blobs.uri(key),
        ])
          expect(await codeOf(work()), key).toBe('INVALID_PARAMETER_VALUE')
      }
    })

    test('rejects the root as a blob and its deletion', async () => {
      expect(await codeOf(blobs.put('', Buffer.from('x')))).toBe('INVALID_PARAMETER_VALUE')
      expect(await codeOf(blobs.delete('./'))).toBe('INVALID_PARAMETER_VALUE')
    })
  })
}
