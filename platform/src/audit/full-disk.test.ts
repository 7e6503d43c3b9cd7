import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { requireSpace } from '../db/full-disk.js'
import { testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { AuditLog } from './audit-log.js'

const [, sqlite] = databases[0]!

test('the audit log reports a full disk of the database, and so does the readiness for some seconds', async () => {
  const { db, authorizer, close } = await testAuth(sqlite)
  const log = new AuditLog({
    ...{ db: db.for(), authorizer, now: Date.now, rowsPerMinute: 10 },
    onError: (error) => expect.unreachable(String(error)),
  })
  const commit = () =>
    log.commit({
      ...{ time: Date.now(), requestId: 'r', service: 's', action: 'createRun', caller: undefined },
      ...{ authentication: 'none', address: '127.0.0.1', userAgent: 'test', status: 200, outcome: 'success' },
      ...{ decisions: [], named: [], changes: [], params: { note: 'x'.repeat(1_000) } },
    })
  await commit()
  expect(() => requireSpace(db)).not.toThrow()

  await db.transaction((tx) => sql`pragma max_page_count = 1`.execute(tx)) // the pages that it has
  const full = async () => {
    for (;;) await commit()
  }
  await expect(full()).rejects.toMatchObject({
    code: 'INSUFFICIENT_STORAGE',
    message: expect.stringContaining('the change is made'),
  })
  expect(() => requireSpace(db)).toThrow('The disk of the database is full')
  expect(() => requireSpace(db, performance.now() + 11_000)).not.toThrow()
  await close()
})
