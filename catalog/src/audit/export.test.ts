import type { AuditRow, AuthSchema } from '@cairn/platform/auth/schema'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { countTurnsDuring } from '@cairn/platform/testing/event-loop-turns'
import { expect, test } from 'vitest'
import { exportEvents } from './export.js'
import { AuditStore } from './store.js'

const EVENT: AuditRow = {
  ...{ event_id: '', event_time: 0, last_time: 0, count: 1, request_id: 'r', service_name: 's', reason: '' },
  ...{ action_name: 'getRun', principal_id: 'p', principal: 'ada', principal_type: 'user', changes: null },
  ...{ authentication: 'token', token_id: null, session_id: null, source_ip_address: '::1', user_agent: '' },
  ...{ request_params: '{}', status_code: 200, error_code: null, error_message: null, outcome: 'success' },
  ...{ object_type: null, object_id: null, object_name: null, catalog_id: null, schema_id: null },
}

test('an export lets other requests proceed after each page', async () => {
  const [, sqlite] = databases[0]!
  const auth = await testAuth(sqlite)
  const db = auth.db.for<AuthSchema>()
  for (let from = 0; from < 3_000; from += 500) {
    const rows = Array.from({ length: 500 }, (_, i) => ({ ...EVENT, event_id: `e${from + i}` }))
    await db.transaction((tx) => tx.insertInto('audit_events').values(rows).execute())
  }
  let lines = 0
  const whole = async () => {
    const options = { format: 'jsonl', check: async () => undefined } as const
    for await (const text of exportEvents(new AuditStore(db), { filter: {} }, options))
      lines += text.split('\n').length - 1
  }
  expect(await countTurnsDuring(whole())).toBeGreaterThanOrEqual(6)
  expect(lines).toBe(3_000)
  await auth.close()
})
