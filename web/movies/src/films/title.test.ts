import { describe, expect, test } from 'vitest'
import { filmOf } from './film.js'
import { parseTitle } from './title.js'

describe('parseTitle', () => {
  test.each([
    ['Toy Story (1995)', { title: 'Toy Story', otherTitles: [], year: 1995 }],
    ['Matrix, The (1999)', { title: 'The Matrix', otherTitles: [], year: 1999 }],
    ['Postman, The (Postino, Il) (1994)', { title: 'The Postman', otherTitles: ['Il Postino'], year: 1994 }],
    [
      'Léon: The Professional (a.k.a. The Professional) (Léon) (1994)',
      { title: 'Léon: The Professional', otherTitles: ['The Professional', 'Léon'], year: 1994 },
    ],
    [
      "Avventura, L' (Adventure, The) (1960)",
      { title: "L'Avventura", otherTitles: ['The Adventure'], year: 1960 },
    ],
    ['Babylon 5', { title: 'Babylon 5', otherTitles: [] }],
    ['Fawlty Towers (1975-1979)', { title: 'Fawlty Towers', otherTitles: [], year: 1975 }],
    ['(500) Days of Summer (2009)', { title: '(500) Days of Summer', otherTitles: [], year: 2009 }],
    [
      'Good, the Bad and the Ugly, The (1966)',
      { title: 'The Good, the Bad and the Ugly', otherTitles: [], year: 1966 },
    ],
    ['1984 (1984) ', { title: '1984', otherTitles: [], year: 1984 }],
  ])('%s', (text, parts) => expect(parseTitle(text)).toEqual(parts))
})

test('creates a film from table values of any type', () => {
  expect(
    filmOf({ id: 1, title: 'Toy Story (1995)', genres: 'Comedy|Fantasy', imdbId: '0114709', tmdbId: 862 }),
  ).toEqual({
    id: 1,
    key: '1',
    title: 'Toy Story',
    otherTitles: [],
    year: 1995,
    genres: ['Comedy', 'Fantasy'],
    imdbId: 'tt0114709',
    tmdbId: '862',
  })
  const bare = filmOf({
    id: 'x',
    title: '기생충',
    genres: '(no genres listed)',
    year: '2019',
    koreanTitle: '기생충',
  })
  expect(bare).toEqual({ id: 'x', key: 'x', title: '기생충', otherTitles: [], year: 2019, genres: [] })
  expect(filmOf({ id: 2, title: 'A', genres: null, year: null, imdbId: null }).genres).toEqual([])
})
