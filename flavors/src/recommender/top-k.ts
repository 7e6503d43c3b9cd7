/**
 * Returns the rows of the k largest scores, best first; ties by ascending `ranks`. One pass with a heap of the k best,
 * the worst at the root, so most rows cost one comparison. NaN and −∞ are never chosen.
 */
export function topK(scores: Float32Array | Float64Array, k: number, ranks: Uint32Array): number[] {
  const heap: number[] = []
  let threshold = Number.NEGATIVE_INFINITY
  const isWorse = (a: number, b: number) =>
    scores[a]! < scores[b]! || (scores[a]! === scores[b]! && ranks[a]! > ranks[b]!)
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row]!
    if (!(score >= threshold) || score === Number.NEGATIVE_INFINITY) continue
    if (heap.length < k) {
      heap.push(row)
      siftUp(heap, isWorse)
    } else if (isWorse(heap[0]!, row)) {
      heap[0] = row
      siftDown(heap, isWorse)
    }
    if (heap.length === k) threshold = scores[heap[0]!]!
  }
  return heap.sort((a, b) => (isWorse(a, b) ? 1 : -1))
}

type IsWorseRow = (a: number, b: number) => boolean

function siftUp(heap: number[], isWorse: IsWorseRow): void {
  for (let child = heap.length - 1; child > 0; ) {
    const parent = (child - 1) >> 1
    if (!isWorse(heap[child]!, heap[parent]!)) return
    swap(heap, child, parent)
    child = parent
  }
}

function siftDown(heap: number[], isWorse: IsWorseRow): void {
  for (let parent = 0; ; ) {
    const left = 2 * parent + 1
    if (left >= heap.length) return
    const right = left + 1
    const child = right < heap.length && isWorse(heap[right]!, heap[left]!) ? right : left
    if (!isWorse(heap[child]!, heap[parent]!)) return
    swap(heap, child, parent)
    parent = child
  }
}

function swap(heap: number[], a: number, b: number): void {
  const row = heap[a]!
  heap[a] = heap[b]!
  heap[b] = row
}
