import type { AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { migrate } from '@cairn/platform/db/migrate'
import { databases } from '@cairn/platform/testing/databases'
import { CompiledQuery } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AUDIT_EVENT } from '../testing/audit-event.js'
import {
  type AuditFilter,
  type AuditPosition,
  AuditStore,
  auditQueries,
  containerQuery,
  scanQueries,
} from './store.js'

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
    for (const before of [undefined, [5, 'e'] as const]) {
      const scans = scanQueries(db, { ...filter, ...more }, before)
      for (const query of [...auditQueries(db, { ...filter, ...more }, before), ...scans]) {
        const { sql, parameters } = query.limit(100).compile()
        const explained = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters])
        const { rows } = await db.read.executeQuery<{ detail: string }>(explained)
        const plan = rows.map(({ detail }) => detail).join('; ')
        expect(plan).toMatch(new RegExp(`^(SCAN|SEARCH) audit_events USING INDEX audit_events_${index}\\b`))
        if (index !== 'by_time' || before) expect(plan).toMatch(/^SEARCH/)
        if (before) expect(plan).toContain('(event_time,event_id)<(?,?)')
        expect(plan).not.toContain('TEMP B-TREE')
      }
    }
})

test('containers of a name are found in their index, which skips their events', async () => {
  const { sql, parameters } = containerQuery(db, 'catalog', 'main', '').compile()
  const explained = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters])
  const { rows } = await db.read.executeQuery<{ detail: string }>(explained)
  expect(rows.map(({ detail }) => detail)).toEqual([
    expect.stringMatching(
      /^SEARCH audit_events USING COVERING INDEX audit_events_by_container \(object_name=\? AND object_type=\? AND object_id>\?\)$/,
    ),
  ])
})

test('filters that few events match together check a bounded number of events for a page, and find all', async () => {
  const rows = Array.from({ length: 200 }, (_, n) => ({
    ...AUDIT_EVENT,
    ...{ event_id: `e${n}`, event_time: Math.floor(n / 3), principal: n % 2 ? 'ada' : 'bo' },
    ...{ action_name: n % 50 === 1 ? 'deleteRun' : 'getRun' },
  }))
  await db.transaction((tx) => tx.insertInto('audit_events').values(rows).execute())
  const audit = new AuditStore(db)
  const pagesOf = async (filter: AuditFilter, limit: number) => {
    const pages: string[][] = []
    let before: AuditPosition | undefined
    do {
      const { events, next } = await audit.list(filter, before, limit, 20)
      pages.push(events.map(({ event_id }) => event_id))
      before = next
    } while (before)
    return pages
  }
  const never = await pagesOf({ principal: 'bo', action: 'deleteRun' }, 5)
  expect([never.flat(), never.length]).toEqual([[], 5])
  const some = await pagesOf({ principal: 'ada', action: 'deleteRun' }, 5)
  expect([some.flat(), some.length]).toEqual([['e151', 'e101', 'e51', 'e1'], 5])
  const many = await pagesOf({ principal: 'ada', outcome: 'success' }, 7)
  expect(new Set(many.flat()).size).toBe(100)
  expect(many.flat()).toHaveLength(100)
  expect(await pagesOf({ action: 'deleteRun' }, 5)).toHaveLength(1) // an index answers it
})
