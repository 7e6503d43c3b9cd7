import { migrate } from '@cairn/platform/db/migrate'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { describe, expect, onTestFinished, test } from 'vitest'

const FOLDER = new URL('../migrations/', import.meta.url)

describe.each(databases)('the upgrade to entries in the table of securables on %s', (_name, database) => {
  test('enters all securables with their parents and owners', async () => {
    const auth = await testAuth(database, { isEmpty: true })
    onTestFinished(() => auth.close())
    await migrate(auth.db, 'catalog', FOLDER, { upTo: 1 })
    const created = `'ada', 5, 'ada', 5, 'ada'`
    const columns = 'owner, created_at, created_by, updated_at, updated_by'
    await auth.db.engine.script(`
      insert into catalogs (id, name, properties, ${columns}) values ('c1', 'main', '{}', ${created});
      insert into schemas (schema_id, catalog_id, name, properties, ${columns})
        values ('s1', 'c1', 'ml', '{}', ${created});
      insert into tables (table_id, schema_id, name, table_type, data_source_format, columns, storage_location,
        properties, ${columns}) values ('t1', 's1', 'films', 'MANAGED', 'DELTA', '[]', 'x', '{}', ${created});
      insert into volumes (volume_id, schema_id, name, volume_type, storage_location, ${columns})
        values ('v1', 's1', 'files', 'MANAGED', 'y', ${created});`)
    await migrate(auth.db, 'catalog', FOLDER)
    const found = await Promise.all(
      [
        ['catalog', 'c1'] as const,
        ['schema', 's1'] as const,
        ['table', 't1'] as const,
        ['volume', 'v1'] as const,
      ].map(([type, id]) => auth.securables.find(type, id)),
    )
    expect(found.map((entry) => [entry?.parent_id, entry?.name, entry?.owner, entry?.created_at])).toEqual([
      [null, 'main', 'ada', 5],
      ['c1', 'ml', 'ada', 5],
      ['s1', 'films', 'ada', 5],
      ['s1', 'files', 'ada', 5],
    ])
  })
})
