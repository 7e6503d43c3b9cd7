/** A copy of the list with the item at `from` moved to `to`, which is clamped. */
export function moveItem<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const item = list[from]
  if (item === undefined) return list
  const rest = list.filter((_, index) => index !== from)
  const at = Math.min(Math.max(to, 0), rest.length)
  return [...rest.slice(0, at), item, ...rest.slice(at)]
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Index of the box that contains the point, else of the box with the nearest centre. */
export function boxIndexAt(x: number, y: number, boxes: readonly Box[]): number {
  const distances = boxes.map(({ left, top, width, height }) => {
    const inside = x >= left && x < left + width && y >= top && y < top + height
    return inside ? -1 : Math.hypot(x - left - width / 2, y - top - height / 2)
  })
  return distances.indexOf(Math.min(...distances))
}
