import { compareIds, type Id } from '@cairn/flavors/id'
import { invalid } from '@cairn/platform/errors'

/** Maps ids to dense indices 0 … size − 1 and back. Indices follow the order of the ids, so the order of rows does not matter. */
export class IdMap {
  readonly ids: readonly Id[]
  readonly #index: Map<Id, number>

  /** `ids` may contain duplicates; they are all strings or all numbers. */
  constructor(ids: ArrayLike<Id>) {
    const unique = new Set<Id>()
    for (let row = 0; row < ids.length; row++) unique.add(ids[row]!)
    this.ids = [...unique].sort(compareIds)
    this.#index = new Map(this.ids.map((id, index) => [id, index]))
    const kinds = new Set(this.ids.map((id) => typeof id))
    if (kinds.size > 1) throw invalid('ids must be all strings or all numbers')
  }

  get size(): number {
    return this.ids.length
  }

  find(id: Id): number | undefined {
    return this.#index.get(id)
  }

  at(index: number): Id {
    const id = this.ids[index]
    if (id === undefined) throw new RangeError(`no id at index ${index}`)
    return id
  }
}
