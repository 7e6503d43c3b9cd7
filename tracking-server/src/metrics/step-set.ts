/** Distinct steps of many series. Those of regular chunks are kept as progressions, which does not need their points. */
export class StepSet {
  readonly #progressions = new Map<string, Progressions>()
  #irregular = new Float64Array(0)

  /** Adds `first`, `first + stride`, … up to `last`. */
  addProgression(first: number, last: number, stride: number) {
    const offset = ((first % stride) + stride) % stride
    const name = `${stride} ${offset}`
    const known = this.#progressions.get(name) ?? { stride, ranges: [] }
    known.ranges.push([first, last])
    this.#progressions.set(name, known)
  }

  /** @param parts in any order */
  add(parts: readonly Float64Array[]) {
    if (parts.length === 0) return
    const steps = new Float64Array(parts.reduce((count, part) => count + part.length, 0))
    let at = 0
    for (const part of parts) {
      steps.set(part, at)
      at += part.length
    }
    this.#irregular = mergedSteps(this.#irregular, sortedDistinctSteps(steps))
  }

  /** The steps of an inclusive range, in order. */
  within(start: number, end: number): Float64Array {
    let steps = this.#irregular.filter((step) => step >= start && step <= end)
    for (const progressions of this.#progressions.values())
      steps = mergedSteps(steps, stepsWithin(progressions, start, end))
    return steps
  }
}

/** Progressions of the same stride and offset, which may overlap. */
interface Progressions {
  readonly stride: number
  readonly ranges: [first: number, last: number][]
}

function stepsWithin({ stride, ranges }: Progressions, start: number, end: number): Float64Array {
  const merged: [first: number, last: number][] = []
  for (const [first, last] of ranges.sort(([a], [b]) => a - b)) {
    const before = merged.at(-1)
    if (before && first <= before[1] + stride) before[1] = Math.max(before[1], last)
    else merged.push([first, last])
  }
  const inside = merged.flatMap(([first, last]) => {
    const from = first >= start ? first : first + Math.ceil((start - first) / stride) * stride
    const count = Math.floor((Math.min(last, end) - from) / stride) + 1
    return count > 0 ? [{ from, count }] : []
  })
  const steps = new Float64Array(inside.reduce((sum, { count }) => sum + count, 0))
  let at = 0
  for (const { from, count } of inside) for (let i = 0; i < count; i++) steps[at++] = from + i * stride
  return steps
}

function sortedDistinctSteps(steps: Float64Array): Float64Array {
  const sorted = steps.every((step, i) => i === 0 || step >= steps[i - 1]!) ? steps : steps.toSorted()
  return sorted.filter((step, i) => i === 0 || step !== sorted[i - 1])
}

/** Merges sorted distinct steps in linear time. */
function mergedSteps(a: Float64Array, b: Float64Array): Float64Array<ArrayBuffer> {
  const merged = new Float64Array(a.length + b.length)
  let [i, j, count] = [0, 0, 0]
  while (i < a.length || j < b.length) {
    const step = j === b.length || a[i]! < b[j]! ? a[i]! : b[j]!
    if (a[i] === step) i++
    if (b[j] === step) j++
    merged[count++] = step
  }
  return merged.slice(0, count)
}
