import { matchesFilter } from '@cairn/platform/search/filter'
import { parseFilter } from '@cairn/platform/search/parse'
import { databases } from '@cairn/platform/testing/databases'
import { share } from '@cairn/platform/testing/effort'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../../schema.js'
import { matches, type SearchableRun } from '../../testing/naive-search.js'
import { type TrackingApp, trackingApp } from '../../testing/tracking-app.js'
import { groupRuns } from './group-runs.js'
import { countRuns } from './run-count.js'

type Query = Omit<Parameters<typeof groupRuns>[1], 'experiment_ids'>
type Subject = SearchableRun & { readonly digests: readonly string[] }

const VALUES = ['a', "it's", 'B', ''] as const
const NUMBERS = [1e9 + 1, 1e9 + 2, -3.5, 0, Number.NaN, 'Infinity'] as const

describe.each(databases)('groups of runs on %s', (_name, database) => {
  let tracked: TrackingApp
  let subjects: Subject[]
  beforeAll(async () => {
    tracked = await trackingApp(database)
    subjects = []
    for (let i = 0; i < 36; i++) subjects.push(await store(tracked, i))
  })
  afterAll(() => tracked.close())

  const post = async (path: string, payload: object) => {
    const response = await tracked.app.inject({ method: 'POST', url: `/api/cairn/v1/runs/${path}`, payload })
    return { status: response.statusCode, body: response.json() }
  }
  const selected = ({ filter, within = [] }: Query) =>
    subjects.filter(
      (subject) =>
        matchesFilter(parseFilter(filter), (one) => matches(subject, one)) &&
        within.every(({ value, ...by }) => valuesOf(subject, by).includes(value)),
    )

  const grouping = fc.oneof(
    fc.record({ kind: fc.constantFrom('params', 'tags'), key: fc.constantFrom('p', 'q', 'absent') }),
    fc.record({ kind: fc.constant('attributes'), key: fc.constantFrom('status', 'user_id') }),
    fc.record({ kind: fc.constant('datasets'), key: fc.constantFrom('name', 'digest') }),
  ) as fc.Arbitrary<Query['by']>
  const query: fc.Arbitrary<Query> = fc
    .record({
      by: grouping,
      filter: fc.constantFrom('', "params.p = 'a'", 'metrics.loss > 0', "tags.q != 'B' OR metrics.loss <= 0"),
      outer: fc.option(fc.tuple(grouping, fc.constantFrom(...VALUES, 'd0', 'FAILED', undefined))),
      metrics: fc.subarray(['loss', 'other', 'absent']),
    })
    .map(({ outer, ...rest }) => ({
      ...rest,
      ...(outer && { within: [{ ...outer[0], ...(outer[1] !== undefined && { value: outer[1] }) }] }),
    }))

  test('have the runs and statistics that a naive evaluator finds, in windows of any size', async () => {
    const db = tracked.context.db.for<TrackingSchema>()
    await fc.assert(
      fc.asyncProperty(query, fc.integer({ min: 1, max: 40 }), async (asked, size) => {
        const found = await groupRuns(db, { experiment_ids: ['0'], ...asked }, { first: size, max: size })
        const expected = naiveGroups(selected(asked), asked)
        expect(found.group_count).toBe(expected.length)
        expect(found.groups.map(({ value, count }) => ({ value, count }))).toEqual(
          expected.map(({ value, count }) => ({ value, count })),
        )
        for (const [i, { metrics }] of found.groups.entries())
          for (const { key, ...figures } of metrics) {
            const values = expected[i]!.values(key)
            expect(figures).toEqual(statisticsOf(values))
          }
        for (const [i, { metrics }] of found.groups.entries())
          expect(metrics.map(({ key }) => key).sort()).toEqual(
            [...asked.metrics!].filter((key) => expected[i]!.values(key).length > 0).sort(),
          )
        expect(await countRuns(db, { experiment_ids: ['0'], ...asked }, size)).toBe(selected(asked).length)
      }),
      { numRuns: share(150) },
    )
  }, 120_000)

  test('are expanded by a search within them, page by page', async () => {
    const within = [
      { kind: 'tags', key: 'q', value: 'B' },
      { kind: 'datasets', key: 'name' },
    ]
    const found: string[] = []
    for (let page_token: string | undefined = ''; page_token !== undefined; ) {
      const { body } = await tracked.post('runs/search', {
        experiment_ids: ['0'],
        within,
        max_results: 2,
        page_token,
        projection: { metrics: ['loss'], params: [], tags: [], inputs: false },
      })
      for (const { info, data, inputs } of body.runs ?? []) {
        found.push(info.run_id)
        expect(Object.keys(data)).not.toContain('params')
        expect((data.metrics ?? []).every((metric: { key: string }) => metric.key === 'loss')).toBe(true)
        expect(inputs).toEqual({})
      }
      page_token = body.next_page_token
    }
    const expected = subjects.filter(({ tags, datasets }) => tags.q === 'B' && datasets.length === 0)
    expect(expected.length).toBeGreaterThan(2)
    expect(found.sort()).toEqual(expected.map(({ run_id }) => run_id).sort())
  })

  test('are refused by keys that cannot group runs, with the name of the field', async () => {
    const ask = (by: object, more = {}) => post('group', { experiment_ids: ['0'], by, ...more })
    expect(await ask({ kind: 'attributes', key: 'start_time' })).toMatchObject({
      status: 400,
      body: { message: "Runs cannot be grouped by 'start_time' of attributes; supported: status, user_id." },
    })
    expect((await ask({ kind: 'datasets', key: 'source' })).status).toBe(400)
    expect((await ask({ kind: 'metrics', key: 'loss' })).body.message).toContain('by.kind')
    expect((await ask({ kind: 'params', key: 'p' }, { filter: 'nonsense' })).status).toBe(400)
    const within = [{ kind: 'attributes', key: 'run_id', value: 'x' }]
    expect((await tracked.post('runs/search', { experiment_ids: ['0'], within })).status).toBe(400)
  })

  test('values of a key are listed for completion', async () => {
    const list = async (query: Record<string, string>) => {
      const search = new URLSearchParams({ experiment_id: '0', ...query })
      const response = await tracked.app.inject({ url: `/api/cairn/v1/runs/values?${search}` })
      return response.json()
    }
    expect(await list({ kind: 'params', key: 'p' })).toEqual({ values: [...VALUES].sort() })
    expect(await list({ kind: 'tags', key: 'q', search: 'b' })).toEqual({ values: ['B'] })
    expect(await list({ kind: 'datasets', key: 'digest' })).toEqual({ values: ['d0', 'd1'] })
    expect(await list({ kind: 'params', key: 'absent' })).toEqual({ values: [] })
    expect((await list({ kind: 'datasets', key: 'source' })).message).toMatch(/no field 'source'/)
  })
})

