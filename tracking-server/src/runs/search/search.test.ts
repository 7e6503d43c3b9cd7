import { matchesFilter } from '@cairn/platform/search/filter'
import { parseFilter } from '@cairn/platform/search/parse'
import { databases } from '@cairn/platform/testing/databases'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../../schema.js'
import { explain } from '../../testing/explain.js'
import { matches, type SearchableRun, sorted } from '../../testing/naive-search.js'
import { filter, KEYS, order, STATUSES, TEXTS } from '../../testing/random-filters.js'
import { type TrackingApp, trackingApp } from '../../testing/tracking-app.js'
import { indexPending } from '../value-index.js'
import { countRuns } from './run-count.js'
import { type RunPage, RunSearch } from './run-search.js'

type RunQuery = Parameters<RunSearch['page']>[0]
/** As many experiments as a search merges at most. */
const MANY = Array.from({ length: 200 }, (_, i) => String(i))
const NUMBERS = [0, 1, -1, 0.5, 1e6, Number.NaN] as const
/** Runs with missing values, equal values and NaN. */
function aSubject(random: (n: number) => number, i: number): SearchableRun {
  const some = <T>(values: readonly T[]) =>
    Object.fromEntries(KEYS.filter(() => random(2)).map((key) => [key, values[random(values.length)]!]))
  return {
    run_id: '',
    run_name: TEXTS[1 + random(TEXTS.length - 1)]!,
    user_id: TEXTS[random(4)]!,
    status: STATUSES[random(3)]!,
    start_time: 1000 + random(4),
    end_time: random(2) ? 2000 + random(3) : undefined,
    artifact_uri: '',
    experiment_id: String(i % 2),
    metrics: some(NUMBERS),
    params: some(TEXTS),
    tags: some(TEXTS),
    datasets: random(3)
      ? []
      : [{ name: TEXTS[1 + random(3)]!, digest: 'd', context: ['train', 'eval'][random(2)]! }],
  }
}

async function pagesOf(search: RunSearch, query: RunQuery) {
  const pages: (readonly string[])[] = []
  for (let page_token: string | undefined = ''; page_token !== undefined; ) {
    const { runs, next_page_token }: RunPage = await search.page({ ...query, page_token })
    pages.push(runs)
    page_token = next_page_token
  }
  return pages
}

async function store(tracked: TrackingApp, subject: SearchableRun): Promise<SearchableRun> {
  const run_id = await tracked.createRun({
    experiment_id: subject.experiment_id,
    run_name: subject.run_name,
    user_id: subject.user_id,
    start_time: subject.start_time,
  })
  const metrics = Object.entries(subject.metrics).map(([key, value]) => ({
    key,
    value: Number.isNaN(value) ? 'NaN' : value,
    timestamp: 1,
  }))
  const entries = (all: Record<string, string>) => Object.entries(all).map(([key, value]) => ({ key, value }))
  await tracked.post('runs/log-batch', {
    run_id,
    metrics,
    params: entries(subject.params),
    tags: entries(subject.tags),
  })
  await tracked.post('runs/update', { run_id, status: subject.status, end_time: subject.end_time })
  await tracked.post('runs/log-inputs', {
    run_id,
    datasets: subject.datasets.map(({ name, digest, context }) => ({
      dataset: { name, digest, source_type: 's', source: 's' },
      tags: [{ key: 'mlflow.data.context', value: context }],
    })),
  })
  const { body } = await tracked.get('runs/get', { run_id })
  const tags = { ...subject.tags, 'mlflow.runName': subject.run_name }
  return { ...subject, run_id, artifact_uri: body.run.info.artifact_uri, tags }
}

