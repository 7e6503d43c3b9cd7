import { migrate } from '@cairn/platform/db/migrate'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { describe, expect, onTestFinished, test } from 'vitest'

const FOLDER = new URL('../migrations/', import.meta.url)

describe.each(databases)('the upgrade of the owners of endpoints on %s', (_name, database) => {
  test('enters endpoints that have no entry, and keeps the owner of an entry', async () => {
    const auth = await testAuth(database, { isEmpty: true })
    onTestFinished(() => auth.close())
    await migrate(auth.db, 'serving', FOLDER, { upTo: 6 })
    const values = (id: string) =>
      `('${id}', 'name of ${id}', 'ada', 'ada', '', '[]', 7, 7, 0, 'NOT_UPDATING', '')`
    await auth.db.engine.script(`
      insert into endpoints (id, name, owner, creator, description, tags, creation_timestamp, last_updated_timestamp,
        config_version, update_state, update_message) values ${values('e1')}, ${values('e2')};
      insert into securables (type, id, name, owner, created_at)
        values ('serving_endpoint', 'e2', 'name of e2', 'eve', 7);`)
    await migrate(auth.db, 'serving', FOLDER)
    const entries = await auth.securables.list('serving_endpoint', ['e1', 'e2'])
    expect(entries.map(({ id, owner, created_at }) => [id, owner, created_at]).sort()).toEqual([
      ['e1', 'ada', 7],
      ['e2', 'eve', 7],
    ])
  })
})
