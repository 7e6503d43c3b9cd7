import type { AuthSchema } from '@cairn/platform/auth/schema'
import { Retention } from '@cairn/platform/db/retention'
import { type TestAuth, testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authRetention } from './auth-retention.js'

const DAY = 24 * 3_600_000

describe.each(databases)('retention on %s', (_, database) => {
  let auth: TestAuth
  let retention: Retention
  const errors: unknown[] = []
  beforeAll(async () => {
    auth = await testAuth(database)
    retention = new Retention({ now: () => auth.clock.now, onError: (error) => errors.push(error) })
    retention.add(
      ...authRetention(auth.db.for<AuthSchema>(), { audit_retention_days: 10, token_retention_days: 3 }),
    )
  })
  afterAll(() => auth.close())

  test('deletes tokens some days after they expired or were revoked, and keeps the others', async () => {
    const ada = await auth.identities.create('user', 'ada')
    const issue = (label: string, seconds?: number) =>
      auth.tokens.issue(ada.id, label, seconds ? { seconds } : {})
    await issue('lasting')
    await issue('expiring', 60)
    const { token } = await issue('revoked')
    await auth.tokens.revoke(ada.id, token.id)
    const labels = async () => {
      const rows = await auth.db.for<AuthSchema>().read.selectFrom('tokens').select('label').execute()
      return rows.map(({ label }) => label).sort()
    }
    auth.clock.now += 3 * DAY
    await retention.purge()
    expect(await labels()).toEqual(['expiring', 'lasting', 'revoked'])
    auth.clock.now += 61_000
    await retention.purge()
    expect(await labels()).toEqual(['lasting'])
  })

  test('deletes audit rows after their time, more than one transaction of them', async () => {
    const db = auth.db.for<AuthSchema>()
    const row = (i: number, age: number) => ({
      ...{ event_id: `a${i}`, event_time: auth.clock.now - age, last_time: auth.clock.now, count: 1 },
      ...{ request_id: 'r', service_name: 's', action_name: 'getTable', outcome: 'success' as const },
      ...{ principal_id: 'ada', principal: 'ada', principal_type: 'user', authentication: 'token' },
      ...{ token_id: null, session_id: null, source_ip_address: '', user_agent: '', request_params: '{}' },
      ...{ status_code: 200, error_code: null, error_message: null, reason: '', changes: null },
      ...{ object_type: null, object_id: null, object_name: null },
    })
    const rows = Array.from({ length: 1203 }, (_, i) => row(i, i < 1201 ? 10 * DAY + 1 : 10 * DAY - 1))
    await db.transaction(async (tx) => {
      for (let at = 0; at < rows.length; at += 100)
        await tx
          .insertInto('audit_events')
          .values(rows.slice(at, at + 100))
          .execute()
    })
    await retention.purge()
    const left = await db.read
      .selectFrom('audit_events')
      .select('event_id')
      .where('event_id', 'like', 'a%')
      .execute()
    expect(left.map(({ event_id }) => event_id).sort()).toEqual(['a1201', 'a1202'])
    expect(errors).toEqual([])
  })

  test('keeps everything with 0 days, and continues after a rule that fails', async () => {
    const failures: string[] = []
    const purged: string[] = []
    const one = new Retention({ onError: (_error, { name }) => failures.push(name) })
    one.add(
      { name: 'kept', days: 0, purge: async () => purged.push('kept') },
      { name: 'broken', days: 1, purge: () => Promise.reject(new Error('no database')) },
      { name: 'old', days: 1, purge: async () => purged.push('old') - 1 },
    )
    await one.purge()
    expect([failures, purged]).toEqual([['broken'], ['old']])
  })
})
