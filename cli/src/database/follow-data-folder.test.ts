import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openDb } from '@cairn/platform/db/open'
import { newFolder } from '@cairn/platform/testing/folders'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { followDataFolder } from './follow-data-folder.js'
import { migrateAll } from './schema.js'

const LOCATIONS = ['/1', 'x/1', '-2/1'].map((tail, id) => ({ id: id + 1, tail }))

test('rewrites locations below a data folder that was moved, and no others', async () => {
  const parent = newFolder()
  const [first, second] = [join(parent, 'a b 🎬'), join(parent, 'moved')]
  const open = async (data: string) => {
    const database_url = `sqlite:${join(data, 'cairn.db')}`
    const db = openDb<unknown>(database_url)
    await migrateAll(db)
    return { db, follow: () => followDataFolder(db, { data, database_url }) }
  }
  const before = await open(first)
  expect(await before.follow()).toBeUndefined()
  const insert = (id: number, location: string) =>
    before.db.transaction((tx) =>
      sql`insert into experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
        values (${id}, ${`e${id}`}, ${location}, 'active', 1, 1)`.execute(tx),
    )
  for (const { id, tail } of LOCATIONS) {
    await insert(id, first + tail)
    await insert(id + 10, pathToFileURL(first + tail).href)
  }
  await insert(30, 'mlflow-artifacts:/30')
  expect(await before.follow()).toBeUndefined()
  await before.db.close()
  renameSync(first, second)
  const after = await open(second)
  try {
    expect(await after.follow()).toBe(first)
    const { rows } = await sql<{ location: string }>`select artifact_location as location from experiments
      order by experiment_id`.execute(after.db.read)
    expect(rows.map(({ location }) => location)).toEqual([
      `${second}/1`,
      ...[`${first}x/1`, `${first}-2/1`],
      pathToFileURL(`${second}/1`).href,
      ...[pathToFileURL(`${first}x/1`).href, pathToFileURL(`${first}-2/1`).href],
      'mlflow-artifacts:/30',
    ])
    expect(await after.follow()).toBeUndefined()
    const elsewhere = { data: parent, database_url: 'postgres://somewhere' }
    expect(await followDataFolder(after.db, elsewhere)).toBeUndefined()
  } finally {
    await after.db.close()
  }
})
