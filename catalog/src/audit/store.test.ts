import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { migrate } from '@cairn/platform/db/migrate'
import { databases } from '@cairn/platform/testing/databases'
import { CompiledQuery } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuditFilter, auditQueries } from './store.js'

const [, sqlite] = databases[0]!
let opened: Awaited<ReturnType<typeof sqlite.open>>
let db: Db<AuthSchema>
beforeAll(async () => {
  opened = await sqlite.open()
  await migrate(opened.db, 'auth', new URL('../../../platform/src/auth/migrations/', import.meta.url))
  db = opened.db.for()
})
afterAll(() => opened.close())

const object = { object_type: 'experiment', object_id: '1' }

test.each<readonly [string, AuditFilter]>([
  ['by_time', {}],
  ['by_request', { request_id: 'r', principal: 'ada', outcome: 'success' }],
  ['by_address', { source_ip_address: '::1', action: 'getRun', outcome: 'success' }],
  ['by_principal', { principal: 'ada', action: 'getRun', outcome: 'success' }],
  ['by_action', { action: 'getRun', outcome: 'success', object_type: 'experiment' }],
  ['by_outcome', { outcome: 'denied', object_type: 'experiment' }],
  ['by_type', { object_type: 'experiment' }],
  ['by_object', { on: [object], object_type: 'experiment', outcome: 'success' }],
  ['by_object_name', { on: [{ object_name: 'main' }], object_type: 'table', principal: 'ada' }],
  ['by_catalog', { on: [{ catalog_id: 'c' }], outcome: 'success' }],
  ['by_schema', { on: [{ schema_id: 's' }], request_id: 'r' }],
])('reads the index %s in its order, on any page', async (index, filter) => {
  for (const more of [{}, { start_time: 1, end_time: 9 }])
    for (const before of [undefined, [5, 'e'] as const])
      for (const query of auditQueries(db, { ...filter, ...more }, before)) {
        const { sql, parameters } = query.limit(100).compile()
        const explained = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters])
        const { rows } = await db.read.executeQuery<{ detail: string }>(explained)
        const plan = rows.map(({ detail }) => detail).join('; ')
        expect(plan).toMatch(new RegExp(`^(SCAN|SEARCH) audit_events USING INDEX audit_events_${index}\\b`))
        if (index !== 'by_time' || before) expect(plan).toMatch(/^SEARCH/)
        if (before) expect(plan).toContain('(event_time,event_id)<(?,?)')
        expect(plan).not.toContain('TEMP B-TREE')
      }
})
