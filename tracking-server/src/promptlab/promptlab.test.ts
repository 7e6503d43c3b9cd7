import { databases } from '@cairn/platform/testing/databases'
import Fastify from 'fastify'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TrackingApp, trackingApp } from '../testing/tracking-app.js'
import { gatewayProxyRoutes } from './gateway-proxy.js'

describe.each(databases)('prompt trials on %s', (_name, database) => {
  let tracked: TrackingApp
  beforeEach(async () => {
    tracked = await trackingApp(database)
  })
  afterEach(() => tracked.close())

  const keep = async (payload: object) => {
    const url = '/ajax-api/2.0/mlflow/runs/create-promptlab-run'
    const response = await tracked.app.inject({ method: 'POST', url, payload })
    return { status: response.statusCode, body: response.json() }
  }
  const ONE = {
    experiment_id: '0',
    prompt_template: 'Recommend a film like {{film}}',
    prompt_parameters: [{ key: 'film', value: 'Heat' }],
    model_route: 'chat',
    model_input: 'Recommend a film like Heat',
    mlflow_version: '3.11.2',
  }

  test('names the first missing field', async () => {
    const input: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(ONE)) {
      expect(await keep(input)).toMatchObject({
        status: 400,
        body: { message: `CreatePromptlabRun request must specify ${name}.` },
      })
      input[name] = value
    }
    expect((await keep({ ...ONE, prompt_parameters: [] })).status).toBe(400)
  })

  test('rejects a value that is nested too deeply', async () => {
    const payload = JSON.stringify({ ...ONE, prompt_parameters: [{ key: 'film', value: 'DEEP' }] })
    const response = await tracked.app.inject({
      method: 'POST',
      url: '/ajax-api/2.0/mlflow/runs/create-promptlab-run',
      headers: { 'content-type': 'application/json' },
      payload: payload.replace('"DEEP"', '['.repeat(20_000) + ']'.repeat(20_000)),
    })
    expect(response.statusCode).toBe(400)
    expect(response.json().message).toMatch(/'prompt_parameters\[0\].value' .* nested deeper than 100/)
  })

  test('stores a trial as a finished run with its table and a loadable model', async () => {
    const { body } = await keep({
      ...ONE,
      run_name: 'try',
      user_id: 'ada',
      start_time: 456,
      model_parameters: [{ key: 'temperature', value: 0.1 }],
      model_output: 'Collateral',
      model_output_parameters: [{ key: 'latency', value: '100' }],
    })
    const { info, data } = body.run
    expect(info).toMatchObject({ run_name: 'try', user_id: 'ada', status: 'FINISHED', start_time: 456 })
    expect(
      Object.fromEntries(data.params.map((one: Record<string, string>) => [one.key, one.value])),
    ).toEqual({
      temperature: '0.1',
      model_route: 'chat',
      prompt_template: ONE.prompt_template,
    })
    expect(data.tags).toContainEqual({
      key: 'mlflow.loggedArtifacts',
      value: '[{"path": "eval_results_table.json", "type": "table"}]',
    })
    const file = async (path: string) =>
      (await tracked.app.inject(`/get-artifact?run_id=${info.run_id}&path=${path}`)).json()
    expect(await file('eval_results_table.json')).toEqual({
      columns: ['film', 'prompt', 'output', 'latency'],
      data: [['Heat', ONE.model_input, 'Collateral', '100']],
    })
    expect((await file('model/MLmodel')).flavors.python_function.parameters_path).toBe('parameters.yaml')
    expect((await file('model/parameters.yaml')).model_parameters).toEqual({ temperature: '0.1' })
  })

  test('fails the run of a trial that cannot be stored', async () => {
    const twice = [
      { key: 'model_route', value: 'a' },
      { key: 'model_route', value: 'b' },
    ]
    expect((await keep({ ...ONE, model_parameters: twice })).status).toBe(400)
    const { body } = await tracked.post('runs/search', { experiment_ids: ['0'] })
    expect(body.runs[0].info.status).toBe('FAILED')
    expect((await keep({ ...ONE, experiment_id: '99' })).status).toBe(404)
  })

  test('lists no endpoints without a target', async () => {
    const url = '/ajax-api/2.0/mlflow/gateway-proxy'
    expect((await tracked.app.inject(`${url}?gateway_path=api`)).json()).toEqual({ endpoints: [] })
    expect((await tracked.app.inject({ method: 'POST', url, payload: {} })).json()).toEqual({ endpoints: [] })
  })
})

describe('a gateway with a target', () => {
  const target = Fastify()
  afterAll(() => target.close())
  target.get('/api/2.0/endpoints', async () => ({ endpoints: [{ name: 'chat' }] }))
  target.post('/gateway/chat/invocations', async ({ body }) => ({ asked: body }))
  target.post('/gateway/sad/invocations', async (_request, reply) => reply.code(422).send('no'))
  target.post('/gateway/down/invocations', async (_request, reply) => reply.code(500).send('ouch'))
  target.post('/gateway/odd/invocations', async (_request, reply) => reply.type('text/html').send('<p>'))
  target.post('/gateway/torn/invocations', async (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-length': 10 }).write('{')
    setImmediate(() => reply.raw.destroy())
  })
  const url = '/ajax-api/2.0/mlflow/gateway-proxy'

  test('proxies the allowed paths only', async () => {
    const proxy = Fastify()
    await proxy.register(gatewayProxyRoutes, { target: await target.listen({ port: 0, host: '127.0.0.1' }) })
    const post = async (payload: object) => {
      const response = await proxy.inject({ method: 'POST', url, payload })
      return [response.statusCode, response.json()]
    }
    const list = await proxy.inject(`${url}?gateway_path=api/2.0/endpoints`)
    expect(list.json()).toEqual({ endpoints: [{ name: 'chat' }] })
    expect(await post({ gateway_path: 'gateway/chat/invocations', json_data: { x: 1 } })).toEqual([
      200,
      { asked: { x: 1 } },
    ])
    for (const [path, message] of [
      [undefined, 'Deployments proxy request must specify a gateway_path.'],
      ['foo/bar', 'Invalid gateway_path: foo/bar for method: POST'],
      ['gateway/../invocations', 'Invalid gateway_path: gateway/../invocations for method: POST'],
      ['gateway/sad/invocations', 'Deployments proxy request failed with error code 422. Error message: no'],
    ])
      expect(await post({ gateway_path: path })).toMatchObject([400, { message }])
    for (const endpoint of ['down', 'odd', 'torn'])
      expect(await post({ gateway_path: `gateway/${endpoint}/invocations` })).toMatchObject([
        503,
        { message: expect.stringMatching(/^Deployments proxy request failed/) },
      ])
    expect((await proxy.inject(`${url}?gateway_path=hello/world`)).json().message).toBe(
      'Invalid gateway_path: hello/world for method: GET',
    )
  })
})
