/** Gauss-Jordan elimination with row pivoting, row-major, size × size: a slow, independent reference. */
export function gaussInverse(matrix: Float64Array, size: number): Float64Array {
  const rows = Array.from({ length: size }, (_, row) => {
    const unit = new Float64Array(size)
    unit[row] = 1
    return [...matrix.subarray(row * size, (row + 1) * size), ...unit]
  })
  for (let column = 0; column < size; column++) {
    let best = column
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[best]![column]!)) best = row
    const pivot = rows[best]!
    rows[best] = rows[column]!
    rows[column] = pivot.map((value) => value / pivot[column]!)
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const factor = rows[row]![column]!
      if (factor !== 0) rows[row] = rows[row]!.map((value, at) => value - factor * rows[column]![at]!)
    }
  }
  return Float64Array.from(rows.flatMap((row) => row.slice(size)))
}
