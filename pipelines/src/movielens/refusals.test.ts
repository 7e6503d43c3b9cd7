import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import type { ApiError } from '@cairn/platform/errors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Files, TINY_EDITIONS, zipOf } from '../testing/movielens.js'
import { importMovieLens } from './import.js'

const GOOD = TINY_EDITIONS['ml-latest'] ?? {}

let folder: string
let blobs: DiskBlobs
let sources = 0
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-refusals-'))
  blobs = await DiskBlobs.open(join(folder, 'store'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const importOf = (source: string, verify = false, location = 'refused') =>
  importMovieLens({ source, blobs, location, verify })
const newFile = (content: Buffer) => {
  const path = join(folder, `${++sources}.zip`)
  writeFileSync(path, content)
  return path
}
const refusal = async (source: string, verify = false) => {
  const error: ApiError = await importOf(source, verify).then(
    () => expect.unreachable('the import succeeded'),
    (error) => error,
  )
  expect(error, error.stack).toMatchObject({ name: 'ApiError', code: 'INVALID_PARAMETER_VALUE' })
  return error.message
}
const rejectsOf = (uri: string) =>
  readFileSync(fileURLToPath(uri), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
const visible = async () => (await blobs.list('refused')).folders.filter((name) => name !== '_rejects')
const manyRatings = (count: number, ...odd: string[]) =>
  `userId,movieId,rating,timestamp\n${Array.from({ length: count }, (_, i) => `${i + 1},10,4.0,964982703`).join('\n')}\n${odd.join('\n')}\n`

describe('an incomplete or harmful archive', () => {
  const zip = zipOf(GOOD, 'ml-latest')

  test('is rejected wherever it is truncated', async () => {
    for (const share of [0, 0.01, 0.3, 0.6, 0.9, 0.999]) {
      const path = newFile(zip.subarray(0, Math.floor(zip.length * share)))
      expect(await refusal(path), String(share)).toContain(basename(path))
    }
  })

  test('is rejected when it is a device', async () => {
    expect(await refusal('/dev/zero')).toContain('neither an archive nor a folder')
  })

  test('is rejected when a byte is changed, unless the change is harmless', async () => {
    for (let at = 7; at < zip.length; at += 41) {
      const damaged = Buffer.from(zip)
      damaged[at] = (damaged[at] ?? 0) ^ 0x55
      await importOf(newFile(damaged), false, 'damaged').catch((error) =>
        expect(error.statusCode, `byte ${at}: ${error.stack}`).toBe(400),
      )
    }
  }, 300_000)

  test.each([
    '../ratings.csv',
    '/tmp/ratings.csv',
    'a/../../ratings.csv',
    '..\\ratings.csv',
    'C:/ratings.csv',
  ])('is rejected for an entry outside of the folder: %s', async (name) => {
    expect(await refusal(newFile(zipOf({ ...GOOD, [name]: 'x' })))).toMatch(/not a complete zip archive: /)
  })

  test('is rejected as a bomb by the claimed and by the actual size of an entry', async () => {
    const zeros = 'userId,movieId,rating,timestamp\n'.padEnd(40_000_000, '0')
    expect(await refusal(newFile(zipOf({ ...GOOD, 'ratings.csv': zeros })))).toMatch(
      /'ratings.csv' claims 40000000 bytes/,
    )
    expect(
      await refusal(newFile(zipOf({ ...GOOD, 'ratings.csv': zeros }, '', { claims: { size: 900_000 } }))),
    ).toMatch(/'ratings.csv' is not a complete zip archive: too many bytes/)
  })

  test('is rejected when it is encrypted, and when a checksum differs', async () => {
    expect(await refusal(newFile(zipOf(GOOD, '', { claims: { flags: 0x801 } })))).toContain('encrypted')
    expect(await refusal(newFile(zipOf(GOOD, '', { claims: { crc: 1 } })))).toContain('checksum')
  })

  test('leaves no temporary folders behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => /^cairn-(unzip|import|stage)-/.test(name))
    await refusal(newFile(zip.subarray(0, 200)))
    await refusal(newFile(zipOf({ ...GOOD, 'movies.csv': '' })))
    const after = readdirSync(tmpdir()).filter((name) => /^cairn-(unzip|import|stage)-/.test(name))
    expect(after.filter((name) => !before.includes(name))).toEqual([])
  })
})

describe('a source that is not an edition', () => {
  test.each<[string, Files, string]>([
    ['is empty', {}, 'contains no MovieLens ratings'],
    ['contains other files', { 'data.csv': 'a,b\n' }, 'contains no MovieLens ratings'],
    ['lacks its movies', { 'ratings.csv': GOOD['ratings.csv'] ?? '' }, 'movies.csv is missing'],
    ['has an empty file', { ...GOOD, 'movies.csv': '' }, 'movies.csv is empty'],
    [
      'lacks a column',
      { ...GOOD, 'ratings.csv': 'userId,movieId,stars,timestamp\n' },
      "ratings.csv has no column 'rating'",
    ],
    [
      'has a column twice',
      { ...GOOD, 'links.csv': 'movieId,imdbId,tmdbId,tmdbId\n' },
      "links.csv has two columns 'tmdbId'",
    ],
    [
      'has too few columns',
      { ...TINY_EDITIONS['ml-1m'], 'movies.dat': '1::X\n' },
      "movies.dat has 2 columns; 'genres'",
    ],
    ['is binary', { ...GOOD, 'ratings.csv': Buffer.alloc(200_000, 7) }, 'ratings.csv is not text'],
    [
      'has two sets of ratings',
      { 'a/ratings.csv': 'x', 'b/ratings.csv': 'x' },
      'more than one set of ratings',
    ],
  ])('that %s is rejected in one sentence', async (_, files, message) => {
    expect(await refusal(newFile(zipOf(files)))).toContain(message)
    expect(await visible()).toEqual([])
  })

  test('that does not exist or is another kind of file is rejected', async () => {
    expect(await refusal(join(folder, 'absent.zip'))).toContain('does not exist')
    expect(await refusal(newFile(Buffer.from('hello')))).toContain('not a complete zip archive')
    mkdirSync(join(folder, 'odd', 'ratings.csv'), { recursive: true })
    expect(await refusal(join(folder, 'odd'))).toContain('contains no MovieLens ratings')
  })

  test('with other counts than published or in its README is rejected', async () => {
    const short = {
      ...TINY_EDITIONS['ml-latest-small'],
      'ratings.csv': 'userId,movieId,rating,timestamp\n1,10,4.5,964982703\n',
    }
    expect(await refusal(newFile(zipOf(short)), true)).toBe(
      'ratings.csv has 1 rows, but ml-latest-small has 3: the file may be incomplete.',
    )
    expect(await refusal(newFile(zipOf(TINY_EDITIONS['ml-32m'] ?? {})), true)).toContain(
      'd472be332d4daa821edc399621853b57',
    )
    const plain = join(folder, 'ml-25m')
    mkdirSync(plain)
    for (const [name, content] of Object.entries(GOOD)) writeFileSync(join(plain, name), content)
    rmSync(join(plain, 'README.html'))
    expect(await refusal(plain, true)).toBe(
      'ratings.csv has 3 rows, but ml-25m has 25000095: the file may be incomplete.',
    )
  })
})

describe('invalid rows', () => {
  const ODD = [
    'x,10,4.0,964982703',
    '3,10',
    '4,10,4.0,5,6',
    '5,10,9.5,964982703',
    '6,10,,964982703',
    '7,10,4.2,1',
  ]

  test('up to 0.1 % are skipped, counted and listed with line and reason', async () => {
    const files = { ...GOOD, 'ratings.csv': manyRatings(6_000, ...ODD) }
    const result = await importMovieLens({
      source: newFile(zipOf(files)),
      blobs,
      location: 'few',
      verify: false,
    })
    expect(result.rejected).toBe(6)
    expect(result.tables[0]).toMatchObject({ name: 'ratings', rows: 6_000 })
    const rejects = rejectsOf(result.rejectFile ?? '')
    expect(rejects).toHaveLength(6)
    expect(rejects[0]).toEqual({
      file: 'ratings.csv',
      line: 6002,
      reason: expect.stringContaining('"x"'),
      text: 'x,10,4.0,964982703',
    })
    expect(rejects.slice(0, 3).map((reject) => reject.line)).toEqual([6002, 6003, 6004])
    expect(rejects.slice(3).map((reject) => JSON.parse(reject.text))).toContainEqual(
      expect.objectContaining({ user_id: 5, rating: 9.5 }),
    )
  })

  test('above 0.1 % fail the import, which leaves only the reject file', async () => {
    const source = newFile(zipOf({ ...GOOD, 'ratings.csv': manyRatings(5_000, ...ODD) }))
    const message = await refusal(source)
    expect(message).toMatch(
      /^ratings\.csv: 6 of 5006 rows are invalid, more than 0\.1 %\. They are listed in file:/,
    )
    expect(await visible()).toEqual([])
    expect(rejectsOf(message.slice(message.indexOf('file:')))).toHaveLength(6)
  })

  test('in another encoding are rejected', async () => {
    const bad = Buffer.concat([Buffer.from(manyRatings(2_000)), Buffer.from('1,1\xe9,4.0,1\n', 'latin1')])
    const result = await importMovieLens({
      source: newFile(zipOf({ ...GOOD, 'ratings.csv': bad })),
      blobs,
      location: 'latin',
      verify: false,
    })
    expect(result.rejected).toBe(1)
  })
})
