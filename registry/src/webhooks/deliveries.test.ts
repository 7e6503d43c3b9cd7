import { migrate } from '@cairn/platform/db/migrate'
import { openDb } from '@cairn/platform/db/open'
import { databases, type TestDatabase } from '@cairn/platform/testing/databases'
import { receiver } from '@cairn/platform/testing/receiver'
import { WebhookSecrets } from '@cairn/platform/webhooks/webhook-secrets'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { RegistrySchema } from '../schema.js'
import { registryApp } from '../testing/registry-app.js'
import { Deliveries } from './deliveries.js'
import { Outbox } from './outbox.js'
import { WebhookStore } from './store.js'

const DAY_MS = 24 * 60 * 60 * 1000
const DELIVERED = { state: 'delivered', status: 200, error: undefined } as const

describe.each(databases)('the outbox on %s', (_name, database) => {
  /** An outbox with one webhook and a manual clock. */
  async function anOutbox(secret = '') {
    const opened = await database.open()
    onTestFinished(() => opened.close())
    await migrate(opened.db, 'registry', new URL('../migrations/', import.meta.url))
    const db = opened.db.for<RegistrySchema>()
    const clock = { time: 1_700_000_000_000 }
    const now = () => clock.time
    const secrets = new WebhookSecrets('a key')
    const webhooks = new WebhookStore(db, secrets, now)
    const { webhook_id } = await webhooks.create({
      name: 'hook',
      description: '',
      url: 'https://hooks.example.com/',
      events: [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }],
      secret,
      status: 'ACTIVE',
    })
    const outbox = new Outbox(now)
    const put = (name: string) =>
      db.transaction((tx) => outbox.put(tx, { kind: 'model created', name, tags: [], description: '' }))
    const deliveries = new Deliveries(db, secrets.prefix, now)
    return { db, clock, webhooks, webhook_id, put, deliveries, now }
  }

  test('a claimed delivery is not claimed again before its lease expires', async () => {
    const { clock, webhook_id, put, deliveries } = await anOutbox()
    for (const name of ['a', 'b', 'c']) await put(name)
    const claim = (holder: string, limit: number) => deliveries.claim(webhook_id, holder, limit, 60_000)
    const both = await Promise.all([claim('one', 2), claim('two', 3)])
    const ids = both.flat().map((row) => row.delivery_id)
    expect(new Set(ids).size).toBe(ids.length)
    const rest = await claim('two', 3)
    expect(ids.length + rest.length).toBe(3)
    expect(await deliveries.webhooksDue()).toEqual([])

    const [first] = both.flat() // claimed by either
    clock.time += 60_000
    expect(await deliveries.webhooksDue()).toEqual([webhook_id])
    expect(await claim('three', 3)).toHaveLength(3)
    await deliveries.settle(first!.delivery_id, first!.holder!, DELIVERED)
    const states = async () =>
      (await deliveries.list(webhook_id, 10, undefined)).deliveries.map((one) => one.state)
    expect(await states()).toEqual(['pending', 'pending', 'pending'])
    await deliveries.settle(first!.delivery_id, 'three', DELIVERED)
    expect((await states()).toSorted()).toEqual(['delivered', 'pending', 'pending'])
    await deliveries.leases.release('three')
    expect(await claim('four', 3)).toHaveLength(2)
  })

  test('finished deliveries are deleted after a week, and orphans on request', async () => {
    const { db, clock, webhook_id, put, deliveries } = await anOutbox()
    await put('a')
    await put('b')
    const [first] = await deliveries.claim(webhook_id, 'one', 1, 60_000)
    await deliveries.settle(first!.delivery_id, 'one', DELIVERED)
    const count = async () => (await db.read.selectFrom('webhook_deliveries').selectAll().execute()).length
    clock.time += 6 * DAY_MS
    await deliveries.sweep()
    expect(await count()).toBe(2)
    clock.time += 2 * DAY_MS
    await deliveries.sweep()
    expect(await count()).toBe(1)
    await deliveries.sweepOrphans()
    expect(await count()).toBe(1)
    await db.transaction((tx) => tx.deleteFrom('webhooks').execute()) // as if during `put`
    await deliveries.sweepOrphans()
    expect(await count()).toBe(0)
  })

  test('deliveries are not delayed by a clock that is set back by a day', async () => {
    const { clock, webhook_id, put, deliveries } = await anOutbox()
    await put('a')
    await put('b')
    const [first] = await deliveries.claim(webhook_id, 'one', 1, 60_000)
    const later = { state: 'pending', status: 503, error: 'busy', retryAt: clock.time + 60_000 } as const
    await deliveries.settle(first!.delivery_id, 'one', later)
    await deliveries.sweep()
    expect(await deliveries.claim(webhook_id, 'two', 2, 60_000)).toHaveLength(1)
    await deliveries.leases.release('two')
    clock.time -= DAY_MS
    expect(await deliveries.webhooksDue()).toEqual([])
    await deliveries.sweep()
    expect(await deliveries.claim(webhook_id, 'two', 2, 60_000)).toHaveLength(2)
  })

  test('deliveries with the secret of another key are left to other servers', async () => {
    const { db, webhook_id, put, deliveries, now } = await anOutbox('hush')
    await put('a')
    expect(await deliveries.webhooksDue()).toEqual([webhook_id])
    const elsewhere = new Deliveries(db, new WebhookSecrets('another key').prefix, now)
    expect(await elsewhere.webhooksDue()).toEqual([])
    expect(await elsewhere.webhooksWithOtherKey()).toEqual([webhook_id])
    expect(await deliveries.webhooksWithOtherKey()).toEqual([])
  })

  test('a change that is rolled back adds no delivery', async () => {
    const { db, webhook_id, deliveries, now } = await anOutbox()
    const outbox = new Outbox(now)
    const failing = db.transaction(async (tx) => {
      await outbox.put(tx, { kind: 'model created', name: 'a', tags: [], description: '' })
      throw new Error('the change fails')
    })
    await expect(failing).rejects.toThrow('the change fails')
    expect((await deliveries.list(webhook_id, 10, undefined)).deliveries).toEqual([])
  })

  test('two servers on one database deliver each event once', async () => {
    const opened = await database.open()
    onTestFinished(() => opened.close())
    const shared: TestDatabase = {
      engine: database.engine,
      open: async () => {
        const db = openDb<unknown>(opened.url)
        return { url: opened.url, db, close: () => db.close() }
      },
    }
    const settings = {
      webhook_allowed_schemes: 'http',
      webhook_allow_private_ips: true,
      webhook_secret_key: 'shared',
    }
    const servers = [await registryApp(shared, settings), await registryApp(shared, settings)] as const
    for (const server of servers) onTestFinished(() => server.close())
    await using target = await receiver()
    const events = [{ entity: 'REGISTERED_MODEL', action: 'CREATED' }]
    const hook = { name: 'hook', url: target.url, events, secret: 'hush' }
    const { webhook } = await servers[0].call('POST', 'webhooks', hook)
    const names = Array.from({ length: 40 }, (_, n) => `m${n}`)
    await Promise.all(
      names.map((name, n) => servers[n % 2]!.call('POST', 'registered-models/create', { name })),
    )
    const path = `/api/cairn/v1/webhooks/${webhook.webhook_id}/deliveries`
    for (;;) {
      const { deliveries } = await servers[1].call('GET', path)
      if (deliveries.every((one: { state: string }) => one.state === 'delivered')) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const received = target.received.map(({ body }) => JSON.parse(body).data.name)
    expect(received.toSorted()).toEqual(names.toSorted())
  })
})
