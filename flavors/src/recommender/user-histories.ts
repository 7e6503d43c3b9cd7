import { invalid } from '@cairn/platform/errors'
import { idColumn, listColumn, readArrowFile, writeArrowFile } from '../arrow/arrow-file.js'
import { ArrowColumnReader } from '../arrow/column-reader.js'
import { type Id, IdIndex } from '../id.js'
import { requireUniqueIds } from './item-table.js'

/** Item-table rows of each user, oldest first: user u has `items[offsets[u]…offsets[u + 1])`. */
export interface Histories {
  readonly offsets: Int32Array
  readonly items: Int32Array
}

/** Users with stored histories, so that a request may contain a `user_id` only. */
export interface Users {
  readonly ids: readonly Id[]
  readonly histories: Histories
}

/** `user_id`, `history`: list of int32. */
export const USERS_FILE = 'users.arrow'

export function writeUsers({ ids, histories }: Users): Uint8Array {
  if (histories.offsets.length !== ids.length + 1)
    throw invalid(`users: ${histories.offsets.length} offsets for ${ids.length} ids`)
  requireUniqueIds(new IdIndex(ids), 'users')
  return writeArrowFile(ids.length, {
    user_id: idColumn(ids),
    history: listColumn(histories.offsets, histories.items),
  })
}

/** `items` is the size of the item table. @throws INVALID_PARAMETER_VALUE naming the file and the problem */
export function readUsers(bytes: Uint8Array, items: number): Users {
  const columns = new ArrowColumnReader(readArrowFile(bytes, USERS_FILE), USERS_FILE)
  return { ids: columns.ids('user_id'), histories: columns.lists('history', items) }
}

const NO_ITEMS = new Int32Array(0)

/** Users by id; some models store the ids only. */
export class UserTable {
  readonly #index: IdIndex
  readonly #histories: Histories | undefined

  /** @throws INVALID_PARAMETER_VALUE when an id repeats */
  constructor(ids: readonly Id[], histories?: Histories) {
    this.#index = new IdIndex(ids)
    this.#histories = histories
    requireUniqueIds(this.#index, USERS_FILE)
  }

  find(id: Id): number | undefined {
    return this.#index.find(id)
  }

  /** Returns a view, oldest first; empty if histories are not stored. */
  historyOf(user: number): Int32Array {
    if (!this.#histories) return NO_ITEMS
    const { offsets, items } = this.#histories
    return items.subarray(offsets[user], offsets[user + 1])
  }
}