describe.each(databases)('searching runs on %s', (_name, database) => {
  let tracked: TrackingApp
  let subjects: SearchableRun[]
  const search = (body: object) => tracked.post('runs/search', { experiment_ids: ['0', '1'], ...body })
  const idsOf = (body: { runs?: { info: { run_id: string } }[] }) =>
    (body.runs ?? []).map(({ info }) => info.run_id)

  beforeAll(async () => {
    tracked = await trackingApp(database)
    await tracked.post('experiments/create', { name: 'other' })
    let seed = 7
    const random = (n: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return Math.floor((seed / 2 ** 31) * n)
    }
    subjects = []
    for (let i = 0; i < 60; i++) {
      subjects.push(await store(tracked, aSubject(random, i)))
      if (i === 40) await tracked.context.db.for<TrackingSchema>().transaction(indexPending) // two thirds are indexed by value, the others are pending
    }
  })
  afterAll(() => tracked.close())

  test('any filter and ordering returns the same runs as the oracle', async () => {
    await fc.assert(
      fc.asyncProperty(filter, order, async (clauses, order_by) => {
        const response = await search({ filter: clauses, order_by })
        expect(response.status, response.body.message).toBe(200)
        const expected = subjects.filter((subject) =>
          matchesFilter(parseFilter(clauses), (one) => matches(subject, one)),
        )
        expect(idsOf(response.body)).toEqual(sorted(expected, order_by).map(({ run_id }) => run_id))
        const counted = { experiment_ids: ['0', '1'], filter: clauses }
        const db = tracked.context.db.for<TrackingSchema>()
        expect(await countRuns(db, counted, 7)).toBe(expected.length)
      }),
      { numRuns: share(300, database.engine) },
    )
  }, 300_000)

  test('pages of any size contain the same runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        filter,
        order,
        fc.integer({ min: 1, max: 25 }),
        async (clauses, order_by, max_results) => {
          const query = { filter: clauses, order_by }
          const all = idsOf((await search(query)).body)
          const paged: string[] = []
          for (let page_token: string | undefined = ''; page_token !== undefined; ) {
            const { body } = await search({ ...query, max_results, page_token })
            expect(idsOf(body).length).toBeLessThanOrEqual(max_results)
            paged.push(...idsOf(body))
            page_token = body.next_page_token
          }
          expect(paged).toEqual(all)
        },
      ),
      { numRuns: share(80, database.engine) },
    )
  }, 300_000)

  test('pages are stable while runs are added', async () => {
    const first = await search({ max_results: 20 })
    await tracked.createRun({ start_time: 9_999_999 })
    const second = await search({ max_results: 20, page_token: first.body.next_page_token })
    expect(idsOf(first.body).filter((id) => idsOf(second.body).includes(id))).toEqual([])
  })

  test('returns only runs of the given experiments and lifecycle stage', async () => {
    const run_id = await tracked.createRun({ experiment_id: '1' })
    await tracked.post('runs/delete', { run_id })
    expect(idsOf((await search({ experiment_ids: ['1'], run_view_type: 'DELETED_ONLY' })).body)).toEqual([
      run_id,
    ])
    expect(idsOf((await search({ experiment_ids: ['0'] })).body)).not.toContain(run_id)
    expect(idsOf((await search({ experiment_ids: ['1'], run_view_type: 3 })).body)).toContain(run_id)
    expect((await search({ experiment_ids: [] })).body).toEqual({})
    expect((await search({ experiment_ids: ['77'] })).body).toEqual({})
  })

  const VALID =
    "{'run_id', 'run_name', 'status', 'user_id', 'artifact_uri', 'start_time', 'end_time', 'created', 'Created', 'run name', 'Run name', 'Run Name'}"
  test.each([
    [{ filter: "metrics.acc > '0.1'" }, "Expected numeric value type for metric. Found '0.1'"],
    [{ filter: 'metrics.acc > high' }, 'Expected numeric value type for metric. Found high'],
    [
      { filter: 'status = running' },
      'Parameter value is either not quoted or unidentified quote types used for string value running. Use either single or double quotes.',
    ],
    [
      { filter: 'params.p = 9' },
      "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 9",
    ],
    [
      { filter: "params.p = ('9')" },
      "Expected a quoted string value for parameter (e.g. 'my-value'). Got value ('9')",
    ],
    [{ filter: "run_id IN 'a'" }, "Expected a list of quoted strings after IN. Got value 'a'"],
    [{ filter: "metrics.m IN ('a')" }, "Expected numeric value type for metric. Found ('a')"],
    [
      { filter: "params.p > '1'" },
      "Invalid comparator '>' not one of '{'!=', '=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'}'",
    ],
    [{ filter: "metrics.m RLIKE '1'" }, "Expected numeric value type for metric. Found '1'"],
    [{ filter: "params.p RLIKE '('" }, 'Invalid regular expression "("'],
    [
      { filter: "attributes.start_time > 'a'" },
      "Expected numeric value type for numeric attribute: start_time. Found 'a'",
    ],
    [{ filter: "attributes.foo = 'x'" }, `Invalid attribute key 'foo' specified. Valid keys are '${VALID}'`],
    [
      { filter: "foo.bar = 'x'" },
      "Invalid entity type 'foo'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']",
    ],
    [{ filter: 'status = 3' }, 'Expected a quoted string value for attributes. Got value 3'],
    [
      { filter: 'status IS NULL' },
      "IS NULL / IS NOT NULL is only supported for tags and params, not for 'attribute' 'status'",
    ],
    [
      { filter: 'metrics.a LIKE 1' },
      "Invalid comparator 'LIKE' not one of '{'>', '>=', '!=', '=', '<', '<='}'",
    ],
    [
      { filter: "dataset.foo = 'x'" },
      "Invalid dataset key 'foo' specified. Valid keys are '{'name', 'digest', 'context'}'",
    ],
    [{ filter: "status = 'b' OR" }, "Invalid clause(s) in filter string: 'OR'"],
    [{ order_by: ['timestamp DESC'] }, "Invalid attribute key 'timestamp' specified."],
    [{ order_by: ['run name'] }, "Invalid ordering key in order_by clause 'run name'."],
    [{ order_by: ['metrics.acc FOO'] }, "Invalid ordering key in order_by clause 'metrics.acc FOO'."],
    [
      { order_by: ['metrics.a', 'metrics.a DESC'] },
      "`order_by` contains duplicate fields: ['metrics.a', 'metrics.a DESC']",
    ],
    [{ order_by: ['created', 'start_time'] }, '`order_by` contains duplicate fields'],
    [{ order_by: ['dataset.name'] }, 'Invalid order_by entity: dataset'],
    [
      { order_by: 'metrics.acc' },
      "Invalid value \"metrics.acc\" for parameter 'order_by' supplied:  Hint: Value was of type 'str'.",
    ],
    [
      { max_results: 0 },
      "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer",
    ],
    [
      { max_results: 50_001 },
      "Invalid value 50001 for parameter 'max_results' supplied:  Hint: Value was of type 'int'.",
    ],
    [{ experiment_ids: ['abc'] }, "Invalid experiment ID 'abc'. Experiment ID must be a valid integer."],
    [{ page_token: 'bm9wZQ' }, 'Invalid page token'],
  ])('rejects %j', async (body, message) => {
    const response = await search(body)
    expect(response).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } })
    expect(response.body.message).toContain(message)
  })

  test('rejects a forged page token with values of another type', async () => {
    const { body } = await search({ max_results: 1, order_by: ['start_time'] })
    const token = JSON.parse(Buffer.from(body.next_page_token, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...token, p: ['x', 5] })).toString('base64url')
    const response = await search({ max_results: 1, order_by: ['start_time'], page_token: forged })
    expect(response.status).toBeLessThan(500)
  })

  test('finds the same runs from candidates and by scanning an ordering', async () => {
    const db = tracked.context.db.for<TrackingSchema>()
    const ordered = ['metrics.k DESC', 'params.k', 'tags.k DESC', 'end_time', 'start_time']
    const filters = [
      "params.k = 'a'",
      'metrics.k > 0.5',
      "tags.k IN ('a', 'b')",
      "run_name = 'x'",
      "params.k LIKE '%'",
    ]
    for (const clause of ordered)
      for (const filter of filters) {
        const query = { experiment_ids: ['1'], filter, order_by: [clause], max_results: 3 }
        const few = await pagesOf(new RunSearch(db), query)
        expect(await pagesOf(new RunSearch(db, { maxCandidates: 0 }), query), `${filter} ${clause}`).toEqual(
          few,
        )
      }
  })

  if (database.engine === 'sqlite')
    test('looks for candidates only for the first page', async () => {
      const db = tracked.context.db.for<TrackingSchema>()
      const query = {
        experiment_ids: ['1'],
        filter: "params.k = 'a'",
        order_by: ['metrics.k'],
        max_results: 1,
      }
      const planOf = (page_token = '') =>
        explain(db, (explained) =>
          new RunSearch(explained, { maxCandidates: 0 }).page({ ...query, page_token }),
        )
      const { next_page_token } = await new RunSearch(db, { maxCandidates: 0 }).page(query)
      const requests = expect.arrayContaining([expect.stringContaining('INDEX params_by_value')])
      expect(await planOf()).toEqual(requests)
      expect(await planOf(next_page_token)).not.toEqual(requests)
    })

  if (database.engine === 'sqlite')
    test('no query scans the metric history or a whole table', async () => {
      const queries = [
        {},
        { filter: 'metrics.k > 0.5' },
        { filter: "params.k = 'a' AND tags.`long key` != 'b' AND tags.absent IS NULL" },
        { order_by: ['metrics.k DESC'] },
        { order_by: ['params.k', 'metrics.k'] },
        { order_by: ['end_time DESC'], filter: "dataset.name = 'a' AND datasets.context = 'train'" },
      ]
      for (const query of queries) {
        const plan = await explain(tracked.context.db.for<TrackingSchema>(), (db) =>
          new RunSearch(db).page({ experiment_ids: ['1'], ...query }),
        )
        expect(plan.length).toBeGreaterThan(3)
        for (const line of plan) {
          expect(line, JSON.stringify(query)).not.toMatch(/SCAN (?!given_|wanted|candidates|CONSTANT ROW)/)
          expect(line).not.toMatch(/ metrics /)
        }
      }
    })

  if (database.engine === 'sqlite')
    test('reads the first page by a metric in order from its index', async () => {
      const plan = await explain(tracked.context.db.for<TrackingSchema>(), (db) =>
        new RunSearch(db).page({ experiment_ids: ['1'], order_by: ['metrics.k DESC'], max_results: 1 }),
      )
      expect(plan[0]).toMatch(
        /SEARCH first USING .*latest_metrics_by_value \(experiment_id=\? AND key=\? AND is_nan=\?\)/,
      )
      expect(plan.slice(0, 4).join()).not.toMatch(/TEMP B-TREE FOR ORDER BY/)
    })

  if (database.engine === 'sqlite')
    test.each([{}, { order_by: ['metrics.k DESC'] }])('merges experiments in order by %j', async (query) => {
      const plan = await explain(tracked.context.db.for<TrackingSchema>(), (db) =>
        new RunSearch(db, { runsPerTable: 0 }).page({
          ...{ experiment_ids: ['0', '1', '1'], max_results: 1 },
          ...query,
        }),
      )
      expect(plan.slice(0, 2)).toEqual(['MERGE (UNION ALL)', 'LEFT'])
      expect(plan.join()).not.toMatch(/TEMP B-TREE FOR ORDER BY/)
    })

  if (database.engine === 'sqlite')
    test('merged experiments have the same pages', async () => {
      const db = tracked.context.db.for<TrackingSchema>()
      const size = fc.integer({ min: 1, max: 25 })
      await fc.assert(
        fc.asyncProperty(filter, order, size, async (clauses, order_by, max_results) => {
          const query = { experiment_ids: ['0', '1'], filter: clauses, order_by, max_results }
          const merged = new RunSearch(db, { maxCandidates: 0, runsPerTable: 0 })
          expect(await pagesOf(merged, query)).toEqual(await pagesOf(new RunSearch(db), query))
        }),
        { numRuns: share(80, database.engine) },
      )
    }, 300_000)

  if (database.engine === 'sqlite')
    test.each([
      ['few runs', ['0', '1'], {}, undefined],
      ['an order without an index', ['0', '1'], { order_by: ['status'] }, 0],
      ['many tables', MANY, { order_by: ['a', 'b', 'c', 'd'].map((key) => `metrics.${key}`) }, 0],
      ['many comparisons', MANY, { filter: 'metrics.a != 1 AND metrics.b != 1 AND metrics.c != 1' }, 0],
    ] as const)('sorts the runs of experiments with %s at once', async (_, ids, query, runsPerTable) => {
      const options = { maxCandidates: 0, ...(runsPerTable !== undefined && { runsPerTable }) }
      const plan = await explain(tracked.context.db.for<TrackingSchema>(), (db) =>
        new RunSearch(db, options).page({ experiment_ids: [...ids], ...query } as RunQuery),
      )
      expect(plan.join()).not.toContain('MERGE')
    })

  if (database.engine === 'sqlite')
    test('reads the first page by a parameter in order from its index and the pending entries', async () => {
      const plan = await explain(tracked.context.db.for<TrackingSchema>(), (db) =>
        new RunSearch(db).page({ experiment_ids: ['1'], order_by: ['params.k DESC'], max_results: 1 }),
      )
      const [merge, left, first, run, tie, right, rest] = plan
      expect([merge, left, right]).toEqual(['MERGE (UNION ALL)', 'LEFT', 'RIGHT'])
      expect(first).toBe('SEARCH first USING INDEX params_by_value (experiment_id=? AND key=?)')
      expect(run).toMatch(/^SEARCH runs USING INDEX/)
      expect(tie).toBe('USE TEMP B-TREE FOR LAST 3 TERMS OF ORDER BY')
      expect(rest).toBe('SEARCH first USING INDEX params_fresh (experiment_id=?)')
    })
})
