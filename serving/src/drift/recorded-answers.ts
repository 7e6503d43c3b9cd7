import { COMPARED_ITEMS } from '@cairn/flavors/drift/drift-baseline'
import { sqlText } from '@cairn/platform/tables/duckdb'
import type { RunSql } from '../run-sql.js'
import type { ItemCounts } from './item-drift.js'

/** The answers of an endpoint in its inference table. */
export interface AnswerSource {
  readonly run: RunSql
  /** A relation of `answersOf`, for a FROM clause. */
  readonly answers: string
}

export interface ServedVersion {
  readonly entity: string
  readonly version: string
}

/** The answers of a version, oldest first. */
export interface RecordedAnswers {
  /** The score of each answer: that of the first recommendation, or the first number of a row of predictions. */
  readonly scores: readonly number[]
  /** Milliseconds since the epoch. */
  readonly times: readonly number[]
  /** Counts of items in the latest answers; empty for models without recommendations. */
  readonly items: ItemCounts
  /** The mean number of recommendations that were counted for an answer. */
  readonly itemsPerAnswer: number
}

export interface AnswerSelection {
  /** The end of the table to read from, if there are more than `answers`. */
  readonly from: 'oldest' | 'newest'
  readonly answers: number
  /** The number of latest answers whose items are counted. */
  readonly latest: number
  /** Milliseconds since the epoch; only later answers are read. */
  readonly after?: number | undefined
}

const MAX_VERSIONS = 5
/** The largest number of predictions read from one request. */
const MAX_PREDICTIONS = 100

/** The answers of an endpoint as rows, without those that failed. @param relation of its inference table, for a FROM clause */
export const answersOf = (relation: string, endpoint: string) =>
  `(select * from ${relation} where endpoint_name = ${sqlText(endpoint)} and status_code = 200
    and served_entity is not null)`

/** The versions that answered, the latest first. */
export const readVersions = ({ run, answers }: AnswerSource): Promise<readonly ServedVersion[]> =>
  run(`select served_entity as entity, model_version as version from ${answers}
    group by all order by max(request_time) desc, entity, version limit ${MAX_VERSIONS}`)

/** Reads answers of a version. Those that are neither numbers nor recommendations are skipped. */
export async function readAnswers(
  { run, answers }: AnswerSource,
  { entity, version }: ServedVersion,
  selection: AnswerSelection,
): Promise<RecordedAnswers> {
  const { latest } = selection
  await run(
    `create or replace temp table scored as ${scored(ofVersion(answers, entity, version), selection)}`,
  )
  const [lists] = await run<{ scores: number[] | null; times: number[] | null }>(
    'select list(score order by place desc) as scores, list(moment order by place desc) as times from scored',
  )
  const counts = await run<{ item: string; count: number }>(`select item, count(*)::double as count from (
    select unnest(items) as item from scored where place <= ${latest}) group by item`)
  const [depth] = await run<{ mean: number | null }>(
    `select avg(len(items)) as mean from scored where place <= ${latest}`,
  )
  return {
    scores: lists?.scores ?? [],
    times: lists?.times ?? [],
    items: new Map(counts.map(({ item, count }) => [item, count])),
    itemsPerAnswer: depth?.mean ?? 0,
  }
}

const ofVersion = (answers: string, entity: string, version: string) =>
  `${answers} where served_entity = ${sqlText(entity)} and model_version = ${sqlText(version)}`

/**
 * A row for each row of predictions, in MLflow's protocol or Open Inference v2. Popular items that a recommender gives to
 * unknown users are excluded: it did not choose them, and their scores are on another scale. `place` counts from the newest.
 */
function scored(answers: string, { from, answers: limit, after = 0 }: AnswerSelection): string {
  const direction = from === 'newest' ? 'desc' : 'asc'
  return `with recorded as (
    select epoch_ms(request_time)::double as moment, response from ${answers}
      and epoch_ms(request_time) > ${Math.floor(after)} and json_valid(response)
    order by request_time ${direction} limit ${limit}
  ), predicted as (
    select moment, unnest(list_slice(if(json_exists(response, '$.predictions'),
      json_extract(response, '$.predictions[*]'), json_extract(response, '$.outputs[0].data[*]')),
      1, ${MAX_PREDICTIONS})) as prediction
    from recorded
  ), scores as (
    select moment, try_cast(${SCORE} as double) as score,
      json_extract_string(prediction, '$.recommendations[*].item_id')[1:${COMPARED_ITEMS}] as items
    from predicted where coalesce(json_extract_string(prediction, '$.source'), '') <> 'popularity'
  ), chosen as (
    select * from scores where isfinite(score) order by moment ${direction} limit ${limit}
  )
  select *, row_number() over (order by moment desc) as place from chosen`
}

const SCORE = `case json_type(prediction)
  when 'OBJECT' then if(json_exists(prediction, '$.recommendations'),
    json_extract_string(prediction, '$.recommendations[0].score'),
    list_filter(json_extract_string(prediction, '$.*'), lambda x: try_cast(x as double) is not null)[1])
  when 'ARRAY' then coalesce(json_extract_string(prediction, '$[0][0]'), json_extract_string(prediction, '$[0]'))
  else prediction->>'$' end`
