import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Interactions } from '@cairn/recommenders/data/interactions'
import type { Evaluation } from '@cairn/recommenders/evaluation/evaluate'

/** Writes a JSON line `{ user, list, targets }` with original ids for each user, so that other tools can measure the lists. */
export async function writeLists(
  path: string,
  { rankings, targets }: Evaluation,
  { users, items }: Interactions,
): Promise<void> {
  const { k, lists } = rankings
  const idsOf = (indices: Int32Array) =>
    Array.from(
      indices.filter((item) => item >= 0),
      (item) => items.at(item),
    )
  const lines = Array.from(targets.users, (user, n) =>
    JSON.stringify({
      user: users.at(user),
      list: idsOf(lists.subarray(n * k, (n + 1) * k)),
      targets: idsOf(targets.items.subarray(targets.offsets[n], targets.offsets[n + 1])),
    }),
  )
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${lines.join('\n')}\n`)
}
