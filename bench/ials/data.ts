import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildInteractions, type Interactions } from '@cairn/recommenders/data/interactions'
import { readPairs } from '@cairn/recommenders/data/read-pairs'
import type { Fold } from '@cairn/recommenders/evaluation/splits/split'

/** Reads a MovieLens `ratings.csv`, or a file of "user item" lines in time order. */
export async function readEvents(path: string): Promise<Interactions> {
  if (!path.endsWith('.csv')) return readPairs(path)
  const lines = (await readFile(path, 'utf8')).trim().split('\n').slice(1)
  const rows = lines.map((line) => line.split(',').map(Number))
  const column = (n: number) => rows.map((row) => row[n]!)
  return buildInteractions(
    { users: column(0), items: column(1), times: column(3), values: column(2) },
    'hash',
  )
}

/** Writes the fold for the peer: `train.bin` and `targets.bin` hold int32 pairs (user, item), `shape.json` the counts of both. */
export async function writeFold({ train, targets }: Fold, folder: string): Promise<void> {
  const pairs: number[] = []
  for (let user = 0; user < train.users.size; user++)
    for (const item of train.itemOf.subarray(train.starts[user], train.ends[user])) pairs.push(user, item)
  const held: number[] = []
  targets.users.forEach((user, n) => {
    held.push(user, targets.items[n]!)
  })
  await writeFile(join(folder, 'train.bin'), Int32Array.from(pairs))
  await writeFile(join(folder, 'targets.bin'), Int32Array.from(held))
  await writeFile(join(folder, 'shape.json'), JSON.stringify([train.users.size, train.items.size]))
}
