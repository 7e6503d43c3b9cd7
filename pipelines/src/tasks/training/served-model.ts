import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { COMPARED_ITEMS, type DriftBaseline } from '@cairn/flavors/drift/drift-baseline'
import type { Model } from '@cairn/flavors/flavor'
import { loadModel } from '@cairn/flavors/load'
import type { ModelFiles } from '@cairn/flavors/mlmodel/model-folder'
import type { RecommendResponse } from '@cairn/flavors/recommender/recommendation'
import type { Interactions } from '@cairn/recommenders/data/interactions'
import { getProtocol } from '@cairn/recommenders/evaluation/protocol'
import { split as splitBy } from '@cairn/recommenders/evaluation/splits/split'

const USERS = 500
const EVENTS = 100
/** The share of recommendations among so few items measures the bias to popular items. */
const POPULAR = 50

export interface ServedMeasurement {
  /** Serving compares its answers with these. Absent for a model that answers every history alike. */
  readonly baseline?: DriftBaseline
  /** CPU time of a query in milliseconds, without loading the model. */
  readonly cpuMs: number
}

/**
 * Loads the model as serving does and recommends to users of the test split after their training events.
 *
 * @param files the model folder
 * @param protocol whose test users are sampled, at most 500
 */
export async function measureServed(
  files: ModelFiles,
  events: Interactions,
  protocol: string,
): Promise<ServedMeasurement> {
  const histories = testHistories(events, protocol)
  const { answers, cpuMs } = await withModel(files, async (model) => {
    const before = process.cpuUsage()
    const answers = await ask(model, histories)
    const { user, system } = process.cpuUsage(before)
    return { answers, cpuMs: (user + system) / 1000 / histories.length }
  })
  const baseline = baselineOf(answers, events)
  return { cpuMs, ...(baseline && { baseline }) }
}

function baselineOf(answers: readonly RecommendResponse[], events: Interactions): DriftBaseline | undefined {
  const scored = answers.filter(
    ({ source, recommendations }) => source !== 'popularity' && recommendations[0],
  )
  if (scored.length === 0) return undefined
  return {
    top_scores: scored.map(({ recommendations }) => recommendations[0]!.score),
    items: scored.map(({ recommendations }) => recommendations.map(({ item_id }) => item_id)),
    popular: mostPopular(events),
    catalogue: events.items.size,
  }
}

/** The latest training events of evenly chosen test users, as item ids. */
function testHistories(events: Interactions, protocol: string) {
  const { train, targets } = splitBy(getProtocol(protocol).split, events).test
  const step = Math.max(1, targets.users.length / USERS)
  const chosen = Array.from({ length: Math.min(USERS, targets.users.length) }, (_, n) =>
    targets.users.at(Math.floor(n * step)),
  )
  return chosen.map((user) => {
    const rows = train.itemOf.subarray(train.starts[user!]!, train.ends[user!]!).slice(-EVENTS)
    return Array.from(rows, (row) => events.items.at(row))
  })
}

async function ask(model: Model, histories: readonly (readonly unknown[])[]): Promise<RecommendResponse[]> {
  const requests = histories.map((history) => ({
    input: { dataframe_records: [{ history, k: COMPARED_ITEMS, filter_seen: true }] },
  }))
  const answers = (await Promise.all(model.predict(requests))) as readonly (readonly RecommendResponse[])[]
  return answers.map(([answer]) => answer!)
}

function mostPopular({ starts, ends, itemOf, items }: Interactions) {
  const counts = new Int32Array(items.size)
  for (let user = 0; user < starts.length; user++)
    for (let at = starts[user]!; at < ends[user]!; at++) counts[itemOf[at]!]!++
  return Array.from(counts.keys())
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, POPULAR)
    .map((row) => items.at(row))
}

async function withModel<T>(files: ModelFiles, use: (model: Model) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-drift-'))
  try {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), content)
    }
    const model = await loadModel(folder)
    try {
      return await use(model)
    } finally {
      await model.close?.()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
