import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Blobs } from '@cairn/platform/blobs/blobs'
import { DiskBlobs } from '@cairn/platform/blobs/disk'
import { readRows } from '@cairn/platform/tables/read'
import { withOverrides } from '@cairn/platform/testing/blobs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Files, TINY_EDITIONS, zipOf } from '../testing/movielens.js'
import { importMovieLens, type MovieLensImport } from './import.js'
import type { ImportProgress } from './progress.js'

const SHIPPED = fileURLToPath(new URL('../../../examples/data/ml-latest-small.zip', import.meta.url))

let folder: string
let blobs: DiskBlobs
let imports = 0
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cairn-movielens-'))
  blobs = await DiskBlobs.open(join(folder, 'store'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const newZip = (files: Files, within = '') => {
  const path = join(folder, `${++imports}.zip`)
  writeFileSync(path, zipOf(files, within))
  return path
}
const newDataFolder = (files: Files, name = 'set') => {
  const path = join(folder, String(++imports), name)
  mkdirSync(path, { recursive: true })
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content)
  return path
}
const importTo = (location: string, source: string, options: Partial<MovieLensImport> = {}) =>
  importMovieLens({ source, blobs, location, verify: false, ...options })
const rows = async (location: string, store: Blobs = blobs) => {
  const all: Record<string, unknown>[] = []
  for await (const row of readRows(store, location)) all.push(row)
  return all
}
const keysBelow = async (prefix: string) => {
  const keys: string[] = []
  for await (const { key } of blobs.walk(prefix)) keys.push(key)
  return keys
}

describe('importMovieLens', () => {
  test.each(Object.entries(TINY_EDITIONS))(
    'reads %s from its zip and from a folder',
    async (edition, files) => {
      const zipped = await importTo(`zip/${edition}`, newZip(files, edition))
      const plain = await importTo(`plain/${edition}`, newDataFolder(files, edition))
      expect(zipped.edition).toBe(edition)
      expect(plain.edition).toBe(edition)
      expect(zipped.md5).toMatch(/^[0-9a-f]{32}$/)
      const facts = ({ tables }: typeof plain) =>
        tables.map(({ name, rows, digest }) => ({ name, rows, digest }))
      expect(facts(plain)).toEqual(facts(zipped))
      const expected = edition.match(/^ml-(1m|100k)$/)
        ? ['ratings', 'movies']
        : edition === 'ml-10m'
          ? ['ratings', 'movies', 'tags']
          : ['ratings', 'movies', 'links', 'tags']
      expect(plain.tables.map((table) => table.name)).toEqual(expected)
      expect(await rows(`zip/${edition}/ratings`)).toHaveLength(3)
      expect(await rows(`zip/${edition}/movies`)).toHaveLength(3)
      expect(plain.rejected).toBe(0)
    },
  )

  test('converts columns, keeps ids as text, and splits years and genres', async () => {
    await importTo('csv', newZip(TINY_EDITIONS['ml-32m'] ?? {}))
    expect(await rows('csv/ratings')).toContainEqual({
      user_id: 1,
      movie_id: 10,
      rating: 4.5,
      rated_at: new Date(964982703 * 1000),
    })
    expect(await rows('csv/movies')).toEqual([
      { movie_id: 10, title: 'American President, The (1995)', year: 1995, genres: ['Comedy', 'Drama'] },
      { movie_id: 20, title: 'She said "no" (2001-2003)', year: 2001, genres: [] },
      { movie_id: 30, title: 'Untitled', year: null, genres: ['IMAX'] },
    ])
    expect(await rows('csv/links')).toEqual([
      { movie_id: 10, imdb_id: '0112346', tmdb_id: '9087' },
      { movie_id: 20, imdb_id: '12345678', tmdb_id: null },
      { movie_id: 30, imdb_id: '0000042', tmdb_id: '5' },
    ])
    expect((await rows('csv/tags')).map((row) => row.tag)).toEqual(['a "great" film, yes', '한글'])
  })

  test('reads the older formats: Latin-1, literal quotes, genre flags', async () => {
    for (const edition of ['ml-1m', 'ml-10m', 'ml-100k'])
      await importTo(`old/${edition}`, newZip(TINY_EDITIONS[edition] ?? {}))
    for (const edition of ['ml-1m', 'ml-10m', 'ml-100k'])
      expect((await rows(`old/${edition}/movies`))[1]).toMatchObject({
        title: 'Misérables, Les (1998)',
        year: 1998,
      })
    expect((await rows('old/ml-10m/movies'))[0]).toMatchObject({ title: '"Great" President, The (1995)' })
    expect((await rows('old/ml-10m/tags'))[1]).toMatchObject({ user_id: 20, tag: 'a "b" c' })
    const [president, , unknown] = await rows('old/ml-100k/movies')
    expect(president).toMatchObject({ genres: ['Comedy', 'Drama'] })
    expect(unknown).toEqual({ movie_id: 30, title: 'unknown', year: null, genres: [] })
  })

  test('reads CSV with CRLF, a byte order mark, quoted headers and columns in another order', async () => {
    const files = {
      ...TINY_EDITIONS['ml-latest'],
      'ratings.csv': '\ufeff"timestamp","note","rating","userId","movieId"\r\n964982703,"x, y",4.5,1,10\r\n',
    }
    await importTo('reordered', newZip(files))
    expect(await rows('reordered/ratings')).toMatchObject([{ user_id: 1, movie_id: 10, rating: 4.5 }])
  })

  test('imports the shipped edition with the counts of its README, and reports progress', async () => {
    const seen: ImportProgress[] = []
    const onProgress = (progress: ImportProgress) => seen.push(progress)
    const result = await importTo('shipped', SHIPPED, { verify: true, onProgress })
    expect(result).toMatchObject({ edition: 'ml-latest-small', rejected: 0 })
    expect(result).not.toHaveProperty('rejectFile')
    expect(result.tables.map(({ name, rows, version }) => [name, rows, version])).toEqual([
      ['ratings', 100_004, 0],
      ['movies', 9_125, 0],
      ['links', 9_125, 0],
      ['tags', 1_296, 0],
    ])
    expect(result.tables[0]?.location).toBe(blobs.uri('shipped/ratings'))
    expect(result.tables[0]?.columns.map((column) => column.type_text)).toEqual([
      'int',
      'int',
      'float',
      'timestamp',
    ])
    expect(seen).toContainEqual({
      phase: 'unpack',
      name: 'ml-latest-small.zip',
      ...whole(3_010_740),
      unit: 'bytes',
    })
    expect(seen).toContainEqual({ phase: 'read', name: 'ratings.csv', ...whole(2_338_261), unit: 'bytes' })
    expect(seen.at(-1)).toEqual({ phase: 'commit', name: 'tags', ...whole(1_296), unit: 'rows' })
    const again = await importTo('shipped', SHIPPED, { verify: true })
    expect(again.tables.map((table) => table.digest)).toEqual(result.tables.map((table) => table.digest))
    expect(await rows('shipped/movies')).toHaveLength(9_125)
  })

  test('leaves nothing behind when the store fails halfway', async () => {
    let puts = 0
    const failing = withOverrides(blobs, {
      put: (...args) => {
        if (++puts === 3) throw new Error('the store failed')
        return blobs.put(...args)
      },
    })
    await expect(importTo('half', newZip(TINY_EDITIONS['ml-32m'] ?? {}), { blobs: failing })).rejects.toThrow(
      'the store failed',
    )
    expect(await keysBelow('half')).toEqual([])
  })

  test('fails with CANCELLED and leaves nothing behind when it is cancelled', async () => {
    const controller = new AbortController()
    const onProgress = ({ phase }: ImportProgress) => phase === 'read' && controller.abort()
    const importing = importTo('stopped', SHIPPED, { signal: controller.signal, onProgress })
    await expect(importing).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await keysBelow('stopped')).toEqual([])
  })
})

