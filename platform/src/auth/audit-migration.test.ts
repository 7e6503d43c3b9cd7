import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { migrate } from '../db/migrate.js'
import { databases } from '../testing/databases.js'
import type { AuthSchema } from './schema.js'

const FOLDER = new URL('./migrations/', import.meta.url)

describe.each(databases)('the upgrade of the audit log on %s', (_name, database) => {
  test('keeps the decisions of earlier releases', async () => {
    const { db, close } = await database.open({ isEmpty: true })
    onTestFinished(() => close())
    await migrate(db, 'auth', FOLDER, { upTo: 11 })
    const old = db.for<AuthSchema>()
    await old.transaction((tx) =>
      sql`insert into audit (id, time, request_id, principal, action, securable_type, securable, allowed, reason)
        values ('a', 1, 'r', 'ada', 'SELECT or MODIFY', 'table', 'main.s.t', 1, 'OWNER on main (ada)'),
        ('b', 2, 'r', 'bo', 'SELECT', 'table', 'main.s.t', 0, 'missing SELECT on main.s.t')`.execute(tx),
    )
    await migrate(db, 'auth', FOLDER)
    const rows = await old.read.selectFrom('audit_events').selectAll().orderBy('event_id').execute()
    expect(rows).toMatchObject([
      {
        ...{ event_id: 'a', event_time: 1, last_time: 1, count: 1, request_id: 'r', principal: 'ada' },
        ...{ action_name: 'decideAccess', outcome: 'success', status_code: 200, object_name: 'main.s.t' },
        ...{ request_params: '{"privileges":"SELECT or MODIFY"}', reason: 'OWNER on main (ada)' },
      },
      { event_id: 'b', outcome: 'denied', status_code: 403, principal: 'bo' },
    ])
  })
})
