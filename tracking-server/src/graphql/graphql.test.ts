import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tracking } from '../plugin.js'

interface GraphqlResult {
  data: Record<string, unknown> | null
  errors: string[] | null
}

describe.each(databases)('GraphQL on %s', (_name, database) => {
  let served: TestApp
  let run_id: string
  const ask = async (query: string, variables?: unknown, headers: Record<string, string> = {}) => {
    const payload = { query, ...(variables !== undefined && { variables }) }
    const reply = await served.app.inject({ method: 'POST', url: '/graphql', payload, headers })
    return { status: reply.statusCode, ...(reply.json() as GraphqlResult & { error_code?: string }) }
  }
  const post = async (path: string, payload: object) =>
    (await served.app.inject({ method: 'POST', url: `/api/2.0/mlflow/${path}`, payload })).json()

  beforeAll(async () => {
    served = await testApp(
      async (app, context) => {
        await app.register(tracking, { context })
        // Stands in for the registry, which has its own tests.
        app.get(
          '/api/2.0/mlflow/model-versions/search',
          { config: { right: 'authenticated' } },
          async (request) => ({
            model_versions: [
              {
                name: 'movies',
                version: '1',
                run_id,
                status: 'READY',
                creation_timestamp: 1_700_000_000_000,
                description: (request.query as { filter: string }).filter,
              },
            ],
          }),
        )
      },
      { database },
    )
    run_id = (
      await post('runs/create', { experiment_id: '0', run_name: 'first', start_time: 1_700_000_000_000 })
    ).run.info.run_id
    await post('runs/log-batch', {
      run_id,
      metrics: [
        { key: 'loss', value: 0.5, timestamp: 1_700_000_000_001, step: 3 },
        { key: 'nan', value: 'NaN', timestamp: 1, step: 0 },
      ],
      params: [{ key: 'lr', value: '0.1' }],
    })
    await post('runs/log-inputs', {
      run_id,
      datasets: [{ dataset: { name: 'd', digest: 'x', source_type: 'local', source: '{}' } }],
    })
  })
  afterAll(() => served.close())

  test('serves the query of the run page, with longs as strings and NaN as null', async () => {
    const { data, errors } = await ask(
      `query GetRun($data: MlflowGetRunInput!) @component(name: "MLflow.ExperimentTracking.Run") {
        mlflowGetRun(input: $data) {
          apiError { code message helpUrl }
          run {
            info { runId runName experimentId status startTime lifecycleStage }
            experiment { experimentId name lifecycleStage tags { key value } }
            data { metrics { key value step timestamp } params { key value } }
            inputs { datasetInputs { dataset { name digest sourceType schema } tags { key value } } }
            outputs { modelOutputs { modelId step } }
            modelVersions { name version status creationTimestamp description }
          }
        }
      }`,
      { data: { runId: run_id } },
    )
    expect(errors).toBeNull()
    expect(data).toMatchObject({
      mlflowGetRun: {
        apiError: null,
        run: {
          info: { runId: run_id, runName: 'first', status: 'RUNNING', startTime: '1700000000000' },
          experiment: { experimentId: '0', name: 'Default', tags: [] },
          outputs: { modelOutputs: [] },
          data: {
            metrics: [
              { key: 'loss', value: 0.5, step: '3', timestamp: '1700000000001' },
              { key: 'nan', value: null, step: '0' },
            ],
            params: [{ key: 'lr', value: '0.1' }],
          },
          inputs: { datasetInputs: [{ dataset: { name: 'd', sourceType: 'local', schema: '' } }] },
          modelVersions: [{ name: 'movies', status: 'READY', description: `run_id IN ('${run_id}')` }],
        },
      },
    })
  })

  test('each root field returns the output of its operation', async () => {
    const { data, errors } = await ask(
      `query ($id: String) {
        mlflowGetExperiment(input: { experimentId: "0" }) { experiment { name creationTime } }
        mlflowListArtifacts(input: { runId: $id }) { rootUri files { path isDir fileSize } nextPageToken }
        mlflowSearchRuns(input: { experimentIds: ["0"], maxResults: 10, runViewType: ACTIVE_ONLY, filter: null }) {
          runs { info { runName } experiment { name } } nextPageToken
        }
        mlflowGetMetricHistoryBulkInterval(input: { runIds: [$id], metricKey: "loss", maxResults: 5 }) {
          metrics { runId step value }
        }
        mlflowSearchModelVersions(input: { filter: "name='movies'", maxResults: 5 }) { modelVersions { name } }
        test(inputString: "hi") { output }
      }`,
      { id: run_id },
    )
    expect(errors).toBeNull()
    expect(data).toMatchObject({
      mlflowGetExperiment: { experiment: { name: 'Default', creationTime: expect.stringMatching(/^\d+$/) } },
      mlflowListArtifacts: { files: [] },
      mlflowSearchRuns: { runs: [{ info: { runName: 'first' }, experiment: { name: 'Default' } }] },
      mlflowGetMetricHistoryBulkInterval: { metrics: [{ runId: run_id, step: '3', value: 0.5 }] },
      mlflowSearchModelVersions: { modelVersions: [{ name: 'movies' }] },
      test: { output: 'hi' },
    })
    const mutation = await ask(`mutation {
      mlflowSearchDatasets(input: { experimentIds: ["0"] }) { datasetSummaries { name digest } }
      mlflowSearchRuns(input: { experimentIds: ["0"] }) { runs { info { runId } } }
      testMutation(inputString: "ho") { output }
    }`)
    expect(mutation).toMatchObject({
      errors: null,
      data: {
        mlflowSearchDatasets: { datasetSummaries: [{ name: 'd', digest: 'x' }] },
        mlflowSearchRuns: { runs: [{ info: { runId: run_id } }] },
        testMutation: { output: 'ho' },
      },
    })
  })

  test('fills missing fields with empty values, like MLflow', async () => {
    for (const path of ['notes.txt', 'plots/loss.txt'])
      await served.app.inject({
        method: 'POST',
        url: '/ajax-api/2.0/mlflow/upload-artifact',
        query: { run_uuid: run_id, path },
        headers: { 'content-type': 'text/plain' },
        payload: 'hello',
      })
    const { data, errors } = await ask(
      `query ($id: String) {
        mlflowListArtifacts(input: { runId: $id }) { files { path isDir fileSize } nextPageToken apiError { code } }
        mlflowGetRun(input: { runId: $id }) {
          run { info { endTime } modelVersions { modelId deploymentJobState { jobId jobState } } }
        }
      }`,
      { id: run_id },
    )
    expect({ data, errors }).toEqual({
      data: {
        mlflowListArtifacts: {
          files: [
            { path: 'notes.txt', isDir: false, fileSize: '5' },
            { path: 'plots', isDir: true, fileSize: '0' },
          ],
          nextPageToken: '',
          apiError: null,
        },
        mlflowGetRun: {
          run: {
            info: { endTime: '0' },
            modelVersions: [{ modelId: '', deploymentJobState: { jobId: '', jobState: null } }],
          },
        },
      },
      errors: null,
    })
    const { data: sets } = await ask(`mutation {
      mlflowSearchDatasets(input: { experimentIds: ["0"] }) { datasetSummaries { context } }
    }`)
    expect(sets).toEqual({ mlflowSearchDatasets: { datasetSummaries: [{ context: '' }] } })
  })

  test('returns errors of operations as messages with null data, like MLflow', async () => {
    expect(await ask('{ mlflowGetRun(input: { runId: "zzz" }) { run { info { runId } } } }')).toEqual({
      status: 200,
      data: { mlflowGetRun: null },
      errors: ['Run with id=zzz not found'],
    })
  })

  test('checks the privileges of the caller for each field', async () => {
    const { identities, tokens } = served.context
    const principal = await identities.create('service_principal', `outsider-${database.engine}`)
    const { secret } = await tokens.issue(principal.id, 'test')
    const query = '{ mlflowGetExperiment(input: { experimentId: "0" }) { experiment { name } } }'
    const refused = await ask(query, undefined, { authorization: `Bearer ${secret}` })
    expect(refused).toMatchObject({ status: 200, data: { mlflowGetExperiment: null } })
    expect(refused.errors).toEqual(['No Experiment with id=0 exists']) // as if it did not exist
    const basic = `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`
    expect((await ask(query, undefined, { authorization: basic })).errors).toHaveLength(1)
    expect((await ask(query, undefined, { authorization: 'Bearer wrong' })).status).toBe(401)
  })

  test('accepts queries by GET with variables as JSON, and rejects mutations', async () => {
    const get = (query: Record<string, string>) => served.app.inject({ url: '/graphql', query })
    const query = 'query Q($i: String) { test(inputString: $i) { output } }'
    expect((await get({ query, variables: '{"i":"x"}', operationName: 'Q' })).json()).toEqual({
      data: { test: { output: 'x' } },
      errors: null,
    })
    const mutation = 'mutation { testMutation(inputString: "x") { output } }'
    expect((await get({ query: mutation })).statusCode).toBe(400)
    expect((await get({ query, variables: '[' })).statusCode).toBe(400)
  })

  test('supports introspection', async () => {
    const { data, errors } = await ask(getIntrospectionQuery())
    expect(errors).toBeNull()
    const { types } = data!.__schema as { types: { name: string }[] }
    expect(types.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['MlflowRunExtension', 'MlflowMetricExtension', 'LongString', 'ApiError']),
    )
  })

  const deep = (depth: number): string => (depth === 0 ? 'name' : `experiment { ${deep(depth - 1)} }`)
  const aliases = Array.from({ length: 11 }, (_, i) => `a${i}: test(inputString: "x") { output }`)
  test.each([
    [
      'eleven root fields',
      `{ ${aliases.join(' ').replaceAll(/a\d+: /g, '')} }`,
      /at most 10 root fields, got 11/,
    ],
    [
      'aliases in fragments',
      `{ ...A ...B } fragment A on Query { ${aliases.slice(0, 6)} } fragment B on Query { ${aliases.slice(6)} }`,
      /at most 10/,
    ],
    [
      'eleven nested aliases',
      `{ mlflowGetRun { run { ${aliases.map((_, i) => `x${i}: info { runId }`)} } } }`,
      /at most 10 aliases, got 11/,
    ],
    ['depth', `{ mlflowGetRun { ${deep(12)} } }`, /maximum depth of 10/],
    [
      'a recursive fragment',
      '{ ...A } fragment A on Query { mlflowGetRun { ...B } } fragment B on X { x { ...B } }',
      /maximum depth of 10/,
    ],
    [
      'width',
      `{ mlflowGetRun { run { ${'data { metrics { key value } tags { key value } } '.repeat(150)} } } }`,
      /maximum total selections of 1000/,
    ],
    [
      'many fields at once',
      `{ mlflowGetRun { run { ${'info { runId } '.repeat(201)} } } }`,
      /maximum fields of 200 in one/,
    ],
    ['an unknown field', '{ nonsense }', /Cannot query field "nonsense"/],
    [
      'a missing variable',
      'query ($d: MlflowGetRunInput!) { mlflowGetRun(input: $d) { run { info { runId } } } }',
      /\$d/,
    ],
  ])('rejects %s', async (_what, query, sentence) => {
    const { status, data, errors } = await ask(query)
    expect([status, data]).toEqual([200, null])
    expect(errors!.join()).toMatch(sentence)
  })

  test.each([
    ['a missing query', {}],
    ['malformed GraphQL', { query: '{' }],
    ['too many tokens', { query: `{ ${'a '.repeat(6000)}}` }],
    ['a batch', [{ query: '{ test { output } }' }]],
    ['malformed variables', { query: '{ test { output } }', variables: 'x' }],
  ])('returns 400 for %s', async (_what, payload) => {
    const reply = await served.app.inject({ method: 'POST', url: '/graphql', payload })
    expect([reply.statusCode, reply.json().error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE'])
  })

  test.each([
    ['fields', '{a'.repeat(2_499)],
    ['lists', `{ a(b: ${'['.repeat(4_900)}`],
    ['closed fields', `${'{a'.repeat(501)}${'}'.repeat(501)}`],
  ])('says that a query with %s is nested too deeply for the parser', async (_what, query) => {
    const reply = await served.app.inject({ method: 'POST', url: '/graphql', payload: { query } })
    expect(reply.json().message).toBe("Invalid value for parameter 'query' supplied: it is nested too deeply")
  })

  test('names the depth that is allowed for a query that the parser can read', async () => {
    const { errors } = await ask(`${'{a'.repeat(500)}${'}'.repeat(500)}`)
    expect(errors).toEqual(['Query exceeds maximum depth of 10'])
  })
})
