import { text } from 'node:stream/consumers'
import {
  DRIFT_BASELINE_FILE,
  type DriftBaseline,
  parseDriftBaseline,
} from '@cairn/flavors/drift/drift-baseline'
import type { ArtifactLocations } from '@cairn/platform/blobs/artifact-locations'
import type { Db } from '@cairn/platform/db/db'
import { ApiError } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetModelVersionDownloadUri } from '@cairn/platform/protocol/mlflow/model-versions'
import type { ServingSchema } from '../schema.js'
import type { ItemCounts } from './item-drift.js'
import type { RecordedAnswers, ServedVersion } from './recorded-answers.js'

/** The scores and items that answers are compared with. */
export interface Baseline {
  readonly source: 'training' | 'first_answers'
  readonly scores: readonly number[]
  /** Counts of items in answers of this length; empty for models without recommendations. */
  items(itemsPerAnswer: number): ItemCounts
  /** Ids of the most popular items. */
  readonly popular: readonly string[]
  /** The number of items of the model; 0 if unknown. */
  readonly catalogue: number
  /** The time of its last answer, if it consists of recorded ones. */
  readonly to?: number
}

/** A pinned baseline as JSON. */
interface FirstAnswers {
  readonly scores: readonly number[]
  readonly items: readonly (readonly [string, number])[]
  readonly to: number
}

/** Larger files would block the event loop while they are parsed. */
const MAX_BYTES = 1024 ** 2
const POPULAR = 50

interface BaselineParts {
  readonly db: Db<ServingSchema>
  readonly locations: ArtifactLocations
  /** Acts as the server. */
  readonly call: Client
}

/** The baselines of served versions: those that were logged with models, and pinned first answers for others. */
export class Baselines {
  readonly #parts: BaselineParts

  constructor(parts: BaselineParts) {
    this.#parts = parts
  }

  /** The baseline that was logged with a version; undefined without a readable one. @param model its registered name */
  async findLogged(model: string, version: string): Promise<Baseline | undefined> {
    try {
      const { artifact_uri } = await this.#parts.call(GetModelVersionDownloadUri, { name: model, version })
      const { blobs, key } = await this.#parts.locations.resolve(artifact_uri, DRIFT_BASELINE_FILE)
      if ((await blobs.head(key)).size > MAX_BYTES) return undefined
      return trainingBaseline(parseDriftBaseline(await text(await blobs.get(key))))
    } catch (error) {
      if (error instanceof ApiError && error.statusCode < 500) return undefined
      throw error
    }
  }

  async findPinned(endpoint_id: string, { entity, version }: ServedVersion): Promise<Baseline | undefined> {
    const row = await this.#parts.db.read
      .selectFrom('drift_baselines')
      .select('baseline')
      .where('endpoint_id', '=', endpoint_id)
      .where('served_entity', '=', entity)
      .where('version', '=', version)
      .executeTakeFirst()
    return row && firstAnswers(JSON.parse(row.baseline) as FirstAnswers)
  }

  /** Stores first answers, because retention may delete them. A baseline that another process stored before is kept. */
  async pin(
    endpoint_id: string,
    { entity, version }: ServedVersion,
    { scores, times, items }: RecordedAnswers,
  ): Promise<Baseline> {
    const first: FirstAnswers = { scores, items: [...items], to: times.at(-1)! }
    const row = { endpoint_id, served_entity: entity, version, baseline: JSON.stringify(first) }
    await this.#parts.db.transaction((tx) =>
      tx
        .insertInto('drift_baselines')
        .values(row)
        .onConflict((on) => on.columns(['endpoint_id', 'served_entity', 'version']).doNothing())
        .execute(),
    )
    return (await this.findPinned(endpoint_id, { entity, version })) ?? firstAnswers(first)
  }
}

const trainingBaseline = ({ top_scores, items, popular, catalogue }: DriftBaseline): Baseline => ({
  source: 'training',
  scores: top_scores,
  popular: popular.map(String),
  catalogue,
  items(itemsPerAnswer) {
    const depth = Math.max(1, Math.round(itemsPerAnswer))
    const counts = new Map<string, number>()
    for (const list of items)
      for (const id of list.slice(0, depth).map(String)) counts.set(id, (counts.get(id) ?? 0) + 1)
    return counts
  },
})

function firstAnswers({ scores, items, to }: FirstAnswers): Baseline {
  const counts = new Map(items)
  const popular = items.toSorted(([, a], [, b]) => b - a).slice(0, POPULAR)
  return {
    source: 'first_answers',
    scores,
    items: () => counts,
    popular: popular.map(([item]) => item),
    catalogue: 0,
    to,
  }
}
