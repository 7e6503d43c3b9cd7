import { loadEvents } from '@cairn/pipelines/leaderboard/load-events'
import { countEvents } from '@cairn/recommenders/data/interactions'
import { evaluate } from '@cairn/recommenders/evaluation/evaluate'
import { getProtocol } from '@cairn/recommenders/evaluation/protocol'
import { type Split, split, type Targets } from '@cairn/recommenders/evaluation/splits/split'
import { trainAls } from '@cairn/recommenders/models/als/train'

/** Time and memory of a step of this process, sent to its parent, `bench/large.ts`. */
export interface Phase {
  readonly name: string
  readonly seconds: number
  /** Peak of the process since its start. */
  readonly peakBytes: number
  readonly note: string
}

const EVALUATED_USERS = 10_000

async function phase<T>(name: string, work: () => T | Promise<T>, note: (result: T) => string): Promise<T> {
  const started = performance.now()
  const result = await work()
  const seconds = (performance.now() - started) / 1000
  const peakBytes = process.resourceUsage().maxRSS * 1024
  process.send!({ name, seconds, peakBytes, note: note(result) } satisfies Phase)
  return result
}

function firstUsers({ users, offsets, items }: Targets): Targets {
  const chosen = users.subarray(0, EVALUATED_USERS)
  return {
    users: chosen,
    offsets: offsets.subarray(0, chosen.length + 1),
    items: items.subarray(0, offsets[chosen.length]),
  }
}

const folder = process.argv[2]!
const { interactions } = await phase(
  'import',
  () => loadEvents(folder),
  (loaded) => `${countEvents(loaded.interactions)} events in memory, by user and time`,
)
const parts: Split = await phase(
  'split',
  () => split('loo.v1', interactions),
  ({ id }) => id,
)
const sampled: Split = { ...parts, test: { ...parts.test, targets: firstUsers(parts.test.targets) } }
const model = await phase(
  'iALS, 64 factors, one epoch',
  () => trainAls(sampled.test.train, { factors: 64, epochs: 1 }),
  ({ users, items }) => `${users.size} users, ${items.size} items`,
)
await phase(
  'evaluation',
  () => evaluate(model, sampled, getProtocol('loo.full.seenfiltered.v1')),
  ({ summary }) =>
    `${summary.n_users} users × ${summary.catalogue_size} items, HR@10 ${summary.metrics.hit_rate.toFixed(4)}`,
)
process.exit()
