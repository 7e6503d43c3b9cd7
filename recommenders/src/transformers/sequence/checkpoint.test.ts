import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Checkpoint, findCheckpoint, writeCheckpoint } from './checkpoint.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cairn-checkpoint-'))
})
afterEach(() => rm(folder, { recursive: true }))

const checkpoint: Checkpoint = {
  fingerprint: 'a',
  epoch: 3,
  steps: 12,
  best: { epoch: 2, ndcg: 0.1 },
  parameters: Float32Array.of(1, 2),
  means: Float32Array.of(3, 4),
  squares: Float32Array.of(5, 6),
  bestParameters: Float32Array.of(7, 8),
}

test('finds the latest checkpoint', async () => {
  await writeCheckpoint(folder, { ...checkpoint, epoch: 2 })
  await writeCheckpoint(folder, checkpoint)
  expect(await findCheckpoint(folder, 'a')).toEqual(checkpoint)
})

test('ignores another training, a truncated file and a missing file', async () => {
  expect(await findCheckpoint(folder, 'a')).toBeUndefined()
  await writeCheckpoint(folder, checkpoint)
  expect(await findCheckpoint(folder, 'b')).toBeUndefined()
  const path = join(folder, 'training.checkpoint')
  const bytes = await readFile(path)
  for (const length of [0, 3, 20, bytes.length - 1]) {
    await writeFile(path, bytes.subarray(0, length))
    expect(await findCheckpoint(folder, 'a')).toBeUndefined()
  }
})
