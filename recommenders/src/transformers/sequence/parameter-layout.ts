import { normalStream } from '@cairn/platform/statistics/random'
import type { ParameterSpec } from './network.js'

/** Concatenates all parameters in one float32 array. */
export class ParameterLayout {
  readonly specs: readonly ParameterSpec[]
  readonly size: number
  readonly #starts: readonly number[]

  constructor(specs: readonly ParameterSpec[]) {
    const starts: number[] = []
    let size = 0
    for (const spec of specs) {
      starts.push(size)
      size += countOf(spec)
    }
    this.specs = specs
    this.size = size
    this.#starts = starts
  }

  /** Views of the parameters in `all`, by name. */
  views(all: Float32Array): Map<string, Float32Array> {
    return new Map(
      this.specs.map((spec, n) => [
        spec.name,
        all.subarray(this.#starts[n]!, this.#starts[n]! + countOf(spec)),
      ]),
    )
  }

  /** `events` are the training events of each token. */
  initialize(all: Float32Array, { seed, events }: { seed: number; events: ArrayLike<number> }): void {
    const normal = normalStream(seed)
    const views = this.views(all)
    for (const { name, start } of this.specs) {
      const view = views.get(name)!
      if (start === 'log-events')
        for (let at = 0; at < view.length; at++) view[at] = Math.log1p(events[at] ?? 0)
      else if ('value' in start) view.fill(start.value)
      else for (let at = 0; at < view.length; at++) view[at] = start.deviation * normal()
    }
  }
}

const countOf = ({ shape }: ParameterSpec) => shape.reduce((a, b) => a * b, 1)
