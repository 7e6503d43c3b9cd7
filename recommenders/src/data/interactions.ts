import type { Id } from '@cairn/flavors/id'
import { invalid } from '@cairn/platform/errors'
import { hashId, scramble } from './hash.js'
import { IdMap } from './id-map.js'

/**
 * How events of one user with equal timestamps are ordered. `row`: by their row in the source, for sources that are in
 * time order. `hash`: by a hash of (user, item), for sources sorted by item id, whose row order would leak the id into
 * the split.
 */
export type TieOrder = 'row' | 'hash'

/** Events as columns of equal length. `times` are in any unit, `values` are ratings or counts. */
export interface EventColumns {
  users: ArrayLike<Id>
  items: ArrayLike<Id>
  times?: ArrayLike<number>
  values?: ArrayLike<number>
}

/**
 * Events grouped by user, oldest first: those of user u are [starts[u], ends[u]) of the event arrays.
 * The training data of a split are the same arrays with smaller `ends`, so splits copy nothing.
 */
export interface Interactions {
  readonly users: IdMap
  readonly items: IdMap
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly itemOf: Int32Array
  readonly times: Float64Array | undefined
  readonly values: Float32Array | undefined
  readonly order: string
}

export function buildInteractions(columns: EventColumns, ties: TieOrder): Interactions {
  checkColumns(columns)
  const users = new IdMap(columns.users)
  const items = new IdMap(columns.items)
  const userOf = indices(columns.users, users)
  const itemOf = indices(columns.items, items)
  const offsets = countOffsets(userOf, users.size)
  const rows = groupRows(userOf, offsets)
  const tie = ties === 'hash' ? pairHashes(userOf, itemOf, users, items) : undefined
  sortGroups(rows, offsets, columns.times, tie)
  return {
    users,
    items,
    starts: offsets.subarray(0, users.size),
    ends: offsets.subarray(1),
    itemOf: rows.map((row) => itemOf[row]!),
    times: columns.times && Float64Array.from(rows, (row) => columns.times![row]!),
    values: columns.values && Float32Array.from(rows, (row) => columns.values![row]!),
    order: `${columns.times ? 'timestamp, ' : ''}${ties === 'hash' ? 'hash(user, item)' : 'source row'}`,
  }
}

export function countEvents({ starts, ends }: Interactions): number {
  let count = 0
  for (let user = 0; user < starts.length; user++) count += ends[user]! - starts[user]!
  return count
}

/** The number of events of each item. */
export function countByItem({ items, starts, ends, itemOf }: Interactions): Int32Array {
  const counts = new Int32Array(items.size)
  for (let user = 0; user < starts.length; user++)
    for (let event = starts[user]!; event < ends[user]!; event++) counts[itemOf[event]!]!++
  return counts
}

function checkColumns({ users, items, times, values }: EventColumns): void {
  const columns = { items, times, values }
  for (const [name, column] of Object.entries(columns))
    if (column && column.length !== users.length)
      throw invalid(`column '${name}' has ${column.length} rows, 'users' has ${users.length}`)
  if (users.length === 0) throw invalid('the interactions are empty')
  for (let row = 0; times && row < times.length; row++)
    if (!Number.isFinite(times[row]))
      throw invalid(`row ${row}: timestamp '${times[row]}' is not a finite number`)
}

const indices = (ids: ArrayLike<Id>, map: IdMap) =>
  Int32Array.from({ length: ids.length }, (_, row) => map.find(ids[row]!)!)

/** CSR offsets, of length groups + 1, of rows grouped by `groupOf`. */
export function countOffsets(groupOf: Int32Array, groups: number): Int32Array {
  const offsets = new Int32Array(groups + 1)
  for (const group of groupOf) offsets[group + 1]!++
  for (let group = 0; group < groups; group++) offsets[group + 1]! += offsets[group]!
  return offsets
}

function groupRows(groupOf: Int32Array, offsets: Int32Array): Int32Array {
  const next = offsets.slice()
  const rows = new Int32Array(groupOf.length)
  for (let row = 0; row < groupOf.length; row++) rows[next[groupOf[row]!]!++] = row
  return rows
}

function sortGroups(
  rows: Int32Array,
  offsets: Int32Array,
  times?: ArrayLike<number>,
  tie?: Uint32Array,
): void {
  if (!times && !tie) return
  const earlier = (a: number, b: number) =>
    (times ? times[a]! - times[b]! : 0) || (tie ? tie[a]! - tie[b]! : 0) || a - b
  for (let group = 0; group + 1 < offsets.length; group++)
    rows.subarray(offsets[group]!, offsets[group + 1]!).sort(earlier)
}

function pairHashes(userOf: Int32Array, itemOf: Int32Array, users: IdMap, items: IdMap): Uint32Array {
  const userHash = Uint32Array.from(users.ids, hashId)
  const itemHash = Uint32Array.from(items.ids, hashId)
  return Uint32Array.from(userOf, (user, row) =>
    scramble(userHash[user]! ^ scramble(itemHash[itemOf[row]!]!)),
  )
}
