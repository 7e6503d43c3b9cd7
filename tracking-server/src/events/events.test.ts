import type { AddressInfo } from 'node:net'
import { METASTORE } from '@cairn/platform/auth/metastore'
import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { type TestApp, testApp } from '@cairn/platform/testing/app'
import { databases } from '@cairn/platform/testing/databases'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tracking } from '../plugin.js'

/** One message of server-sent events, terminated by an empty line. */
interface Block {
  id?: string
  event?: string
  data?: unknown
}

describe.each(databases)('live events on %s', (_name, database) => {
  let served: TestApp
  let url: string
  const controllers: AbortController[] = []
  beforeEach(async () => {
    served = await testApp(async (app, context) => void (await app.register(tracking, { context })), {
      database,
    })
    await served.app.listen({ port: 0, host: '127.0.0.1' })
    url = `http://127.0.0.1:${(served.app.server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    for (const controller of controllers.splice(0)) controller.abort()
    await served.close()
  })

  const call = async (path: string, body: unknown, token?: string) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(200)
    return response.json()
  }
  const createRun = async (experiment_id = '0') =>
    (await call('/api/2.0/mlflow/runs/create', { experiment_id })).run.info.run_id as string
  const logMetric = (run_id: string, key: string) =>
    call('/api/2.0/mlflow/runs/log-metric', { run_id, key, value: 1, timestamp: 1 })

  async function* listen(query = '', headers: Record<string, string> = {}): AsyncGenerator<Block> {
    const controller = new AbortController()
    controllers.push(controller)
    const response = await fetch(`${url}/api/cairn/v1/events${query}`, {
      headers: { accept: 'text/event-stream', ...headers },
      signal: controller.signal,
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ])
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const one of blocks) {
        const lines = one.split('\n')
        const fields = lines.map((line) => /^(\w*): (.*)$/.exec(line)?.slice(1) as [string, string])
        const block = Object.fromEntries(fields)
        yield { ...block, ...(block.data && { data: JSON.parse(block.data) }) }
      }
    }
  }
  const nextWith = async (stream: AsyncGenerator<Block>, member: keyof Block) => {
    for (;;) {
      const { value, done } = await stream.next()
      if (done) throw new Error(`the stream ended before ${member}`)
      if (value[member] !== undefined) return value
    }
  }
  const poll = async (query: string, headers = {}) => {
    const response = await fetch(`${url}/api/cairn/v1/events${query}`, { headers })
    expect(response.status).toBe(200)
    return response.json() as Promise<{ last_event_id: string; reset: boolean; events: unknown[] }>
  }
  const waitUntil = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const createPrincipal = async (name: string) => {
    const { identities, tokens } = served.context
    const principal = await identities.create('service_principal', name)
    const issued = await tokens.issue(principal.id, 'test')
    return { principal, ...issued }
  }

  test('sends a ready event, then changes', async () => {
    const stream = listen()
    expect(await nextWith(stream, 'event')).toMatchObject({ event: 'ready', id: expect.any(String) })
    const run_id = await createRun()
    expect((await nextWith(stream, 'data')).data).toEqual({ type: 'run', experiment_id: '0', run_id })
    await logMetric(run_id, 'loss')
    expect((await nextWith(stream, 'data')).data).toEqual({
      type: 'metrics',
      experiment_id: '0',
      run_id,
      keys: ['loss'],
      first_step: 0,
      last_step: 0,
    })
    await call('/ajax-api/2.0/mlflow/experiments/create', { name: 'new' })
    expect((await nextWith(stream, 'data')).data).toEqual({ type: 'experiment', experiment_id: '1' })
  })

  test('resumes an interrupted stream after its last event', async () => {
    const started = (await poll('')).last_event_id
    const stream = listen()
    await nextWith(stream, 'event')
    const first = await createRun()
    await nextWith(stream, 'data')
    const { id } = await nextWith(stream, 'id')
    controllers.pop()!.abort()
    await stream.next().catch(() => undefined)
    await waitUntil(async () => served.context.events.feed.subscribers === 0)
    const second = await createRun()
    const again = listen('', { 'last-event-id': id! })
    expect(await nextWith(again, 'event')).toMatchObject({ event: 'ready', id })
    expect(await nextWith(again, 'data')).toMatchObject({ data: { run_id: second } })
    expect(first).not.toBe(second)
    // A browser reconnects to the original URL.
    const reopened = listen(`?after=${started}`, { 'last-event-id': id! })
    expect(await nextWith(reopened, 'event')).toMatchObject({ event: 'ready', id })
    const unknown = listen('', { 'last-event-id': '12-0123456789ab' })
    expect(await nextWith(unknown, 'event')).toMatchObject({ event: 'reset' })
  })

  test('returns changes and the next position to polling clients', async () => {
    const before = await poll('')
    expect(before).toEqual({ last_event_id: expect.any(String), reset: false, events: [] })
    const run_id = await createRun()
    await waitUntil(async () => (await poll(`?after=${before.last_event_id}`)).events.length > 0)
    const since = await poll(`?after=${before.last_event_id}`)
    expect(since).toMatchObject({ reset: false, events: [{ type: 'run', run_id }] })
    expect((await poll(`?after=${since.last_event_id}`)).events).toEqual([])
    expect((await poll('?after=gone')).reset).toBe(true)
  })

  test('announces changes of traces once per experiment with their ids', async () => {
    const { last_event_id } = await poll('')
    const create = (trace_id: string) =>
      call('/api/3.0/mlflow/traces', {
        trace: {
          trace_info: {
            trace_id,
            trace_location: { mlflow_experiment: { experiment_id: '0' } },
            state: 'OK',
          },
        },
      })
    await create('tr-1')
    await call('/api/3.0/mlflow/traces/tr-1/assessments', {
      assessment: { assessment_name: 'helpful', feedback: { value: true } },
    })
    await create('tr-2')
    const changes = async () => (await poll(`?after=${last_event_id}`)).events as { trace_ids?: string[] }[]
    await waitUntil(async () => (await changes()).some(({ trace_ids }) => trace_ids?.join() === 'tr-1,tr-2'))
    expect(await changes()).toEqual([{ type: 'traces', experiment_id: '0', trace_ids: ['tr-1', 'tr-2'] }])
    await call('/api/3.0/mlflow/traces/delete-traces', { experiment_id: '00', request_ids: ['tr-1'] })
    await waitUntil(async () => (await changes())[0]?.trace_ids === undefined)
    expect(await changes()).toEqual([{ type: 'traces', experiment_id: '0' }])
  })

  test('announces changes of logged models and evaluation datasets', async () => {
    const { last_event_id } = await poll('')
    const { model } = await call('/api/2.0/mlflow/logged-models', { experiment_id: '0', name: 'm' })
    const { dataset } = await call('/api/3.0/mlflow/datasets/create', { name: 'd', experiment_ids: ['0'] })
    await waitUntil(async () => (await poll(`?after=${last_event_id}`)).events.length >= 2)
    expect((await poll(`?after=${last_event_id}`)).events).toEqual([
      { type: 'logged_model', model_id: model.info.model_id },
      { type: 'evaluation_dataset', dataset_id: dataset.dataset_id },
    ])
  })

  test('filters changes by type, experiment and run', async () => {
    const { last_event_id } = await poll('')
    const one = await createRun()
    const other = await createRun()
    await logMetric(one, 'loss')
    await waitUntil(async () => (await poll(`?after=${last_event_id}`)).events.length >= 3)
    const types = await poll(`?after=${last_event_id}&types=metrics`)
    expect(types.events).toMatchObject([{ type: 'metrics', run_id: one }])
    const runs = await poll(`?after=${last_event_id}&run_ids=${other}`)
    expect(runs.events).toMatchObject([{ type: 'run', run_id: other }])
    expect((await poll(`?after=${last_event_id}&experiment_ids=7`)).events).toEqual([])
    expect((await fetch(`${url}/api/cairn/v1/events?types=nonsense`)).status).toBe(400)
  })

  test('sends only changes that the principal may read, including after a new grant', async () => {
    const { principal, secret } = await createPrincipal('outsider')
    const authorization = `Bearer ${secret}`
    const { last_event_id } = await poll('')
    await createRun()
    served.context.events.announce(
      { type: 'endpoint', name: 'secret' },
      { type: 'serving_endpoint', id: 'e1', name: 'secret', owner: 'somebody' },
    )
    await waitUntil(async () => (await poll(`?after=${last_event_id}`)).events.length >= 2)
    expect((await poll(`?after=${last_event_id}`, { authorization })).events).toEqual([])
    const stream = listen('', { authorization })
    await nextWith(stream, 'event')
    await served.context.grants.change(
      METASTORE[0],
      [{ principal_id: principal.id, add: ['READ EXPERIMENTS'], remove: [] }],
      LOCAL_OWNER,
    )
    const run_id = await createRun()
    expect((await nextWith(stream, 'data')).data).toMatchObject({ type: 'run', run_id })
  })

  test('ends the stream of a revoked token before sending further changes', async () => {
    const { principal, secret, token } = await createPrincipal('short')
    const stream = listen('', { authorization: `Bearer ${secret}` })
    await nextWith(stream, 'event')
    await served.context.tokens.revoke(principal.id, token.id)
    await createRun()
    await expect(nextWith(stream, 'data')).rejects.toThrow()
  })

  test('ends streams when the server stops', async () => {
    const stream = listen()
    await nextWith(stream, 'event')
    served.context.events.feed.close()
    await expect(nextWith(stream, 'data')).rejects.toThrow(/ended/)
  })
})
