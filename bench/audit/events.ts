import { putRows } from '@cairn/platform/audit/put-rows'
import type { AuditRow, AuthSchema } from '@cairn/platform/auth/schema'
import type { Db } from '@cairn/platform/db/db'
import { migrate } from '@cairn/platform/db/migrate'
import { openDb } from '@cairn/platform/db/open'
import { fraction } from '../tracking/generate.js'

const DAY_MS = 86_400_000
/** Events are spread over this many days up to now. */
export const DAYS = 80
const ROWS_PER_TRANSACTION = 5_000

/** Values that few events have. */
export const RARE = { principal: 'mallory', action: 'deleteExperiment', address: '192.0.2.7', every: 50_000 }
export const CATALOG = { id: 'c1', name: 'main' }
export const TABLE = { id: 't1', name: 'main.movielens.ratings' }
const ACTIONS = ['getRun', 'logBatch', 'searchRuns', 'getTable', 'queryEndpoint', 'listArtifacts']

export const requestOf = (i: number) => `request-${i}`

/** The i-th of `count` events. Events of one experiment in ten, of a table, and of a catalog itself are frequent. */
function eventOf(i: number, count: number, now: number): AuditRow {
  const isRare = i % RARE.every === 1
  const share = fraction(i)
  const outcome = share < 0.98 ? 'success' : share < 0.995 ? 'denied' : 'failed'
  const event_time = now - Math.floor(((count - i) * DAYS * DAY_MS) / count)
  return {
    ...{ event_id: `event-${String(i).padStart(9, '0')}`, event_time, last_time: event_time, count: 1 },
    ...{ request_id: requestOf(i), service_name: 'tracking', reason: 'owner of metastore' },
    action_name: isRare ? RARE.action : ACTIONS[Math.floor(fraction(i * 3) * ACTIONS.length)]!,
    principal: isRare ? RARE.principal : `user-${Math.floor(fraction(i * 5) ** 3 * 50)}`,
    ...{ principal_id: 'p', principal_type: 'user', authentication: 'token', token_id: 'token' },
    ...{ session_id: null, user_agent: 'mlflow-python-client/3.11.1', changes: null },
    source_ip_address: isRare ? RARE.address : `10.0.0.${Math.floor(fraction(i * 7) * 200)}`,
    request_params: `{"run_id":"${i.toString(16).padStart(32, '0')}"}`,
    ...{ status_code: outcome === 'success' ? 200 : 403, error_message: null, outcome },
    error_code: outcome === 'success' ? null : 'PERMISSION_DENIED',
    ...objectOf(i),
  }
}

function objectOf(i: number) {
  const within = { catalog_id: CATALOG.id, schema_id: 's1' }
  const share = fraction(i * 11)
  if (share < 0.3) return { object_type: 'table', object_id: TABLE.id, object_name: TABLE.name, ...within }
  if (share < 0.5)
    return {
      ...{ object_type: 'catalog', object_id: CATALOG.id, object_name: CATALOG.name },
      ...{ catalog_id: CATALOG.id, schema_id: null },
    }
  const id = String(Math.floor(fraction(i * 13) * 1_000))
  return {
    ...{ object_type: 'experiment', object_id: id, object_name: `experiment-${id}` },
    ...{ catalog_id: null, schema_id: null },
  }
}

/** Fills the audit log of a server that is not running. */
export async function addEvents(url: string, count: number, now: number): Promise<void> {
  const db: Db<AuthSchema> = openDb<AuthSchema>(url)
  await migrate(
    db.for<unknown>() as Db<unknown>,
    'auth',
    new URL('./migrations/', import.meta.resolve('@cairn/platform/auth/schema')),
  )
  for (let from = 0; from < count; from += ROWS_PER_TRANSACTION) {
    const length = Math.min(ROWS_PER_TRANSACTION, count - from)
    await putRows(
      db,
      Array.from({ length }, (_, i) => eventOf(from + i, count, now)),
    )
  }
  await db.close()
}
