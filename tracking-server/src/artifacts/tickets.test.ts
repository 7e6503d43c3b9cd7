import type { AuthSchema } from '@cairn/platform/auth/schema'
import { migrate } from '@cairn/platform/db/migrate'
import { databases } from '@cairn/platform/testing/databases'
import { expect, test } from 'vitest'
import { Tickets } from './tickets.js'

test.each(databases)('a ticket on %s grants access to its subject until it expires', async (_, database) => {
  const { db, close } = await database.open()
  await migrate(db, 'auth', new URL('./migrations/', import.meta.resolve('@cairn/platform/auth/schema')))
  let now = 1_000
  const tickets = new Tickets(db.for<AuthSchema>(), () => now)
  const secret = await tickets.issue('a/b', 10)
  expect(await tickets.find(secret)).toBe('a/b')
  expect(await tickets.find(`${secret}x`)).toBeUndefined()
  now += 10_000
  expect(await tickets.find(secret)).toBeUndefined()
  await tickets.issue('c', 10)
  expect(await db.for<AuthSchema>().read.selectFrom('tickets').select('subject').execute()).toEqual([
    { subject: 'c' },
  ])
  await close()
})
