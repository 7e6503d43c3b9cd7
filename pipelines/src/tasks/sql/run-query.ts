import { resolve } from 'node:path'
import { invalid } from '@cairn/platform/errors'
import { startProcess } from '@cairn/platform/processes/child-process'
import { childEnvironment } from '@cairn/platform/processes/environment'
import type { UnprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import { readDelta } from '@cairn/platform/tables/delta'
import { openTable } from '@cairn/platform/tables/governed-table'
import { filesOf, relationOf } from '@cairn/platform/tables/scan'
import type { ServerContext } from '../../task-kinds/task.js'
import type { Query, QueryMessage, QueryRequest } from './query.process.js'
import { QueryFolder } from './query-folder.js'
import type { QueryResult } from './query-result.js'
import type { Relation, TableName } from './sandbox.js'
import { requireSmallLog } from './small-log.js'

type Context = Pick<ServerContext, 'client' | 'services' | 'signal'> & {
  readonly log: Pick<ServerContext['log'], 'info'>
}

/**
 * Runs queries over governed tables in a separate process, with the rights of the client's principal on each table. The process
 * gets none of the server's environment.
 *
 * @param user whose rights the process takes; undefined when this server does not run as root
 * @returns the first rows of the last query
 * @throws INVALID_PARAMETER_VALUE with DuckDB's message; PERMISSION_DENIED or TABLE_NOT_FOUND for a table
 */
export async function runQuery(
  query: Query,
  context: Context,
  user?: UnprivilegedUser,
): Promise<QueryResult> {
  const { signal, services } = context
  signal.throwIfAborted()
  const folder = await QueryFolder.create(services.config.data)
  const { path } = folder
  const child = startProcess(new URL('./query.process.js', import.meta.url), {
    cwd: path,
    env: childEnvironment(path),
  })
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop() // The folder was being created then.
  child.stdout!.resume()
  child.stderr!.resume()
  try {
    return await new Promise<QueryResult>((resolve, reject) => {
      const send = (request: QueryRequest) => child.send(request)
      child.on('message', (message: QueryMessage) => {
        if ('error' in message) reject(invalid(withoutFolder(message.error, services.config.data)))
        else if ('result' in message) resolve(message.result)
        else
          openRelations(message.tables, context, user && folder).then((relations) => {
            send({ relations })
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
      send({ ...query, ...(user && { user }) })
    })
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
    await exited // Then another process may have its user.
    await folder.remove()
  }
}

/** DuckDB names files in its messages. */
const withoutFolder = (message: string, data: string) => message.replaceAll(`${resolve(data)}/`, '')

/**
 * The catalog decides for each table, and its decision is in the audit log.
 *
 * @param folder gets the files for a process that cannot read those of the server
 */
async function openRelations(
  tables: readonly TableName[],
  { client, services, log }: Context,
  folder: QueryFolder | undefined,
): Promise<Relation[]> {
  const { blobs } = services
  const relations: Relation[] = []
  for (const { catalog, schema, table } of tables) {
    const { key } = await openTable(client, blobs, `${catalog}.${schema}.${table}`)
    await requireSmallLog(blobs, key, table)
    const snapshot = await readDelta(blobs, key)
    const paths = await filesOf(blobs, key, snapshot)
    const files = folder ? await folder.add(paths) : paths
    relations.push({ source: relationOf(snapshot, files), files })
    log.info(`reads ${catalog}.${schema}.${table}`)
  }
  return relations
}
