import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Interactions } from '@cairn/recommenders/data/interactions'
import type { Evaluation } from '@cairn/recommenders/evaluation/evaluate'

/** One JSON line for each user, `{ user, list, targets }` by their own ids, so that others can measure the same lists. */
export async function writeLists(
  path: string,
  { rankings, targets }: Evaluation,
  { users, items }: Interactions,
): Promise<void> {
  const { k, lists } = rankings
  const named = (of: Int32Array) =>
    Array.from(
      of.filter((item) => item >= 0),
      (item) => items.at(item),
    )
  const lines = Array.from(targets.users, (user, n) =>
    JSON.stringify({
      user: users.at(user),
      list: named(lists.subarray(n * k, (n + 1) * k)),
      targets: named(targets.items.subarray(targets.offsets[n], targets.offsets[n + 1])),
    }),
  )
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, `${lines.join('\n')}\n`)
}
