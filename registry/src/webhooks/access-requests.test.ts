import type { AccessRequestRow, AuthSchema } from '@cairn/platform/auth/schema'
import { databases } from '@cairn/platform/testing/databases'
import { receiver } from '@cairn/platform/testing/receiver'
import { expect, onTestFinished, test } from 'vitest'
import { registryApp } from '../testing/registry-app.js'

const SETTINGS = { webhook_allowed_schemes: 'http', webhook_allow_private_ips: true }
const EVENTS = ['CREATED', 'UPDATED'].map((action) => ({ entity: 'ACCESS_REQUEST', action }))

test.each(databases)(
  'requests for access are sent to webhooks, each event once, on %s',
  async (_, database) => {
    const served = await registryApp(database, SETTINGS)
    onTestFinished(() => served.close())
    await using target = await receiver()
    const created = await served.call('POST', 'webhooks', { name: 'hook', url: target.url, events: EVENTS })
    expect(created.webhook.events).toEqual(EVENTS)
    const wrong = { name: 'no', url: target.url, events: [{ entity: 'ACCESS_REQUEST', action: 'SET' }] }
    expect((await served.call('POST', 'webhooks', wrong)).status).toBe(400)

    const { context } = served
    const ada = await context.identities.create('user', 'ada')
    const db = context.db.for<AuthSchema>()
    const row: AccessRequestRow = {
      ...{ id: 'r1', requester: ada.id, securable_type: 'table', asked_name: 'main.s.t', securable_id: 't' },
      ...{ privileges: '["SELECT"]', level: null, reason: 'to train', state: 'approved', created_at: 1 },
      ...{ expires_at: null, decided_at: 2, decided_by: ada.id, comment: null, granted: '["SELECT"]' },
      grant_days: 1,
    }
    const event = (id: string, request_id: string, state: 'open' | 'approved', created_at: number) => ({
      ...{ id, request_id, state, created_at },
    })
    await db.transaction(async (tx) => {
      const nobody = { ...row, id: 'r2', securable_id: null, asked_name: 'main.s.x' }
      await tx.insertInto('access_requests').values([row, nobody]).execute()
      await tx
        .insertInto('access_request_events')
        .values([
          event('e1', 'r1', 'open', 1),
          event('e2', 'r1', 'approved', 2),
          event('e3', 'r2', 'open', 3),
        ])
        .execute()
    })
    const received = (await target.until(2)).map(({ body }) => JSON.parse(body))
    const facts = {
      id: 'r1',
      requester: 'ada',
      full_name: 'main.s.t',
      privileges: ['SELECT'],
      reason: 'to train',
    }
    expect(received.toSorted((one, other) => one.action.localeCompare(other.action))).toMatchObject([
      { entity: 'access_request', action: 'created', data: { ...facts, state: 'open' } },
      {
        ...{ entity: 'access_request', action: 'updated' },
        data: { ...facts, state: 'approved', decided_by: 'ada', grant_expires_at: 2 + 86_400_000 },
      },
    ])
    expect(received[0].data.state === 'open' ? received[0].data.decided_by : undefined).toBeUndefined()
    await expect.poll(() => db.read.selectFrom('access_request_events').selectAll().execute()).toEqual([])
    const id = created.webhook.webhook_id
    expect((await served.call('GET', `/api/cairn/v1/webhooks/${id}/deliveries`)).deliveries).toHaveLength(2)
  },
)
