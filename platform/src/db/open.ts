import { Db } from './db.js'
import { openPostgres } from './postgres.js'
import { openSqlite } from './sqlite.js'

/** @param url `postgres://…`, `sqlite:FILE` or a file name. */
export function openDb<Schema>(url: string): Db<Schema> {
  const isPostgres = /^postgres(ql)?:/.test(url)
  return new Db<Schema>(isPostgres ? openPostgres(url) : openSqlite(url.replace(/^sqlite:(\/\/)?/, '')))
}
