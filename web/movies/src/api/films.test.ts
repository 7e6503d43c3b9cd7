import { expect, test } from 'vitest'
import { filmLinksOf } from './film-links.js'
import { titlesOf } from './titles.js'

const columnsOf = (...names: string[]) => names.map((name) => ({ name, type: 'STRING' }))

test('reads titles from the columns that the table has', () => {
  const columns = columnsOf('movie_id', 'title', 'genres', 'tconst', 'title_ko')
  const rows = [
    [6, 'Heat (1995)', ['Action', 'Crime'], 'tt0113277', '히트'],
    [null, 'lost', [], null, null],
    [7, null, [], null, null],
  ]
  const { films, total } = titlesOf({ columns, rows, total_rows: 3 })
  expect(total).toBe(3)
  expect(films).toHaveLength(1)
  expect(films[0]).toMatchObject({
    id: 6,
    title: 'Heat',
    year: 1995,
    imdbId: 'tt0113277',
    koreanTitle: '히트',
  })
  expect(titlesOf({ columns: columnsOf('title'), rows: [['Heat']], total_rows: 1 }).films).toEqual([])
})

test('keeps leading zeros of ids in links and omits unknown ids', () => {
  const columns = columnsOf('movie_id', 'imdb_id', 'tmdb_id')
  const rows = [
    [1, '0114709', '862'],
    [2, 113277, null],
    [3, null, null],
  ]
  expect([...filmLinksOf({ columns, rows, total_rows: 3 })]).toEqual([
    ['1', { imdbId: 'tt0114709', tmdbId: '862' }],
    ['2', { imdbId: 'tt0113277' }],
    ['3', {}],
  ])
})
