import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzip } from '@cairn/pipelines/movielens/unzip'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { koreanTitles, withKoreanTitles } from './korean-titles.js'

const SHIPPED = fileURLToPath(new URL('../../../../examples/data/ml-latest-small.zip', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'cairn-korean-titles-'))
const tables = new Map<string, readonly string[]>()

beforeAll(async () => {
  for (const { name, path } of await unzip(SHIPPED, folder, (one) => /^(movies|ratings)\.csv$/.test(one)))
    tables.set(name, readFileSync(path, 'utf8').trim().split(/\r?\n/).slice(1))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the Korean titles', () => {
  test('belong to films of the shipped data by id, title and year', () => {
    const shipped = new Map(
      tables.get('movies.csv')!.map((line) => {
        const [, id = '', title = ''] = /^(\d+),(.*),[^,]*$/.exec(line) ?? []
        return [id, title.replace(/^"(.*)"$/, '$1').replaceAll('""', '"')]
      }),
    )
    for (const [id, [title]] of koreanTitles) expect([id, title]).toEqual([id, shipped.get(id)])
    for (const [title] of koreanTitles.values()) expect(title).toMatch(/ \(\d{4}\)$/)
  })

  test('cover the films that people rated most', () => {
    const counts = new Map<string, number>()
    for (const line of tables.get('ratings.csv')!) {
      const id = line.split(',', 2)[1]!
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    const mostRated = [...counts].sort(([, a], [, b]) => b - a).map(([id]) => id)
    const coveredOf = (first: number) => mostRated.slice(0, first).filter((id) => koreanTitles.has(id)).length
    expect(coveredOf(100)).toBe(100)
    expect(coveredOf(300)).toBeGreaterThan(297)
    expect(coveredOf(330)).toBeGreaterThan(324)
  })

  test('are written in Hangul, composed and without stray spaces', () => {
    for (const [, korean = ''] of koreanTitles.values()) {
      expect(korean).toMatch(/[가-힣]/)
      expect(korean).toBe(korean.normalize('NFC').replace(/\s+/g, ' ').trim())
    }
  })

  test('are the same only for films of different years', () => {
    const named = [...koreanTitles.values()].map(([title = '', korean]) => `${korean} ${title.slice(-6)}`)
    expect(new Set(named).size).toBe(named.length)
  })
})

describe('a film of a table', () => {
  const koreanTitleOf = (film: { id: number | string; title: string; year?: number; title_ko?: string }) =>
    withKoreanTitles([film])[0]!.title_ko

  test('gets its Korean title', () => {
    expect(koreanTitleOf({ id: 318, title: 'Shawshank Redemption, The (1994)' })).toBe('쇼생크 탈출')
    expect(koreanTitleOf({ id: '1', title: 'Toy Story', year: 1995 })).toBe('토이 스토리')
  })

  test('is recognized when another edition adds other titles', () => {
    expect(koreanTitleOf({ id: 47, title: 'Seven (Se7en) (1995)' })).toBe('세븐')
  })

  test('keeps the Korean title of the table', () => {
    expect(koreanTitleOf({ id: 1, title: 'Toy Story (1995)', title_ko: '장난감 이야기' })).toBe(
      '장난감 이야기',
    )
  })

  test.each([
    ['another film with its id', { id: 2, title: 'GoldenEye (1995)' }],
    ['another year', { id: 1, title: 'Toy Story (2095)' }],
    ['no year', { id: 1, title: 'Toy Story' }],
    ['an unknown id', { id: 999_999, title: 'Toy Story (1995)' }],
    ['an id that is the name of a method', { id: 'constructor', title: 'Toy Story (1995)' }],
  ])('gets none: %s', (_, film) => expect(withKoreanTitles([film])).toEqual([film]))
})
