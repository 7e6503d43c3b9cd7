import { invalid } from '@cairn/platform/errors'
import { idColumn, numberColumn, readArrowFile, textColumn, writeArrowFile } from '../arrow/arrow-file.js'
import { ArrowColumnReader } from '../arrow/column-reader.js'
import type { Id } from '../id.js'
import { IdIndex, rankIds } from '../id.js'

/** Item metadata stored with a model: shown in recommendations, and used to recommend without a history. */
export interface ItemMetadata {
  readonly ids: readonly Id[]
  readonly titles?: readonly string[]
  /** In the format of MovieLens: `Adventure|Comedy`. */
  readonly genres?: readonly string[]
  /** Higher is more popular, e.g. the number of training events. */
  readonly popularity: Float64Array
}

export const ITEMS_FILE = 'items.arrow'

export function writeItems(items: ItemMetadata): Uint8Array {
  const { ids, titles, genres, popularity } = items
  for (const [name, column] of Object.entries({ titles, genres, popularity }))
    if (column && column.length !== ids.length)
      throw invalid(`items: ${column.length} ${name} for ${ids.length} ids`)
  requireUniqueIds(new IdIndex(ids), 'items')
  return writeArrowFile(ids.length, {
    item_id: idColumn(ids),
    ...(titles && { title: textColumn(titles) }),
    ...(genres && { genres: textColumn(genres) }),
    popularity: numberColumn(popularity),
  })
}

export function readItems(bytes: Uint8Array): ItemMetadata {
  const columns = new ArrowColumnReader(readArrowFile(bytes, ITEMS_FILE), ITEMS_FILE)
  return {
    ids: columns.ids('item_id'),
    ...(columns.has('title') && { titles: columns.texts('title') }),
    ...(columns.has('genres') && { genres: columns.texts('genres') }),
    popularity: columns.numbers('popularity'),
  }
}

/** Items with indexes for looking them up by id and ranking ties. */
export class ItemTable {
  readonly items: ItemMetadata
  readonly index: IdIndex
  readonly ranks: Uint32Array
  #byPopularity: Int32Array | undefined

  /** @throws INVALID_PARAMETER_VALUE when an id repeats */
  constructor(items: ItemMetadata) {
    this.items = items
    this.index = new IdIndex(items.ids)
    requireUniqueIds(this.index, ITEMS_FILE)
    this.ranks = rankIds(items.ids)
  }

  get size(): number {
    return this.items.ids.length
  }

  /** Rows from the most to the least popular, ties by item id; without those of unknown popularity (NaN, −∞). */
  get byPopularity(): Int32Array {
    this.#byPopularity ??= this.#sortByPopularity()
    return this.#byPopularity
  }

  #sortByPopularity(): Int32Array {
    const { popularity } = this.items
    const rows = Int32Array.from({ length: this.size }, (_, row) => row)
    return rows
      .filter((row) => popularity[row]! > Number.NEGATIVE_INFINITY)
      .sort((a, b) => popularity[b]! - popularity[a]! || this.ranks[a]! - this.ranks[b]!)
  }

  /** Returns the item's fields in a response. */
  describe(row: number): { item_id: Id; title?: string; genres?: string } {
    const title = this.items.titles?.[row]
    const genres = this.items.genres?.[row]
    return {
      item_id: this.items.ids[row]!,
      ...(title !== undefined && { title }),
      ...(genres !== undefined && { genres }),
    }
  }
}

export function requireUniqueIds(index: IdIndex, table: string): void {
  if (index.size !== index.ids.length)
    throw invalid(`${table}: ${index.ids.length - index.size} of ${index.ids.length} ids repeat`)
}
