import type { Id } from './id.js'
import type { ItemTable } from './item-table.js'
import type { RecommendRequest } from './recommendation.js'
import type { UserTable } from './user-histories.js'

const MOST_NAMED = 5

/** A request against what a model knows. */
export interface Asked {
  /** Rows of the known items, oldest first, repeats as they came: of the request, else of the user. */
  readonly history: Int32Array
  /** Row of the user, where the model knows them. */
  readonly user: number | undefined
  /** What `history` is; a user may be known without one. */
  readonly source: 'history' | 'user' | 'popularity'
  /** Rows not to recommend. */
  readonly hidden: readonly number[]
  readonly notices: readonly string[]
}

/** A history wins over the user's own, which then only says what not to recommend. */
export function resolveRequest(request: RecommendRequest, table: ItemTable, users?: UserTable): Asked {
  const { user_id: id, filter_seen: filterSeen } = request
  const { rows, notices } = resolveHistory(table, request.history ?? [])
  const user = id === undefined ? undefined : users?.find(id)
  const stored = user === undefined || !users ? [] : users.historyOf(user)
  return {
    history: Int32Array.from(rows.length > 0 ? rows : stored),
    user,
    source: rows.length > 0 ? 'history' : user === undefined ? 'popularity' : 'user',
    hidden: filterSeen ? [...rows, ...stored] : [],
    notices: [...notices, ...unknownUser(id, user, users)],
  }
}

/** The rows of the known items, in order; the others are named in a notice. */
function resolveHistory(table: ItemTable, history: readonly Id[]): { rows: number[]; notices: string[] } {
  const rows: number[] = []
  const unknown: Id[] = []
  for (const id of history) {
    const row = table.index.find(id)
    if (row === undefined) unknown.push(id)
    else rows.push(row)
  }
  const named = unknown.slice(0, MOST_NAMED).map(show)
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more` : ''
  const notice = `history: the model does not know ${named.join(', ')}${more}`
  return { rows, notices: unknown.length > 0 ? [notice] : [] }
}

/** A model without users is asked by history alone, so there a `user_id` is no mistake. */
function unknownUser(id: Id | undefined, user: number | undefined, users: UserTable | undefined): string[] {
  return id === undefined || user !== undefined || !users
    ? []
    : [`user_id: the model does not know ${show(id)}`]
}

const show = (id: Id) => JSON.stringify(id).slice(0, 60)
