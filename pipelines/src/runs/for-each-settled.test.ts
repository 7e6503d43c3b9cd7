import { expect, test } from 'vitest'
import { forEachSettled } from './for-each-settled.js'

test('handles the items after one that fails, and throws its error at the end', async () => {
  const handled: number[] = []
  const work = forEachSettled([1, 2, 3], async (item) => {
    handled.push(item)
    if (item < 3) throw new Error(`${item} fails`)
  })
  await expect(work).rejects.toThrow('1 fails')
  expect(handled).toEqual([1, 2, 3])
})
