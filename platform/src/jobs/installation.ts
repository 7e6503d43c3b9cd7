import { randomBytes } from 'node:crypto'
import type { Db } from '../db/db.js'

interface Schema {
  queue_installation: { only_row: number; id: string }
}

/** Returns the id of a database, because several installations may share a Redis. */
export async function installationId(db: Db<unknown>): Promise<string> {
  const rows = db.for<Schema>()
  const id = randomBytes(6).toString('hex')
  await rows.transaction((tx) =>
    tx
      .insertInto('queue_installation')
      .values({ only_row: 1, id })
      .onConflict((on) => on.doNothing())
      .execute(),
  )
  const row = await rows.read.selectFrom('queue_installation').select('id').executeTakeFirstOrThrow()
  return row.id
}
