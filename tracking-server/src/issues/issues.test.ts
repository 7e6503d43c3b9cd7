import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TracingApp, tracingApp } from '../testing/tracing-app.js'
import { type SendV3, v3Client } from '../testing/v3-client.js'

const TIME = 1_700_000_000_000

describe.each(databases)('issues on %s', (_name, database) => {
  let traced: TracingApp
  let send: SendV3
  let time = TIME
  beforeAll(async () => {
    traced = await tracingApp(database, () => time)
    send = v3Client(traced)
  })
  afterAll(() => traced.close())

  let made = 0
  let experiment_id: string
  beforeEach(async () => {
    time = TIME
    experiment_id = await traced.createExperiment(`issues ${made++}`)
  })
  const create = (issue: object = {}) =>
    send('POST', 'issues', { experiment_id, name: 'i', description: 'd', ...issue })
  const search = async (query: object = {}) =>
    (await send('POST', 'issues/search', { experiment_id, ...query })).body
  const names = async (query: object = {}) =>
    ((await search(query)).issues ?? []).map(({ name }: { name: string }) => name)

  test('creates and reads issues like MLflow', async () => {
    const { body } = await create()
    expect(body.issue).toEqual({
      issue_id: expect.stringMatching(/^iss-[0-9a-f]{32}$/),
      experiment_id,
      name: 'i',
      description: 'd',
      status: 'pending',
      created_timestamp: TIME,
      last_updated_timestamp: TIME,
    })
    expect((await send('GET', `issues/${body.issue.issue_id}`)).body).toEqual(body)
    expect(await search()).toEqual({ issues: [body.issue], next_page_token: '' })
  })

  test('keeps all fields', async () => {
    const issue = {
      status: 'resolved',
      severity: 'high',
      root_causes: ['a', 'b'],
      source_run_id: await traced.createRun(),
      categories: ['c'],
      created_by: 'me',
    }
    const { body } = await create(issue)
    expect((await send('GET', `issues/${body.issue.issue_id}`)).body.issue).toMatchObject(issue)
  })

  test('changes only the non-empty fields of an update', async () => {
    const { issue } = (await create({ severity: 'low' })).body
    time += 5
    const update = (change: object) => send('PATCH', `issues/${issue.issue_id}`, change)
    const changed = { ...issue, last_updated_timestamp: TIME + 5 }
    expect((await update({ status: 'rejected', name: '', description: '' })).body.issue).toEqual({
      ...changed,
      status: 'rejected',
    })
    expect((await update({ severity: 'medium', name: 'n', description: 'e' })).body.issue).toEqual({
      ...changed,
      status: 'rejected',
      severity: 'medium',
      name: 'n',
      description: 'e',
    })
  })

  test('orders by severity, then the latest first', async () => {
    for (const [i, severity] of [undefined, 'low', 'high', 'not_an_issue', 'low'].entries()) {
      time = TIME + i
      await create({ name: String(i), ...(severity && { severity }) })
    }
    expect(await names()).toEqual(['2', '4', '1', '3', '0'])
    const pages: string[][] = []
    for (let page_token = ''; ; ) {
      const { issues, next_page_token } = await search({ max_results: 2, page_token })
      pages.push(issues.map(({ name }: { name: string }) => name))
      if (!next_page_token) break
      page_token = next_page_token
    }
    expect(pages).toEqual([['2', '4'], ['1', '3'], ['0']])
  })

  test('counts distinct traces and orders by their number', async () => {
    const issues = [(await create({ name: 'one' })).body.issue, (await create({ name: 'two' })).body.issue]
    const judge = (trace: string, { issue_id, name }: { issue_id: string; name: string }) =>
      traced.traces('POST', `/${trace}/assessments`, {
        assessment: { assessment_name: issue_id, issue: { issue_name: name } },
      })
    const traces = [await traced.createTrace(), await traced.createTrace()]
    await judge(traces[0]!, issues[0])
    await judge(traces[1]!, issues[0])
    await judge(traces[1]!, issues[0])
    await judge(traces[0]!, issues[1])
    const counted = (await search({ include_trace_count: true })).issues
    expect(counted.map((one: { name: string; trace_count: number }) => [one.name, one.trace_count])).toEqual([
      ['one', 2],
      ['two', 1],
    ])
    const first = await search({ include_trace_count: true, max_results: 1 })
    const rest = await search({ include_trace_count: true, page_token: first.next_page_token })
    expect(rest.issues).toMatchObject([{ name: 'two', trace_count: 1 }])
    expect((await search()).issues[0]).not.toHaveProperty('trace_count')
  })

  test('filters by status and run', async () => {
    const source_run_id = await traced.createRun()
    await create({ name: 'a', source_run_id })
    await create({ name: 'b', status: 'resolved' })
    expect(await names({ filter_string: "status = 'pending'" })).toEqual(['a'])
    expect(await names({ filter_string: "status != 'pending'" })).toEqual(['b'])
    expect(
      await names({ filter_string: `status = 'pending' AND source_run_id = '${source_run_id}'` }),
    ).toEqual(['a'])
    expect(await names({ filter_string: "status IN ('resolved', 'rejected')" })).toEqual(['b'])
    expect((await search({ filter_string: "name = 'a'" })).message).toContain("Invalid attribute key 'name'")
    expect((await search({ filter_string: "status LIKE 'a'" })).message).toContain(
      "Invalid comparator 'LIKE'",
    )
  })

  test('searches all experiments by default', async () => {
    await create()
    const { body } = await send('POST', 'issues/search', {})
    expect(
      new Set(body.issues.map((one: { experiment_id: string }) => one.experiment_id)).size,
    ).toBeGreaterThan(1)
  })

  test.each<[string, object, number, string]>([
    ['a missing name', { name: '' }, 400, "Missing value for required parameter 'name'"],
    [
      'a missing description',
      { description: undefined },
      400,
      "Missing value for required parameter 'description'",
    ],
    ['an unknown status', { status: 'lost' }, 400, "for parameter 'status'"],
    ['an unknown severity', { severity: 'dire' }, 400, "for parameter 'severity'"],
    ['an unknown experiment', { experiment_id: '99999' }, 404, 'No Experiment with id=99999 exists'],
    ['an unknown run', { source_run_id: 'none' }, 404, 'Run with id=none not found'],
  ])('rejects %s', async (_case, issue, status, message) => {
    const response = await create(issue)
    expect(response.status).toBe(status)
    expect(response.body.message).toContain(message)
  })

  test('returns 404 for missing issues', async () => {
    const response = { status: 404, body: { message: "Issue with ID 'iss-none' not found" } }
    expect(await send('GET', 'issues/iss-none')).toMatchObject(response)
    expect(await send('PATCH', 'issues/iss-none', { name: 'a' })).toMatchObject(response)
  })
})
