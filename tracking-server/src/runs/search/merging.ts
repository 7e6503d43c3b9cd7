import type { Db } from '@cairn/platform/db/db'
import type { Order } from '@cairn/platform/search/language'
import { sql } from 'kysely'
import { inExperiments } from '../../experiments/in-experiments.js'
import type { TrackingSchema } from '../../schema.js'

/** SQLite limits the selects of a union to 500, of which an experiment needs one or two. */
const MAX_EXPERIMENTS = 200
/** The limit of the tables of all selects, because planning them blocks the event loop, for about 0.1 ms each. */
const MAX_TABLES = 600
/** The number of runs, for each table, from which sorting them takes longer than planning. */
export const RUNS_PER_TABLE = 200
/** Characters of the filter and the order, times experiments, which keeps the parameters within SQLite's limit of 32,766. */
const MAX_LENGTH = 20_000
/** Attributes that an index has in order within an experiment. */
const INDEXED = ['start_time', 'end_time', 'run_name']

interface MergingOptions {
  readonly experiments: readonly number[]
  readonly orders: readonly Order[]
  /** The number of comparisons, each of which may read a table. */
  readonly comparisons: number
  /** The number of characters of the filter and the order. */
  readonly length: number
  readonly runsPerTable: number
}

/**
 * Returns whether a search reads experiments one by one in the order of their indexes, instead of sorting all of their runs:
 * if they have so many runs that planning a select for each experiment is faster.
 */
export async function mergesExperiments(
  db: Db<TrackingSchema>,
  { experiments, orders, comparisons, length, runsPerTable }: MergingOptions,
): Promise<boolean> {
  const count = experiments.length
  if (!db.dialect.mergesUnions || count < 2 || count > MAX_EXPERIMENTS) return false
  const [first, ...others] = orders
  if (first?.entity === 'attribute' && !INDEXED.includes(first.key)) return false
  const joined = others.filter(({ entity }) => entity !== 'attribute')
  const tables = (1 + joined.length + comparisons) * count
  if (tables > MAX_TABLES || length * count > MAX_LENGTH) return false
  const least = tables * runsPerTable
  if (least === 0) return true
  const { rows } = await sql<{ runs: number }>`select count(*) as runs from (
    select 1 from runs where ${inExperiments(experiments)} limit ${least}) as some_runs`.execute(db.read)
  return rows[0]!.runs === least
}
