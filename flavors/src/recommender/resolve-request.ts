import type { Id } from '../id.js'
import type { ItemTable } from './item-table.js'
import type { RecommendRequest } from './recommendation.js'
import type { UserTable } from './user-histories.js'

const MAX_IDS_IN_NOTICE = 5

/** A request with its ids resolved to rows of the model's tables. */
export interface ResolvedRequest {
  /** Rows of the known items, oldest first, repeats included: the request's history, else the stored one of the user. */
  readonly history: Int32Array
  /** Row of the user, undefined if the model does not know them. */
  readonly user: number | undefined
  /** The source of `history`; a known user may have none. */
  readonly source: 'history' | 'user' | 'popularity'
  /** Rows not to recommend: excluded ones and, if `filter_seen`, those of the request's and the stored history. */
  readonly hidden: ReadonlySet<number>
  readonly notices: readonly string[]
}

/** The request's history takes precedence over the stored one, which then only hides seen items. */
export function resolveRequest(
  request: RecommendRequest,
  table: ItemTable,
  users?: UserTable,
): ResolvedRequest {
  const { user_id: id, filter_seen: filterSeen, history = [], exclude = [] } = request
  const { rows, notices } = resolveHistory(table, history)
  const user = id === undefined ? undefined : users?.find(id)
  const stored = user === undefined || !users ? [] : users.historyOf(user)
  return {
    history: Int32Array.from(rows.length > 0 ? rows : stored),
    user,
    source: rows.length > 0 ? 'history' : user === undefined ? 'popularity' : 'user',
    hidden: hiddenRows(knownRows(table, exclude), filterSeen ? [rows, stored] : []),
    notices: [...(request.notices ?? []), ...notices, ...unknownUser(id, user, users)],
  }
}

function hiddenRows(excluded: Iterable<number>, seen: readonly Iterable<number>[]): Set<number> {
  const hidden = new Set(excluded)
  for (const rows of seen) for (const row of rows) hidden.add(row)
  return hidden
}

/** Returns the rows of the known items, in order, and a notice naming the unknown ones. */
function resolveHistory(table: ItemTable, history: readonly Id[]): { rows: number[]; notices: string[] } {
  const rows: number[] = []
  const unknown: Id[] = []
  for (const id of history) {
    const row = table.index.find(id)
    if (row === undefined) unknown.push(id)
    else rows.push(row)
  }
  const named = unknown.slice(0, MAX_IDS_IN_NOTICE).map(show)
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more` : ''
  const notice = `history: the model does not know ${named.join(', ')}${more}`
  return { rows, notices: unknown.length > 0 ? [notice] : [] }
}

const knownRows = (table: ItemTable, ids: readonly Id[]): number[] =>
  ids.flatMap((id) => table.index.find(id) ?? [])

/** A model without users only takes histories, so a `user_id` is not worth a notice. */
function unknownUser(id: Id | undefined, user: number | undefined, users: UserTable | undefined): string[] {
  return id === undefined || user !== undefined || !users
    ? []
    : [`user_id: the model does not know ${show(id)}`]
}

const show = (id: Id) => JSON.stringify(id).slice(0, 60)
