import { createHmac } from 'node:crypto'
import { databases } from '@cairn/platform/testing/databases'
import { type Receiver, receiver } from '@cairn/platform/testing/receiver'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RegistryApp, registryApp } from '../testing/registry-app.js'

const CREATED = { entity: 'REGISTERED_MODEL', action: 'CREATED' }
const SETTINGS = { webhook_allowed_schemes: 'http', webhook_allow_private_ips: true, webhook_timeout: 600 }

describe.each(databases)('deliveries to webhooks on %s', (_name, database) => {
  let served: RegistryApp
  beforeEach(async () => {
    served = await registryApp(database, SETTINGS)
  })
  afterEach(() => served.close())

  const subscribe = async (target: Receiver, events: object[], more: object = {}) =>
    (await served.call('POST', 'webhooks', { name: 'hook', url: target.url, events, ...more })).webhook
      .webhook_id as string
  const model = (name: string, more: object = {}) =>
    served.call('POST', 'registered-models/create', { name, ...more })
  const version = (more: object = {}) =>
    served.call('POST', 'model-versions/create', { name: 'm', source: 's3://b/x', ...more })
  const deliveries = async (id: string) =>
    (await served.call('GET', `/api/cairn/v1/webhooks/${id}/deliveries`)).deliveries
  /** Resolves when no delivery is pending. */
  const settled = async (id: string) => {
    for (;;) {
      const all = await deliveries(id)
      if (all.every((one: { state: string }) => one.state !== 'pending')) return all
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  test('changes of models, versions, tags and aliases are sent in MLflow’s format', async () => {
    await using target = await receiver()
    const events = [
      CREATED,
      { entity: 'MODEL_VERSION', action: 'CREATED' },
      ...['SET', 'DELETED'].map((action) => ({ entity: 'MODEL_VERSION_TAG', action })),
      ...['CREATED', 'DELETED'].map((action) => ({ entity: 'MODEL_VERSION_ALIAS', action })),
    ]
    await subscribe(target, events)
    let count = 0
    const eventOf = async (change: Promise<{ status: number }>) => {
      expect((await change).status).toBe(200)
      const { entity, action, data } = JSON.parse((await target.until(++count)).at(-1)!.body)
      return [`${entity}.${action}`, data]
    }
    const tags = [{ key: 'k', value: 'v' }]
    expect(await eventOf(model('m', { description: 'd', tags }))).toEqual([
      'registered_model.created',
      { name: 'm', description: 'd', tags: { k: 'v' } },
    ])
    expect(await eventOf(version({ run_id: 'r', description: 'w', tags }))).toEqual([
      'model_version.created',
      { name: 'm', version: '1', source: 's3://b/x', run_id: 'r', description: 'w', tags: { k: 'v' } },
    ])
    expect((await eventOf(version()))[1]).toMatchObject({
      version: '2',
      run_id: null,
      description: null,
      tags: {},
    })
    const one = { name: 'm', version: '1' }
    expect(
      await eventOf(served.call('POST', 'model-versions/set-tag', { ...one, key: 'a', value: 'b' })),
    ).toEqual(['model_version_tag.set', { ...one, key: 'a', value: 'b' }])
    expect(await eventOf(served.call('DELETE', 'model-versions/delete-tag', { ...one, key: 'a' }))).toEqual([
      'model_version_tag.deleted',
      { ...one, key: 'a' },
    ])
    expect(await eventOf(served.call('POST', 'registered-models/alias', { ...one, alias: 'A' }))).toEqual([
      'model_version_alias.created',
      { ...one, alias: 'A' },
    ])
    const alias = { name: 'm', alias: 'A' }
    expect(await eventOf(served.call('DELETE', 'registered-models/alias', alias))).toEqual([
      'model_version_alias.deleted',
      alias,
    ])
  })

  test('changes that fail, change nothing or have no subscription are not sent', async () => {
    await using target = await receiver()
    const deleted = ['MODEL_VERSION_ALIAS', 'MODEL_VERSION_TAG'].map((entity) => ({
      entity,
      action: 'DELETED',
    }))
    const id = await subscribe(target, [CREATED, ...deleted])
    await model('m')
    expect((await model('m')).status).toBe(400)
    await served.call('DELETE', 'registered-models/alias', { name: 'm', alias: 'none' })
    await version()
    await served.call('DELETE', 'model-versions/delete-tag', { name: 'm', version: '1', key: 'none' })
    await served.call('POST', 'registered-models/set-tag', { name: 'm', key: 'k', value: 'v' })
    expect(await settled(id)).toHaveLength(1)
    expect(target.received).toHaveLength(1)
  })

  test('changes of prompts are sent as prompt events, without internal tags', async () => {
    await using target = await receiver()
    const entities = ['PROMPT', 'PROMPT_VERSION', 'REGISTERED_MODEL', 'MODEL_VERSION']
    const id = await subscribe(target, [
      ...entities.map((entity) => ({ entity, action: 'CREATED' })),
      ...['PROMPT_TAG', 'PROMPT_VERSION_TAG', 'MODEL_VERSION_TAG'].flatMap((entity) =>
        ['SET', 'DELETED'].map((action) => ({ entity, action })),
      ),
      ...['CREATED', 'DELETED'].map((action) => ({ entity: 'PROMPT_ALIAS', action })),
    ])
    const isPrompt = { key: 'mlflow.prompt.is_prompt', value: 'true' }
    const type = { key: '_mlflow_prompt_type', value: 'text' }
    const text = { key: 'mlflow.prompt.text', value: 'Hello {{name}}!' }
    const mine = { key: 'k', value: 'v' }
    await model('m', { tags: [isPrompt, type, mine] })
    await version({
      source: 'dummy-source',
      tags: [isPrompt, type, text, mine],
      description: 'first',
    })
    const one = { name: 'm', version: '1' }
    await served.call('POST', 'registered-models/set-tag', { name: 'm', key: 'a', value: 'b' })
    await served.call('DELETE', 'registered-models/delete-tag', { name: 'm', key: 'a' })
    await served.call('POST', 'model-versions/set-tag', { ...one, key: 'a', value: 'b' })
    await served.call('DELETE', 'model-versions/delete-tag', { ...one, key: 'a' })
    await served.call('POST', 'registered-models/alias', { ...one, alias: 'A' })
    await served.call('DELETE', 'registered-models/alias', { name: 'm', alias: 'A' })
    expect(await settled(id)).toHaveLength(8)
    const events = target.received.map(({ body }) => JSON.parse(body))
    const data = Object.fromEntries(events.map((event) => [`${event.entity}.${event.action}`, event.data]))
    expect(data).toEqual({
      'prompt.created': { name: 'm', tags: { k: 'v' }, description: '' },
      'prompt_version.created': {
        ...one,
        template: 'Hello {{name}}!',
        tags: { k: 'v' },
        description: 'first',
      },
      'prompt_tag.set': { name: 'm', key: 'a', value: 'b' },
      'prompt_tag.deleted': { name: 'm', key: 'a' },
      'prompt_version_tag.set': { ...one, key: 'a', value: 'b' },
      'prompt_version_tag.deleted': { ...one, key: 'a' },
      'prompt_alias.created': { ...one, alias: 'A' },
      'prompt_alias.deleted': { name: 'm', alias: 'A' },
    })
  })

  test('the signature covers body, id and time, and each attempt has a new time', async () => {
    await using target = await receiver((count) => ({ status: count === 1 ? 500 : 200 }))
    const id = await subscribe(target, [CREATED], { secret: 'hush' })
    await model('mödel')
    const [first, second] = await target.until(2)
    for (const { headers, body } of [first!, second!]) {
      const delivery = headers['x-mlflow-delivery-id']
      const timestamp = headers['x-mlflow-timestamp']
      const signed = createHmac('sha256', 'hush').update(`${delivery}.${timestamp}.${body}`).digest('base64')
      expect(headers['x-mlflow-signature']).toBe(`v1,${signed}`)
      expect(headers['content-type']).toBe('application/json')
    }
    expect(first!.body).toBe(second!.body)
    expect(first!.headers['x-mlflow-delivery-id']).toBe(second!.headers['x-mlflow-delivery-id'])
    expect(Number(second!.headers['x-mlflow-timestamp'])).toBeGreaterThan(
      Number(first!.headers['x-mlflow-timestamp']),
    )
    expect(await settled(id)).toMatchObject([{ state: 'delivered', attempts: 2, last_status: 200 }])
    await served.call('PATCH', `webhooks/${id}`, { secret: '' })
    await model('n')
    expect((await target.until(3))[2]!.headers).not.toHaveProperty('x-mlflow-signature')
  })

  test('a 4xx response is final, a redirect is not followed, and both are reported', async () => {
    await using inside = await receiver()
    await using target = await receiver((count) =>
      count === 1 ? { status: 302, headers: { location: inside.url } } : { status: 410, body: 'g\0ne' },
    )
    const id = await subscribe(target, [CREATED])
    await model('m')
    expect(await settled(id)).toMatchObject([
      { state: 'failed', attempts: 1, last_status: 302, last_error: 'Redirects are not followed' },
    ])
    await model('n')
    const failed = {
      state: 'failed',
      attempts: 1,
      last_status: 410,
      last_error: 'The receiver responded: g\ufffdne',
    }
    expect((await settled(id))[0]).toMatchObject(failed)
    expect(inside.received).toEqual([])
    const test = await served.call('POST', `webhooks/${id}/test`)
    expect(test.result).toEqual({ success: false, response_status: 410, response_body: 'g\0ne' })
  })

  test('a disabled webhook receives nothing, and its pending deliveries are cancelled', async () => {
    await using target = await receiver(() => ({ status: 503, headers: { 'retry-after': '3600' } }))
    const id = await subscribe(target, [CREATED])
    await model('a')
    await target.until(1)
    while ((await deliveries(id))[0].attempts === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await deliveries(id))[0]).toMatchObject({ state: 'pending', next_attempt_at: expect.any(Number) })
    await served.call('PATCH', `webhooks/${id}`, { status: 'DISABLED' })
    await model('b')
    await served.call('PATCH', `webhooks/${id}`, { status: 'ACTIVE' })
    expect(await deliveries(id)).toMatchObject([{ state: 'cancelled', last_status: 503 }])
    await model('c')
    await target.until(2)
    expect(target.received.map(({ body }) => JSON.parse(body).data.name)).toEqual(['a', 'c'])
  })

  test('a webhook that hangs delays only its own deliveries, and a few at a time', async () => {
    let release = () => {}
    const hanging = new Promise<void>((resolve) => {
      release = resolve
    })
    await using slow = await receiver(async () => {
      await hanging
      return { status: 200 }
    })
    await using quick = await receiver()
    const slowId = await subscribe(slow, [CREATED])
    const quickId = await subscribe(quick, [CREATED])
    for (let n = 0; n < 10; n++) await model(`m${n}`)
    await quick.until(10)
    expect(await settled(quickId)).toHaveLength(10)
    await slow.until(4)
    expect(slow.received).toHaveLength(4)
    release()
    await settled(slowId)
    expect(new Set(slow.received.map(({ body }) => JSON.parse(body).data.name)).size).toBe(10)
    expect(slow.received).toHaveLength(10)
  })

  test('all of many webhooks are served while others hang', async () => {
    await using silent = await receiver(() => new Promise(() => {}))
    await using quick = await receiver()
    for (let n = 0; n < 3; n++) await subscribe(silent, [CREATED])
    const ids: string[] = []
    for (let n = 0; n < 25; n++) ids.push(await subscribe(quick, [CREATED]))
    await model('m')
    await quick.until(25)
    for (const id of ids) expect(await settled(id)).toMatchObject([{ state: 'delivered' }])
    expect(quick.received).toHaveLength(25)
  })

  test('deliveries are paged newest first', async () => {
    await using target = await receiver()
    const id = await subscribe(target, [CREATED])
    for (let n = 0; n < 5; n++) await model(`m${n}`)
    await settled(id)
    const path = `/api/cairn/v1/webhooks/${id}/deliveries`
    const first = await served.call('GET', path, { max_results: 3 })
    const second = await served.call('GET', path, { max_results: 3, page_token: first.next_page_token })
    expect(second.next_page_token).toBeUndefined()
    const all = [...first.deliveries, ...second.deliveries]
    expect(new Set(all.map((one) => one.delivery_id)).size).toBe(5)
    expect(all.map((one) => one.created_at)).toEqual(
      all.map((one) => one.created_at).toSorted((a, b) => b - a),
    )
    expect((await served.call('GET', path, { page_token: 'x' })).status).toBe(400)
    await served.call('DELETE', `webhooks/${id}`)
    expect((await served.call('GET', path)).status).toBe(404)
  })
})
