import type { AuthSchema } from '@cairn/platform/auth/schema'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { countTurnsDuring } from '@cairn/platform/testing/event-loop-turns'
import { expect, test } from 'vitest'
import { AUDIT_EVENT } from '../testing/audit-event.js'
import { exportEvents } from './export.js'
import { AuditStore } from './store.js'

test('an export lets other requests proceed after each page', async () => {
  const [, sqlite] = databases[0]!
  const auth = await testAuth(sqlite)
  const db = auth.db.for<AuthSchema>()
  for (let from = 0; from < 3_000; from += 500) {
    const rows = Array.from({ length: 500 }, (_, i) => ({ ...AUDIT_EVENT, event_id: `e${from + i}` }))
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
