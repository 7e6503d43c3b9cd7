/** Moves that sorting by insertion may take for each row, before all are sorted anew. */
const MOVES_A_ROW = 16
/** Above every index within a group; keys stay below 2^53. */
const INDEXES = 2 ** 21

/**
 * Puts the rows of a group, `order` holds them 0 to n − 1 in any order, in the order of their margins: highest first, equal
 * ones by row. From one round to the next the order hardly changes, so it is repaired rather than made.
 */
export function orderByMargin(order: Int32Array, margins: Float32Array): void {
  if (!repair(order, margins)) sortAnew(order, margins)
}

function repair(order: Int32Array, margins: Float32Array): boolean {
  let left = order.length * MOVES_A_ROW
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

/** One sort of numbers that carry both: a margin's bits in descending order, and the row. */
function sortAnew(order: Int32Array, margins: Float32Array): void {
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
