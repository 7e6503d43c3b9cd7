import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OutcomeDifference, OutcomeSummary } from '@cairn/platform/protocol/cairn/serving-feedback'
import { sqlText } from '@cairn/platform/tables/duckdb'
import { type RunSql, withSql } from '../run-sql.js'
import type { FeedbackRow } from '../schema.js'
import { comparePairs, compareSamples, meanInterval, type Sample } from './compare.js'

export interface FeedbackSummary {
  readonly variants: {
    readonly served_entity: string
    readonly version: string
    readonly answers: number
    readonly outcomes: OutcomeSummary[]
  }[]
  readonly differences: OutcomeDifference[]
  readonly unmatched: number
}

interface Variant {
  readonly entity: string
  readonly version: string
}

interface OutcomeSample extends Sample, Variant {
  readonly name: string
}

interface Pairs extends Omit<Sample, 'binary'> {
  readonly name: string
}

/**
 * Joins outcomes with the answers of an inference table.
 *
 * @param relation of the inference table, for a FROM clause
 */
export async function summarizeFeedback(
  relation: string,
  endpoint: string,
  feedback: AsyncIterable<readonly FeedbackRow[]>,
): Promise<FeedbackSummary> {
  const folder = await mkdtemp(join(tmpdir(), 'cairn-feedback-'))
  try {
    const path = join(folder, 'feedback.ndjson')
    await writeLines(path, feedback)
    return await withSql(async (run) => {
      await run(`create temp table answers as select databricks_request_id as request_id, client_request_id,
        served_entity as entity, model_version as version, request_time
        from ${relation} where endpoint_name = ${sqlText(endpoint)} and status_code = 200`)
      await run(matchOutcomes(path))
      return summarize(run)
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeLines(path: string, pages: AsyncIterable<readonly FeedbackRow[]>): Promise<void> {
  await using file = await open(path, 'w', 0o600)
  for await (const page of pages)
    await file.appendFile(
      page
        .map(({ request_id, client_request_id, name, outcome }) =>
          JSON.stringify({ request_id, client_request_id, name, outcome }).concat('\n'),
        )
        .join(''),
    )
}

/** An id that several variants share is attributed to none. */
const variantsBy = (id: string) => `select ${id} as id, any_value(client_request_id) as client_request_id,
  any_value(entity) as entity, any_value(version) as version
  from answers where ${id} is not null group by ${id} having count(distinct (entity, version)) = 1`

const matchOutcomes = (path: string) => `create temp table outcomes as
  with feedback as (select * from read_json(${sqlText(path)}, format = 'newline_delimited', columns =
    {request_id: 'VARCHAR', client_request_id: 'VARCHAR', name: 'VARCHAR', outcome: 'DOUBLE'}))
  select feedback.name, feedback.outcome, answer.entity, answer.version,
    coalesce(answer.client_request_id, '') as pair
  from feedback left join (
    select 'request' as kind, * from (${variantsBy('request_id')})
    union all select 'client' as kind, * from (${variantsBy('client_request_id')})
  ) answer on answer.kind = if(feedback.request_id <> '', 'request', 'client')
    and answer.id = if(feedback.request_id <> '', feedback.request_id, feedback.client_request_id)`

async function summarize(run: RunSql): Promise<FeedbackSummary> {
  const variants = await run<
    Variant & { answers: number }
  >(`select entity, version, count(*)::double as answers
    from answers group by entity, version order by min(request_time), entity, version`)
  const samples =
    await run<OutcomeSample>(`select name, entity, version, count(*)::double as count, avg(outcome) as mean,
    coalesce(var_samp(outcome), 0) as variance, bool_and(outcome in (0, 1)) as binary
    from outcomes where entity is not null group by all order by name`)
  const [unmatched] = await run<{ count: number }>(
    'select count(*)::double as count from outcomes where entity is null',
  )
  const [first, second] = variants
  return {
    variants: variants.map((variant) => ({
      served_entity: variant.entity,
      version: variant.version,
      answers: variant.answers,
      outcomes: samplesOf(variant, samples).map(outcomeSummary),
    })),
    differences:
      first && second ? differences(samples, [first, second], await pairsOf(run, first, second)) : [],
    unmatched: unmatched!.count,
  }
}

const samplesOf = ({ entity, version }: Variant, samples: readonly OutcomeSample[]) =>
  samples.filter((sample) => sample.entity === entity && sample.version === version)

function outcomeSummary(sample: OutcomeSample): OutcomeSummary {
  const { name, count, mean } = sample
  const interval = meanInterval(sample)
  return { name, count, mean, ...(interval && { interval }) }
}

const pairsOf = (run: RunSql, first: Variant, second: Variant) => {
  const of = ({ entity, version }: Variant) => `(select name, pair, avg(outcome) as outcome from outcomes
    where pair <> '' and entity = ${sqlText(entity)} and version = ${sqlText(version)} group by name, pair)`
  return run<Pairs>(`select name, count(*)::double as count, avg(b.outcome - a.outcome) as mean,
    coalesce(var_samp(b.outcome - a.outcome), 0) as variance
    from ${of(first)} a join ${of(second)} b using (name, pair) group by name`)
}

function differences(
  samples: readonly OutcomeSample[],
  [first, second]: readonly [Variant, Variant],
  pairs: readonly Pairs[],
): OutcomeDifference[] {
  return samplesOf(first, samples).flatMap((a) => {
    const b = samplesOf(second, samples).find(({ name }) => name === a.name)
    if (!b) return []
    const paired = pairs.find(({ name, count }) => name === a.name && count === a.count && count === b.count)
    const difference = (paired && comparePairs(paired)) ?? compareSamples(a, b)
    return difference ? [{ name: a.name, ...difference }] : []
  })
}