async function store(tracked: TrackingApp, i: number): Promise<Subject> {
  const some = (values: readonly string[], n: number) =>
    i % (n + 2) === 0 ? {} : { [n === 1 ? 'p' : 'q']: values[(i * n) % values.length]! }
  const [params, tags] = [some(VALUES, 1), some(VALUES, 2)]
  const metrics = Object.fromEntries(
    ['loss', 'other'].flatMap((key, k) =>
      i % (k + 4) === 0 ? [] : [[key, NUMBERS[(i + k) % NUMBERS.length]!]],
    ),
  )
  const digests = i % 3 === 0 ? [] : i % 3 === 1 ? ['d0'] : ['d0', 'd1']
  const status = i % 5 === 0 ? 'FAILED' : 'FINISHED'
  const run_id = await tracked.createRun({ user_id: `u${i % 2}`, start_time: 1 + (i % 4) })
  const entries = (all: Record<string, string>) => Object.entries(all).map(([key, value]) => ({ key, value }))
  await tracked.post('runs/log-batch', {
    run_id,
    metrics: Object.entries(metrics).map(([key, value]) => ({
      key,
      value: Number.isNaN(value) ? 'NaN' : value,
      timestamp: 1,
    })),
    params: entries(params),
    tags: entries(tags),
  })
  await tracked.post('runs/update', { run_id, status })
  await tracked.post('runs/log-inputs', {
    run_id,
    datasets: digests.map((digest) => ({ dataset: { name: 'a', digest, source_type: 's', source: 's' } })),
  })
  const { body } = await tracked.get('runs/get', { run_id })
  return {
    ...body.run.info,
    ...{ run_id, params, tags, digests, end_time: undefined },
    metrics: Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, Number(value)])),
    datasets: digests.map((digest) => ({ name: 'a', digest, context: '' })),
  }
}

function valuesOf(subject: Subject, { kind, key }: Query['by']): readonly (string | undefined)[] {
  if (kind === 'datasets') {
    const values = [...new Set(subject.datasets.map((one) => one[key as 'name']))]
    return values.length > 0 ? values : [undefined]
  }
  return [kind === 'attributes' ? subject[key as 'status'] : subject[kind][key]]
}

function naiveGroups(subjects: readonly Subject[], { by }: Query) {
  const groups = new Map<string | undefined, Subject[]>()
  for (const subject of subjects)
    for (const value of valuesOf(subject, by)) groups.set(value, [...(groups.get(value) ?? []), subject])
  return [...groups]
    .map(([value, members]) => ({
      value,
      count: members.length,
      values: (key: string) =>
        members.flatMap(({ metrics }) => (Number.isFinite(metrics[key]) ? [metrics[key]!] : [])),
    }))
    .sort(
      (a, b) =>
        b.count - a.count ||
        (a.value === undefined ? 1 : b.value === undefined ? -1 : a.value < b.value ? -1 : 1),
    )
}

function statisticsOf(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const std = Math.sqrt(squares / (values.length - 1))
  return {
    ...{ count: values.length, min: Math.min(...values), max: Math.max(...values) },
    mean: expect.closeTo(mean, 4),
    ...(values.length > 1 && { std: expect.closeTo(std, 4) }),
  }
}
