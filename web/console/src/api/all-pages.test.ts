import { expect, test } from 'vitest'
import { allPages } from './all-pages.js'

test('reads a list to the page without a token, and asks for the first page without one', async () => {
  const asked: (string | undefined)[] = []
  const pages = await allPages(async (token) => {
    asked.push(token)
    return { rows: [asked.length], next_page_token: { 1: 'a', 2: 'b' }[asked.length] ?? '' }
  })
  expect(asked).toEqual([undefined, 'a', 'b'])
  expect(pages.flatMap(({ rows }) => rows)).toEqual([1, 2, 3])
})

test('counts pages, and stops between them when the page is left', async () => {
  const leaving = new AbortController()
  let pages = 0
  const read = async () => {
    if (++pages === 2) leaving.abort()
    return { next_page_token: 'more' }
  }
  const counts: number[] = []
  const reading = { signal: leaving.signal, onPage: (count: number) => void counts.push(count) }
  await expect(allPages(read, reading)).rejects.toThrow('aborted')
  expect([pages, counts]).toEqual([2, [1, 2]])
})
