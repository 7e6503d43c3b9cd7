import { expect, test } from 'vitest'
import { bert4rec } from '../../models/bert4rec/network.js'
import type { sasrec } from '../../models/sasrec/network.js'
import { trainSmall } from './testing/small-training.js'

test('has the same losses on the wasm runtime without dropout', async () => {
  const native = await trainSmall(bert4rec as typeof sasrec, { dropout: 0, epochs: 1 })
  const wasm = await trainSmall(bert4rec as typeof sasrec, { dropout: 0, epochs: 1 }, { engine: 'wasm' })
  for (const [epoch, loss] of native.seen.entries()) expect(wasm.seen[epoch]).toBeCloseTo(loss, 4)
})
