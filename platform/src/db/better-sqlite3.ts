import { createRequire } from 'node:module'
import type { default as BetterSqlite3 } from 'better-sqlite3'

/**
 * The release of better-sqlite3 for this Node. Version 13 needs Node-API 10, which Node 20 lacks. Version 12, built for Node 24.19
 * or later, aborts the process when a prepared statement is collected.
 */
const release = Number(process.versions.napi) >= 10 ? 'better-sqlite3-napi' : 'better-sqlite3'

export const Database: typeof BetterSqlite3 = createRequire(import.meta.url)(release)
