import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { databases } from '@cairn/platform/testing/databases'
import { receiver } from '@cairn/platform/testing/receiver'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RegistryApp, registryApp } from '../testing/registry-app.js'

const CREATED = { entity: 'REGISTERED_MODEL', action: 'CREATED' }
const TAGGED = { entity: 'MODEL_VERSION_TAG', action: 'SET' }

describe.each(databases)('webhooks on %s', (_name, database) => {
  let served: RegistryApp
  beforeEach(async () => {
    served = await registryApp(database, {
      webhook_allowed_schemes: 'http, https',
      webhook_allow_private_ips: true,
    })
  })
  afterEach(() => served.close())

  const create = (more: object = {}) =>
    served.call('POST', 'webhooks', {
      name: 'hook',
      url: 'https://hooks.example.com/a',
      events: [CREATED],
      ...more,
    })

  test('creates a webhook and never returns its secret', async () => {
    const { webhook, ...answer } = await create({
      description: 'd',
      events: [TAGGED, CREATED, TAGGED],
      secret: 'hush-hush',
    })
    expect(answer.status).toBe(200)
    expect(webhook).toEqual({
      webhook_id: expect.stringMatching(/^[\da-f-]{36}$/),
      name: 'hook',
      description: 'd',
      url: 'https://hooks.example.com/a',
      events: [TAGGED, CREATED],
      status: 'ACTIVE',
      creation_timestamp: expect.any(Number),
      last_updated_timestamp: webhook.creation_timestamp,
    })
    const path = `webhooks/${webhook.webhook_id}`
    expect((await served.call('GET', path)).webhook).toEqual(webhook)
    expect((await served.call('GET', 'webhooks')).webhooks).toEqual([webhook])
    const { rows } = await served.context.db
      .for<{ webhooks: { secret: string } }>()
      .read.selectFrom('webhooks')
      .selectAll()
      .execute()
      .then((rows) => ({ rows: JSON.stringify(rows) }))
    expect(rows).not.toContain('hush')
    expect(await served.call('DELETE', path)).toEqual({ status: 200 })
    expect(await served.call('GET', path)).toMatchObject({
      status: 404,
      message: `Webhook with ID ${webhook.webhook_id} not found.`,
    })
    for (const [method, suffix] of [
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/test'],
    ] as const)
      expect((await served.call(method, path + suffix)).status).toBe(404)
  })

  test('updates only the given fields', async () => {
    const { webhook } = await create({ description: 'd' })
    const change = async (input: object) =>
      (await served.call('PATCH', `webhooks/${webhook.webhook_id}`, input)).webhook
    expect(await change({ name: 'other', status: 'DISABLED' })).toMatchObject({
      name: 'other',
      status: 'DISABLED',
      description: 'd',
      events: [CREATED],
    })
    expect(await change({ url: 'https://hooks.example.com/b', events: [TAGGED], secret: 's' })).toMatchObject(
      {
        name: 'other',
        url: 'https://hooks.example.com/b',
        events: [TAGGED],
        status: 'DISABLED',
      },
    )
    expect(await change({ description: '', name: '', url: '', events: [] })).toEqual({
      ...webhook,
      name: 'other',
      url: 'https://hooks.example.com/b',
      events: [TAGGED],
      status: 'DISABLED',
      description: undefined,
      last_updated_timestamp: expect.any(Number),
    })
    for (const wrong of [{ name: '-' }, { url: 'ftp://x/' }, { events: [{ ...CREATED, action: 'SET' }] }])
      expect(await served.call('PATCH', `webhooks/${webhook.webhook_id}`, wrong)).toMatchObject({
        status: 400,
        error_code: 'INVALID_PARAMETER_VALUE',
      })
  })

  test('lists webhooks in pages, newest first', async () => {
    const ids: string[] = []
    for (const n of [1, 2, 3, 4, 5]) ids.unshift((await create({ name: `hook${n}` })).webhook.webhook_id)
    const seen: string[] = []
    let token: string | undefined
    do {
      const page = await served.call('GET', 'webhooks', {
        max_results: 2,
        ...(token && { page_token: token }),
      })
      seen.push(...page.webhooks.map((one: { webhook_id: string }) => one.webhook_id))
      token = page.next_page_token
    } while (token)
    expect(seen.toSorted()).toEqual(ids.toSorted())
    expect((await served.call('GET', 'webhooks', { max_results: 0 })).webhooks).toHaveLength(5)
    for (const wrong of [{ max_results: 1001 }, { max_results: -1 }, { page_token: 'bm9uc2Vuc2U' }])
      expect((await served.call('GET', 'webhooks', wrong)).status).toBe(400)
  })

  const WRONG: [object, RegExp][] = [
    [{ name: 'a'.repeat(64) }, /Webhook name 'a+' is invalid\. It must start and end with a letter or digit/],
    [{ name: '-a' }, /Webhook name '-a' is invalid/],
    [{ name: 'a b' }, /Webhook name/],
    [{ name: '' }, /Missing value for required parameter 'name'/],
    [{ url: '' }, /Missing value for required parameter 'url'/],
    [
      { url: 'ftp://hooks.example.com' },
      /Invalid webhook URL scheme: 'ftp'\. Allowed schemes are: http, https/,
    ],
    [{ url: `https://hooks.example.com/${'a'.repeat(2000)}` }, /'url' exceeds the maximum length of 2000/],
    [{ events: [] }, /Missing value for required parameter 'events'/],
    [{ events: [{ entity: 'REGISTERED_MODEL' }] }, /events\[0\]\.action/],
    [{ events: [{ entity: 'NO_SUCH', action: 'CREATED' }] }, /events\[0\]\.entity/],
    [
      { events: [{ entity: 'MODEL_VERSION_TAG', action: 'CREATED' }] },
      /Invalid action 'created' for entity 'model_version_tag'\. Valid actions are: \['deleted', 'set'\]/,
    ],
    [{ secret: 's'.repeat(1001) }, /'secret' exceeds the maximum length of 1000/],
  ]

  test('rejects invalid input with a message that names it', async () => {
    for (const [wrong, message] of WRONG)
      expect(await create(wrong)).toMatchObject({
        status: 400,
        error_code: 'INVALID_PARAMETER_VALUE',
        message: expect.stringMatching(message),
      })
    expect(await served.call('GET', 'webhooks')).toEqual({ status: 200 })
  })

  test('accepts enum numbers for entities and actions, and every event', async () => {
    expect((await create({ events: [{ entity: 2, action: 1 }] })).webhook.events).toEqual([
      { entity: 'MODEL_VERSION', action: 'CREATED' },
    ])
    const events = [
      ...['REGISTERED_MODEL', 'MODEL_VERSION', 'PROMPT', 'PROMPT_VERSION'].map((entity) => [
        entity,
        'CREATED',
      ]),
      ...['MODEL_VERSION_TAG', 'PROMPT_TAG', 'PROMPT_VERSION_TAG'].flatMap((entity) => [
        [entity, 'SET'],
        [entity, 'DELETED'],
      ]),
      ...['MODEL_VERSION_ALIAS', 'PROMPT_ALIAS'].flatMap((entity) => [
        [entity, 'CREATED'],
        [entity, 'DELETED'],
      ]),
      ['BUDGET_POLICY', 'EXCEEDED'],
    ].map(([entity, action]) => ({ entity, action }))
    expect((await create({ events })).webhook.events).toEqual(events)
  })

  test('sends an example once on test and returns the response', async () => {
    await using target = await receiver((count) =>
      count === 1 ? { status: 200, body: 'thanks' } : { status: 503, body: 'not now' },
    )
    const { webhook } = await create({ url: target.url, events: [CREATED, TAGGED] })
    const path = `webhooks/${webhook.webhook_id}/test`
    expect((await served.call('POST', path)).result).toEqual({
      success: true,
      response_status: 200,
      response_body: 'thanks',
    })
    expect((await served.call('POST', path, { event: TAGGED })).result).toEqual({
      success: false,
      response_status: 503,
      response_body: 'not now',
    })
    expect(target.received.map(({ body }) => JSON.parse(body))).toEqual([
      {
        entity: 'registered_model',
        action: 'created',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        data: {
          name: 'example_model',
          tags: { example_key: 'example_value' },
          description: 'An example registered model',
        },
      },
      {
        entity: 'model_version_tag',
        action: 'set',
        timestamp: expect.any(String),
        data: { name: 'example_model', version: '1', key: 'example_key', value: 'example_value' },
      },
    ])
    await target[Symbol.asyncDispose]()
    expect((await served.call('POST', path)).result).toEqual({
      success: false,
      error_message: expect.stringMatching(/^Failed to test webhook: .*ECONNREFUSED/),
    })
    expect((await served.call('POST', path, { event: { entity: 'PROMPT', action: 'SET' } })).status).toBe(400)
  })

  test('requires more than the privilege to edit models', async () => {
    const { identities, grants, authorizer, tokens } = served.context
    const { id } = await identities.create('user', 'editor')
    const [metastore] = authorizer.metastore
    await grants.change(metastore, [{ principal_id: id, add: ['EDIT MODELS'], remove: [] }], LOCAL_OWNER)
    const { secret } = await tokens.issue(id, 'test')
    const headers = { authorization: `Bearer ${secret}` }
    for (const [method, url] of [
      ['GET', '/api/2.0/mlflow/webhooks'],
      ['POST', '/ajax-api/2.0/mlflow/webhooks'],
      ['GET', '/api/2.0/mlflow/webhooks/x'],
      ['PATCH', '/api/2.0/mlflow/webhooks/x'],
      ['DELETE', '/api/2.0/mlflow/webhooks/x'],
      ['POST', '/api/2.0/mlflow/webhooks/x/test'],
      ['GET', '/api/cairn/v1/webhooks/x/deliveries'],
    ] as const)
      expect((await served.app.inject({ method, url, headers })).statusCode).toBe(403)
  })
})

test('by default, webhooks are limited to https on the public internet', async () => {
  const served = await registryApp(databases[0]![1], {})
  try {
    const create = (url: string) => served.call('POST', 'webhooks', { name: 'hook', url, events: [CREATED] })
    for (const url of [
      'http://93.184.216.34/',
      'https://127.0.0.1/',
      'https://[::ffff:7f00:1]/',
      'https://localhost/',
    ])
      expect((await create(url)).status).toBe(400)
    expect((await create('https://93.184.216.34/')).status).toBe(200)
  } finally {
    await served.close()
  }
})
