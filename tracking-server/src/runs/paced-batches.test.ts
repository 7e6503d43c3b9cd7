import { expect, test } from 'vitest'
import { inPacedBatches } from './paced-batches.js'

test('works on each item once, in batches that grow while quick and shrink while slow', async () => {
  const items = Array.from({ length: 2000 }, (_, i) => i)
  const sizesOf = async (msPerItem: number) => {
    const seen: number[] = []
    const sizes: number[] = []
    let time = 0
    const work = async (batch: readonly number[]) => {
      seen.push(...batch)
      sizes.push(batch.length)
      time += batch.length * msPerItem
    }
    await inPacedBatches(items, work, () => time)
    expect(seen).toEqual(items)
    return sizes
  }
  expect((await sizesOf(0)).slice(0, 6)).toEqual([32, 64, 128, 256, 500, 500])
  expect((await sizesOf(1)).slice(0, 4)).toEqual([32, 16, 32, 16])
  expect(Math.max(...(await sizesOf(100)).slice(3))).toBe(4)
})
