import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrackingSchema } from '../../schema.js'
import { explain } from '../../testing/explain.js'
import { type TracingApp, tracingApp } from '../../testing/tracing-app.js'
import { TraceSearch } from './trace-search.js'

describe.each(databases)('searching traces on %s', (_name, database) => {
  let traced: TracingApp
  const names = new Map<string, string>()
  let run_id: string

  /** Traces with one-letter names for readable expectations. */
  const found = async (filter?: string, more?: object) =>
    (await traced.search(filter, more)).map((id) => names.get(id)).join('')

  const SESSION = { 'mlflow.trace.session': 's' }
  beforeAll(async () => {
    traced = await tracingApp(database)
    run_id = await traced.createRun()
    const trace = async (name: string, info: Record<string, unknown>) =>
      names.set(await traced.createTrace(info), name)
    await trace('a', {
      request_time: '2026-01-01T00:00:01Z',
      execution_duration: '1s',
      client_request_id: 'c-a',
      tags: { 'mlflow.traceName': 'recommend', env: 'prod', 'my key': 'x' },
      trace_metadata: { ...SESSION, 'mlflow.sourceRun': run_id },
      assessments: [
        { assessment_name: 'helpful', feedback: { value: 'yes' }, metadata: SESSION },
        { assessment_name: 'score', feedback: { value: 5 } },
        { assessment_name: 'iss-1', issue: { issue_name: 'slow' } },
      ],
    })
    await trace('b', {
      request_time: '2026-01-01T00:00:02Z',
      execution_duration: '3s',
      state: 'ERROR',
      tags: { 'mlflow.traceName': 'Recommend 영화', env: 'dev' },
      trace_metadata: SESSION,
      assessments: [{ assessment_name: 'right', expectation: { value: true } }],
    })
    await trace('c', {
      request_time: '2026-01-01T00:00:03Z',
      state: 'IN_PROGRESS',
      tags: { env: 'prod' },
      assessments: [{ assessment_name: 'parts', feedback: { value: [1, { of: 2 }] } }],
    })
    const traceId = 'd'.repeat(32)
    const at = (attributes: Record<string, unknown>, more: object) => ({
      traceId,
      startTimeUnixNano: '1700000000000000000',
      endTimeUnixNano: '1700000000500000000',
      attributes,
      ...more,
    })
    await traced.sendSpans([
      at(
        { 'mlflow.spanType': 'LLM', model: 'gpt-4', temperature: 0.5, tokens: 12, stream: true },
        { name: 'ask', status: { code: 1 } },
      ),
      at({ 'my "key"': 'quoted', inputs: '{"q": "그 영화?"}' }, { name: 'search_web', status: { code: 2 } }),
    ])
    names.set(`tr-${traceId}`, 'd')
  })
  afterAll(() => traced.close())

  test.each<[string, string]>([
    ['', 'cbad'],
    ["status = 'OK'", 'ad'],
    ["trace.status != 'OK'", 'cb'],
    ["attributes.status IN ('OK', 'ERROR')", 'bad'],
    ["status NOT IN ('OK', 'ERROR')", 'c'],
    ["client_request_id = 'c-a'", 'a'],
    ['timestamp_ms > 1767225601000', 'cb'],
    ['timestamp >= 1767225601000 AND timestamp_ms < 1767225603000', 'ba'],
    ['execution_time_ms > 1000', 'b'],
    ["execution_time_ms > '1000'", 'b'],
    ['execution_time <= 1000', 'ad'],
    ['end_time > 1767225602000', 'cb'],
    ["name = 'recommend'", 'a'],
    ["name ILIKE 'recommend%'", 'ba'],
    ["name LIKE '%영화'", 'b'],
    ["name RLIKE '^[Rr]ecommend( .+)?$'", 'ba'],
    ["name RLIKE '(?i)^RECOMMEND'", 'ba'],
    ["name RLIKE '\\brecommend\\b'", 'a'],
    ['name IS NULL', 'cd'],
    ['trace.name IS NOT NULL', 'ba'],
    ['run_id IS NULL', 'cbd'],
    ['attributes.run_id IS NOT NULL', 'a'],
    ["tags.env = 'prod'", 'ca'],
    ["tag.env != 'prod'", 'b'],
    ["tags.`my key` = 'x'", 'a'],
    ["tags.env IN ('dev', 'test')", 'b'],
    ['tags.env IS NULL', 'd'],
    ['tags.env IS NOT NULL AND tags.`mlflow.traceName` IS NULL', 'c'],
    ["metadata.`mlflow.trace.session` = 's'", 'ba'],
    ['request_metadata.`mlflow.trace.session` IS NULL', 'cd'],
    ["feedback.helpful = 'yes'", 'ba'],
    ["feedback.helpful = 'no'", ''],
    ["feedback.score = '5'", 'a'],
    ["feedback.score = '5.0'", 'a'],
    ["feedback.score != '4'", 'a'],
    ["feedback.score != '5.0'", ''],
    ["feedback.score IN ('4.0', '5e0')", 'a'],
    ["feedback.score != '1e999'", 'a'],
    ['feedback.parts = \'[1.0, {"of": 2.0}]\'', 'c'],
    ['feedback.score > 4.5', 'a'],
    ['feedback.score > 4.5 AND feedback.score < 5', ''],
    ['feedback.helpful < 100', ''],
    ['expectation.right >= 0', ''],
    ["feedback.helpful LIKE '%ye%'", 'ba'],
    ["feedback.helpful RLIKE 'y.s'", 'ba'],
    ['feedback.helpful IS NULL', 'cd'],
    ['feedback.score IS NOT NULL', 'a'],
    ["expectation.right = 'true'", 'b'],
    ['expectation.right IS NOT NULL', 'b'],
    ["issue.id = 'iss-1'", 'a'],
    ["span.name = 'ask'", 'd'],
    ["span.type = 'LLM' AND span.status = 'OK'", 'd'],
    ["span.name = 'search_web' AND span.status = 'OK'", ''],
    ["span.name = 'search_web' AND span.status = 'ERROR'", 'd'],
    ["span.name = 'search_web' AND (span.status = 'OK' OR span.status = 'ERROR')", 'd'],
    ["span.name IN ('ask', 'answer')", 'd'],
    ["span.name RLIKE '^s.*b$'", 'd'],
    ["span.attributes.model LIKE 'gpt%'", 'd'],
    ["span.attributes.model = 'gpt-4'", 'd'],
    ["span.attributes.model != 'gpt-3'", 'd'],
    ["span.attributes.temperature = '0.5'", 'd'],
    ["span.attributes.tokens = '12'", 'd'],
    ["span.attributes.stream = 'true'", 'd'],
    ['span.attributes.`my "key"` = \'quoted\'', 'd'],
    ["span.attributes.inputs LIKE '%영화%'", 'd'],
    ["span.attributes.absent LIKE '%'", ''],
    ["trace.text LIKE '%그 영화%'", 'd'],
    ["text ILIKE '%SEARCH%'", 'd'],
    ["span.content LIKE '%nothing%'", ''],
    ["tags.env = 'dev' OR span.name = 'ask'", 'bd'],
    ["(tags.env = 'prod' OR status = 'ERROR') AND timestamp_ms < 1767225603000", 'ba'],
  ])('%s', async (filter, expected) => {
    expect(await found(filter)).toBe(expected)
  })

  test('finds traces by their run or by linked runs', async () => {
    expect(await found(`attributes.run_id = '${run_id}'`)).toBe('a')
    expect(await found(`metadata.\`mlflow.sourceRun\` LIKE '${run_id.slice(0, 5)}%'`)).toBe('a')
  })

  test.each<[readonly string[], string]>([
    [[], 'cbad'],
    [['timestamp ASC'], 'dabc'],
    [['execution_time_ms DESC'], 'badc'],
    [['execution_time ASC'], 'dabc'],
    [['end_time DESC'], 'bcad'],
    [['status'], 'bcad'],
    [['name DESC', 'timestamp DESC'], 'abcd'],
    [['tags.env ASC', 'timestamp_ms ASC'], 'bacd'],
    [['metadata.`mlflow.sourceRun`'], 'acbd'],
    [['experiment_id DESC', 'request_id'], 'dabc'],
  ])('orders by %j', async (order_by, expected) => {
    expect(await found(undefined, { order_by })).toBe(expected)
  })

  test.each([[undefined], [['execution_time_ms DESC']], [['tags.env', 'name DESC']]])(
    'pages ordered by %j contain every trace once',
    async (order_by) => {
      const locations = [{ mlflow_experiment: { experiment_id: '0' } }]
      const all: string[] = []
      let page_token: string | undefined
      do {
        const { body } = await traced.traces('POST', '/search', {
          locations,
          max_results: 1,
          order_by,
          page_token,
        })
        all.push(...body.traces.map((one: { trace_id: string }) => names.get(one.trace_id)))
        page_token = body.next_page_token
      } while (page_token)
      expect(all.join('')).toBe(await found(undefined, { order_by }))
    },
  )

  test.each<[object, string]>([
    [
      { max_results: 501 },
      "Invalid value 501 for parameter 'max_results' supplied:  Hint: Value was of type 'int'.",
    ],
    [
      { max_results: 0 },
      "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer",
    ],
    [
      { filter: "invalid.filter = 'x'" },
      "Invalid entity type 'invalid'. Valid values are ['tag', 'request_metadata'",
    ],
    [{ filter: "colour = 'x'" }, "Invalid attribute key 'colour' specified. Valid keys are '{'request_id'"],
    [{ filter: "span.colour = 'x'" }, "Invalid span key 'colour' specified"],
    [
      { filter: "timestamp = 'x'" },
      "Expected numeric value type for numeric attribute: timestamp. Found 'x'",
    ],
    [{ filter: "tags.env > 'x'" }, "Invalid comparator '>' not one of '{"],
    [{ filter: "span.content = 'x'" }, "Invalid comparator '=' not one of '{'LIKE', 'ILIKE'}'"],
    [{ filter: "issue.id LIKE 'x'" }, "Invalid comparator 'LIKE' not one of '{'='}'"],
    [{ filter: "name RLIKE '('" }, 'Invalid regular expression "("'],
    [{ filter: "name RLIKE '(a)\\1'" }, 'it must run in linear time'],
    [{ filter: "prompt = 'x'" }, "Invalid prompts filter value 'x'. Expected format"],
    [{ order_by: ['feedback.a'] }, 'Invalid order_by entity: feedback'],
    [{ order_by: ['timestamp', 'timestamp_ms'] }, '`order_by` contains duplicate fields'],
    [{ page_token: 'AAAA' }, 'Invalid page token'],
    [{ locations: [{ mlflow_experiment: { experiment_id: 'a.b' } }] }, 'Found invalid experiment IDs: a.b.'],
    [{ locations: undefined }, "Missing value for required parameter 'locations'"],
  ])('rejects %j', async (query, words) => {
    const body = { locations: [{ mlflow_experiment: { experiment_id: '0' } }], ...query }
    const response = await traced.traces('POST', '/search', body)
    expect([response.status, response.body.message]).toEqual([400, expect.stringContaining(words)])
  })

  test('evaluates regular expressions in linear time', async () => {
    await traced.createTrace({
      trace_location: { mlflow_experiment: { experiment_id: '0' } },
      tags: { long: 'a'.repeat(5000) },
    })
    expect(await traced.search("tags.long RLIKE '(a+)+(a|aa)+b$'")).toEqual([])
  })

  if (database.engine === 'sqlite')
    test.each([
      '',
      "tags.a = 'b' OR metadata.a = 'b'",
      "span.name = 'x' AND span.attributes.a = 'b'",
      "feedback.q = 'x'",
      "run_id = 'x'",
      "prompt = 'a/1'",
      "text LIKE '%a%'",
      "issue.id = 'a'",
    ])('%s is read in order from indexes', async (filter) => {
      const plan = await explain(traced.context.db.for<TrackingSchema>(), (db) =>
        new TraceSearch(db).page({ experiments: ['1'], filter }),
      )
      expect(plan.join('\n')).toContain('USING INDEX traces_by_time (experiment_id=?)')
      for (const line of plan) expect(line).not.toMatch(/SCAN (?!given_|json_each)|TEMP B-TREE/)
    })

  test('ignores session assessments of other experiments', async () => {
    const experiment_id = await traced.createExperiment('other')
    await traced.createTrace({
      trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } },
      trace_metadata: SESSION,
      assessments: [{ assessment_name: 'elsewhere', feedback: { value: 'yes' }, metadata: SESSION }],
    })
    expect(await found('feedback.elsewhere IS NOT NULL')).toBe('')
    const locations = [experiment_id, '0'].map((id) => ({ mlflow_experiment: { experiment_id: id } }))
    expect(await traced.search("feedback.elsewhere = 'yes'", { locations })).toHaveLength(3)
  })

  test('finds long values with multi-byte characters', async () => {
    const experiment_id = await traced.createExperiment('long values')
    const trace_location = { mlflow_experiment: { experiment_id } }
    const value = `\u{1f600}${'a'.repeat(150)}`
    const id = await traced.createTrace({ trace_location, tags: { long: value } })
    expect(await traced.search(`tags.long = '${value}'`, { locations: [trace_location] })).toEqual([id])
  })
})