const whole = (total: number) => ({ done: total, total })

describe('joinImdb', () => {
  const tsv = (...lines: string[][]) => `${lines.map((line) => line.join('\t')).join('\n')}\n`
  const IMDB = {
    'title.basics.tsv': tsv(
      [
        'tconst',
        'titleType',
        'primaryTitle',
        'originalTitle',
        'isAdult',
        'startYear',
        'endYear',
        'runtimeMinutes',
        'genres',
      ],
      [
        'tt0112346',
        'movie',
        'The American President',
        'The "American" President',
        '0',
        '1995',
        '\\N',
        '114',
        'Comedy',
      ],
      ['tt0000042', 'tvShort', 'X', '\\N', '0', '1999', '\\N', '\\N', '\\N'],
      ['tt9999999', 'movie', 'Other', 'Other', '0', '2000', '\\N', '1', 'Drama'],
    ),
    'title.ratings.tsv.gz': gzipSync(
      tsv(['tconst', 'averageRating', 'numVotes'], ['tt12345678', '6.8', '60000']),
    ),
    'title.crew.tsv': tsv(
      ['tconst', 'directors', 'writers'],
      ['tt0112346', 'nm2,nm1,nm3', '\\N'],
      ['tt0000042', '\\N', '\\N'],
    ),
    'name.basics.tsv': tsv(
      ['nconst', 'primaryName'],
      ['nm1', 'Rob "R" Reiner'],
      ['nm2', 'Ann'],
      ['nm9', 'No'],
    ),
    'title.akas.tsv': tsv(
      ['titleId', 'ordering', 'title', 'region', 'language', 'types', 'attributes', 'isOriginalTitle'],
      ['tt0112346', '12', '미국 대통령', 'KR', '\\N', '\\N', '\\N', '0'],
      ['tt0112346', '3', '대통령의 연인', 'KR', '\\N', '\\N', '\\N', '0'],
      ['tt0112346', '1', 'Amerika', 'DE', '\\N', '\\N', '\\N', '0'],
    ),
  }

  test('adds titles, ratings, ordered directors and Korean titles to linked movies', async () => {
    const imdb = newDataFolder(IMDB, 'imdb')
    const result = await importTo('imdb', newZip(TINY_EDITIONS['ml-32m'] ?? {}), { imdb })
    expect(result.rejected).toBe(0)
    expect(await rows('imdb/movies')).toEqual([
      {
        movie_id: 10,
        title: 'American President, The (1995)',
        year: 1995,
        genres: ['Comedy', 'Drama'],
        tconst: 'tt0112346',
        title_type: 'movie',
        original_title: 'The "American" President',
        runtime_minutes: 114,
        imdb_rating: null,
        imdb_votes: null,
        directors: ['Ann', 'Rob "R" Reiner', 'nm3'],
        title_ko: '대통령의 연인',
      },
      expect.objectContaining({ movie_id: 20, tconst: 'tt12345678', imdb_rating: 6.8, imdb_votes: 60_000 }),
      expect.objectContaining({ movie_id: 30, year: 1999, title_type: 'tvShort', directors: null }),
    ])
  })

  test.each([
    ['an edition without links', TINY_EDITIONS['ml-1m'] ?? {}, IMDB, 'links.csv'],
    [
      'a folder without title.basics',
      TINY_EDITIONS['ml-32m'] ?? {},
      { 'title.crew.tsv': '' },
      'no title.basics.tsv',
    ],
    [
      'a missing column',
      TINY_EDITIONS['ml-32m'] ?? {},
      { ...IMDB, 'title.crew.tsv': 'tconst\twriters\n' },
      "no column 'directors'",
    ],
    [
      'a truncated gzip file',
      TINY_EDITIONS['ml-32m'] ?? {},
      { ...IMDB, 'title.ratings.tsv.gz': IMDB['title.ratings.tsv.gz'].subarray(0, 30) },
      'title.ratings.tsv.gz is not a complete gzip file',
    ],
  ])('rejects %s by name, before anything is visible', async (name, files, imdb, message) => {
    await expect(importTo(name, newZip(files), { imdb: newDataFolder(imdb, 'imdb') })).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
      message: expect.stringContaining(message),
    })
    expect(await keysBelow(name)).toEqual([])
  })
})
