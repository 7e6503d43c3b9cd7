import { normalizeKey } from '@cairn/platform/blobs/path'
import { invalid } from '@cairn/platform/errors'
import { startProcess } from '@cairn/platform/processes/child-process'
import { readDelta } from '@cairn/platform/tables/delta'
import { openTable } from '@cairn/platform/tables/governed-table'
import { localFiles } from '@cairn/platform/tables/local-files'
import { scanDelta } from '@cairn/platform/tables/scan'
import type { AttemptContext } from '../../engine/task.js'
import type { QueryMessage, QueryRequest } from './query.process.js'
import type { QueryResult } from './query-result.js'
import type { Relation, TableName } from './sandbox.js'

type Context = Pick<AttemptContext, 'client' | 'services' | 'signal' | 'log'>

/**
 * Runs queries over governed tables in a process of their own, with the rights of the task's principal on each table.
 *
 * @returns the first rows of the last query
 * @throws INVALID_PARAMETER_VALUE with DuckDB's message; PERMISSION_DENIED or TABLE_NOT_FOUND for a table
 */
export async function runQuery(
  text: string,
  parameters: Readonly<Record<string, string>>,
  context: Context,
): Promise<QueryResult> {
  const { signal } = context
  signal.throwIfAborted()
  const child = startProcess(new URL('./query.process.js', import.meta.url))
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  child.stdout!.resume()
  child.stderr!.resume()
  try {
    return await new Promise<QueryResult>((resolve, reject) => {
      const ask = (request: QueryRequest) => child.send(request)
      child.on('message', (message: QueryMessage) => {
        if ('error' in message) reject(invalid(message.error))
        else if ('result' in message) resolve(message.result)
        else
          openRelations(message.tables, context).then((relations) => {
            ask({ relations })
          }, reject)
      })
      child.on('error', reject)
      child.on('exit', (code, signalName) =>
        reject(
          signal.aborted
            ? signal.reason
            : invalid(`The process of the query ended with ${signalName ?? `code ${code}`}.`),
        ),
      )
      ask({ text, parameters })
    })
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

/** The catalog decides for each table, and its decision is in the audit log. */
async function openRelations(
  tables: readonly TableName[],
  { client, services, log }: Context,
): Promise<Relation[]> {
  const { blobs } = services
  const relations: Relation[] = []
  for (const { catalog, schema, table } of tables) {
    const { key } = await openTable(client, blobs, `${catalog}.${schema}.${table}`)
    const snapshot = await readDelta(blobs, key)
    const source = await scanDelta(blobs, key, snapshot)
    const root = normalizeKey(key)
    const files = snapshot.files.map(({ path, size }) => ({ key: `${root}/${path}`, size }))
    relations.push({ source, files: await localFiles(blobs, files) })
    log.info(`reads ${catalog}.${schema}.${table}`)
  }
  return relations
}
