import { expect, test } from 'vitest'
import { titlesOf, withLinks } from './titles.js'

const columnsOf = (...names: string[]) => names.map((name) => ({ name, type: 'STRING' }))

test('reads titles from the columns that the table has', () => {
  const columns = columnsOf('movie_id', 'title', 'genres', 'tconst', 'title_ko')
  const rows = [
    [6, 'Heat (1995)', ['Action', 'Crime'], 'tt0113277', '히트'],
    [null, 'lost', [], null, null],
    [7, null, [], null, null],
    [8, 'Plain', 'Drama', {}, null],
  ]
  expect(titlesOf({ columns, rows, total_rows: 4 })).toEqual({
    titles: [
      { id: 6, title: 'Heat (1995)', genres: ['Action', 'Crime'], imdb_id: 'tt0113277', title_ko: '히트' },
      { id: 8, title: 'Plain', genres: 'Drama' },
    ],
    total: 4,
  })
  expect(titlesOf({ columns: columnsOf('title'), rows: [['Heat']], total_rows: 1 }).titles).toEqual([])
})

test('adds ids of other sites as they are written, and keeps films without', () => {
  const columns = columnsOf('movie_id', 'imdb_id', 'tmdb_id')
  const rows = [
    [1, '0114709', '862'],
    [2, 113277, null],
    [3, null, null],
  ]
  const titles = [1, 2, 3, 4].map((id) => ({ id, title: `film ${id}` }))
  expect(withLinks(titles, { columns, rows, total_rows: 3 })).toEqual([
    { id: 1, title: 'film 1', imdb_id: '0114709', tmdb_id: '862' },
    { id: 2, title: 'film 2', imdb_id: 113277 },
    { id: 3, title: 'film 3' },
    { id: 4, title: 'film 4' },
  ])
  expect(withLinks(titles, undefined)).toEqual(titles)
})
