import { migrate } from '@cairn/platform/db/migrate'
import { databases } from '@cairn/platform/testing/databases'
import { expect, onTestFinished, test } from 'vitest'
import { listMoves } from './moves.js'

const FOLDER = new URL('../migrations/', import.meta.url)

test.each(databases)('aliases from before have moved to where they are, on %s', async (_name, database) => {
  const { db, close } = await database.open({ isEmpty: true })
  onTestFinished(close)
  await migrate(db, 'registry', FOLDER, { upTo: 3 })
  const version = (number: number) => `('m', ${number}, 1, 1, 'None', '', '', '', '', '', ${number})`
  await db.engine.script(`
    insert into registered_models (name, creation_timestamp, last_updated_timestamp) values ('m', 1, 9);
    insert into model_versions (name, version, creation_timestamp, last_updated_timestamp, current_stage, description,
      source, storage_location, run_id, run_link, position) values ${version(1)}, ${version(2)};
    insert into registered_model_aliases (name, alias, version)
      values ('m', 'champion', 2), ('m', 'promoted', 2), ('m', 'set', 1);
    insert into promotions (id, name, version, alias, verdict, checks, decided_by, decided_at)
      values ('a', 'm', 1, 'champion', 'passed', '[]', 'p', 5), ('b', 'm', 2, 'champion', 'failed', '[]', 'p', 6),
        ('c', 'm', 1, 'deleted', 'passed', '[]', 'p', 7), ('d', 'm', 2, 'promoted', 'passed', '[]', 'p', 8);`)
  await migrate(db, 'registry', FOLDER)
  const moves = await listMoves(db.for(), 'm')
  expect(moves.map(({ alias, version, moved_at }) => [alias, version, moved_at])).toEqual([
    ['set', '1', 9],
    ['deleted', undefined, 9],
    ['champion', '2', 9],
    ['promoted', '2', 8],
    ['deleted', '1', 7],
    ['champion', '1', 5],
  ])
})
