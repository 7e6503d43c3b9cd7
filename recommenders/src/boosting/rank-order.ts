/** Maximum moves per row of the insertion sort; beyond, the group is sorted from scratch. */
const MOVES_PER_ROW = 16
/** Greater than every row index within a group; keys stay below 2^53. */
const INDEXES = 2 ** 21

/**
 * Sorts `order`, a permutation of the rows 0 … n − 1 of a group, by margin: highest first, ties by row. The order changes
 * little from round to round, so an insertion sort of the previous order is tried first.
 */
export function orderByMargin(order: Int32Array, margins: Float32Array): void {
  if (!insertionSort(order, margins)) keySort(order, margins)
}

function insertionSort(order: Int32Array, margins: Float32Array): boolean {
  let left = order.length * MOVES_PER_ROW
  for (let at = 1; at < order.length; at++) {
    const row = order[at]!
    const margin = margins[row]!
    let to = at
    for (; to > 0; to--) {
      const before = order[to - 1]!
      const other = margins[before]!
      if (other > margin || (other === margin && before < row)) break
      order[to] = before
    }
    order[to] = row
    left -= at - to
    if (left < 0) return false
  }
  return true
}

/** Sorts keys that combine a margin's bits, in descending order, with the row. */
function keySort(order: Int32Array, margins: Float32Array): void {
  const bits = new Int32Array(margins.buffer, margins.byteOffset, margins.length)
  const keys = Float64Array.from(order, (row) => {
    const word = margins[row] === 0 ? 0 : bits[row]! // -0 is 0
    const ascending = word < 0 ? ~word >>> 0 : (word | 0x80000000) >>> 0
    return (0xffffffff - ascending) * INDEXES + row
  }).sort()
  keys.forEach((key, rank) => {
    order[rank] = key % INDEXES
  })
}
