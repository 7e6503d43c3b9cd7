import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { en } from '../i18n/en.js'
import { artOf } from './art.js'
import { initialsOf, letteringOf, widthOf } from './lettering.js'

const heat = { key: '6', title: 'Heat', year: 1995, genres: ['Action', 'Crime', 'Thriller'] }
const film = fc.record({
  key: fc.nat().map(String),
  title: fc.string({ minLength: 1, unit: 'grapheme' }),
  year: fc.integer({ min: 1890, max: 2030 }),
  genres: fc.subarray(Object.keys(en.genre)),
})

describe('a poster', () => {
  test('is deterministic', () => {
    fc.assert(
      fc.property(film, (one) => {
        expect(artOf(one)).toEqual(artOf(structuredClone(one)))
      }),
    )
  })

  test('differs only in the lettering between languages', () => {
    const { title: english, ...picture } = artOf(heat)
    const { title: korean, ...same } = artOf(heat, '히트')
    expect(same).toEqual(picture)
    expect([english.lines.join().toLowerCase(), korean.lines.join()]).toEqual(['heat', '히트'])
  })

  test('differs between films, decades and genres', () => {
    const drawings = [
      heat,
      { ...heat, key: '7' },
      { ...heat, year: 1985 },
      { ...heat, genres: ['Romance'] },
      { ...heat, genres: [] },
    ].map((one) => JSON.stringify(artOf(one)))
    expect(new Set(drawings).size).toBe(drawings.length)
  })

  test('has finite coordinates and colours for light and dark mode', () => {
    fc.assert(
      fc.property(film, (one) => {
        const { palette, backdrop, motif } = artOf(one)
        for (const color of Object.values(palette))
          expect(color).toMatch(/^light-dark\(oklch\([\d. ]+\), oklch\([\d. ]+\)\)$/)
        for (const { d } of [...backdrop, ...motif]) expect(d).not.toMatch(/NaN|Infinity|undefined/)
        expect(motif.length).toBeGreaterThan(1)
      }),
    )
  })

  test('has a different motif for each genre', () => {
    const genres = Object.keys(en.genre).filter((genre) => genre !== 'IMAX')
    const motifs = genres.map((genre) => JSON.stringify(artOf({ ...heat, genres: [genre] }).motif))
    expect(new Set(motifs).size).toBe(genres.length)
  })
})

describe('lettering', () => {
  test('fits any title into its box', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 120, unit: 'grapheme' }), (title) => {
        const { lines, size } = letteringOf(title, 164, 92)
        expect(lines.length * size).toBeLessThanOrEqual(92)
        for (const line of lines)
          if ([...line].length > 2) expect(widthOf(line) * size).toBeLessThanOrEqual(164.001)
      }),
    )
  })

  test('sets short titles large and subtitles small', () => {
    expect(letteringOf('Heat', 164, 92)).toEqual({ lines: ['Heat'], size: 36 })
    expect(letteringOf('Star Wars: Episode IV - A New Hope', 164, 92)).toMatchObject({
      subtitle: 'Episode IV - A New Hope',
    })
  })
})

test.each([
  ['The Matrix', 'M'],
  ['Toy Story', 'TS'],
  ['기생충', '기'],
  ['8 1/2', '81'],
  ['…', '…'],
])('initials of %s are %s', (title, initials) => expect(initialsOf(title)).toBe(initials))
