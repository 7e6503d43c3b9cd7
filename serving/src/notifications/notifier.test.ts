import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { migrate } from '@cairn/platform/db/migrate'
import { newProcessId } from '@cairn/platform/processes/process-id'
import { databases } from '@cairn/platform/testing/databases'
import { receiver } from '@cairn/platform/testing/receiver'
import { silentLog } from '@cairn/platform/testing/silent-log'
import { Destinations } from '@cairn/platform/webhooks/destinations'
import { Notifier } from '@cairn/platform/webhooks/notifier'
import { Outbox } from '@cairn/platform/webhooks/outbox'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../endpoint-state/config.js'
import { EndpointStore } from '../endpoint-state/endpoint-store.js'
import type { ServingSchema } from '../schema.js'
import { NotificationStore } from './store.js'

const config = parseConfig({ served_entities: [{ entity_name: 'movies', entity_version: '1' }] })

describe.each(databases)('notifications on %s', (_, database) => {
  async function aServer({ maxRetries = 8, timeoutMs = 60_000 } = {}) {
    const { db, close } = await database.open()
    onTestFinished(close)
    await migrate(db, 'auth', new URL('./migrations/', import.meta.resolve('@cairn/platform/auth/schema')))
    await migrate(db, 'serving', new URL('../migrations/', import.meta.url))
    const schema = db.for<ServingSchema>()
    const endpoints = new EndpointStore(schema, Date.now, () => undefined)
    const destinations = new Destinations({ schemes: ['http'], allowPrivate: true })
    const start = () => {
      const store = new NotificationStore(schema, Date.now)
      const options = {
        outbox: new Outbox(db, 'endpoint_notifications', Date.now),
        collect: () => store.addEnded(),
        destinations,
        log: silentLog,
        maxWorkers: 4,
        maxRetries,
        timeoutMs,
        now: Date.now,
      }
      const notifier = new Notifier({ ...options, holder: newProcessId() })
      notifier.start()
      onTestFinished(() => notifier.stop())
      return notifier
    }
    return {
      start,
      /** Deploys a new endpoint with these URLs. */
      async deploy(name: string, on_update_success: readonly string[]) {
        const settings = { email_notifications: JSON.stringify({ on_update_success }) }
        await endpoints.accept(
          await endpoints.create(name, config, LOCAL_OWNER, { tags: [], description: '', settings }),
          [],
        )
      },
      left: () => schema.read.selectFrom('endpoint_notifications').selectAll().orderBy('id').execute(),
    }
  }
  const namesIn = (received: readonly { body: string }[]) =>
    received.map(({ body }) => (JSON.parse(body) as { data: { name: string } }).data.name)

  test('reach their URL while ten others never respond', async () => {
    await using healthy = await receiver()
    await using hanging = await receiver(() => new Promise(() => undefined))
    const server = await aServer()
    const dead = Array.from({ length: 10 }, (_, n) => `${hanging.url}/${n}`)
    for (let n = 0; n < 3; n++) await server.deploy(`dead${n}`, dead)
    server.start()
    await hanging.until(4)
    for (let n = 0; n < 5; n++) await server.deploy(`alive${n}`, [healthy.url])
    expect(namesIn(await healthy.until(5)).toSorted()).toEqual(
      Array.from({ length: 5 }, (_, n) => `alive${n}`),
    )
    await expect.poll(async () => (await server.left()).length).toBe(30)
  })

  test('are repeated with back-off while the receiver fails, then given up', async () => {
    await using failing = await receiver((count) => ({ status: count <= 3 ? 503 : 200 }))
    const server = await aServer({ maxRetries: 1 })
    await server.deploy('first', [failing.url])
    await server.deploy('second', [failing.url])
    server.start()
    const received = await failing.until(4)
    const [first, again, second, last] = namesIn(received)
    expect([again, last]).toEqual([first, second])
    expect(second).not.toBe(first)
    expect(received[1]!.at - received[0]!.at).toBeGreaterThanOrEqual(1_000)
    expect(new Set(received.map(({ headers }) => headers['x-cairn-delivery-id'])).size).toBe(2)
    await expect.poll(server.left).toEqual([])
  })

  test('are not repeated when the receiver rejects them', async () => {
    await using rejecting = await receiver(() => ({ status: 400 }))
    const server = await aServer()
    await server.deploy('e', [rejecting.url])
    server.start()
    await rejecting.until(1)
    await expect.poll(server.left).toEqual([])
    expect(rejecting.received).toHaveLength(1)
  })

  test('are resumed by the next server, under the same id', async () => {
    await using target = await receiver((count) =>
      count === 1 ? new Promise(() => undefined) : { status: 200 },
    )
    const server = await aServer()
    await server.deploy('e', [target.url])
    const first = server.start()
    await target.until(1)
    await first.stop()
    server.start()
    const [one, two] = await target.until(2)
    expect(two!.headers['x-cairn-delivery-id']).toBe(one!.headers['x-cairn-delivery-id'])
    await expect.poll(server.left).toEqual([])
  })

  test('are sent once by several servers on one database', async () => {
    await using target = await receiver()
    const server = await aServer()
    for (let n = 0; n < 10; n++) await server.deploy(`e${n}`, [target.url])
    for (let n = 0; n < 3; n++) server.start()
    await target.until(10)
    await expect.poll(server.left, { timeout: 60_000 }).toEqual([])
    expect(namesIn(target.received).toSorted()).toEqual(Array.from({ length: 10 }, (_, n) => `e${n}`))
  })
})
