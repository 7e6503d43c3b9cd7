import { sql } from 'kysely'
import { openSqlite } from '../db/sqlite.js'

// A process for tests: writes enough for a checkpoint, closes the database, and then has no reason to keep running.
const engine = openSqlite(process.argv[2]!)
await engine.script('create table blobs (bytes blob not null)')
for (let n = 0; n < 20; n++)
  await engine.transaction((tx) => sql`insert into blobs values (zeroblob(${2 ** 18}))`.execute(tx))
await engine.close()
process.stdout.write('closed\n')
