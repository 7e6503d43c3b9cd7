/** A map from values of an axis to pixels. */
export interface Scale {
  readonly at: (value: number) => number
  readonly ticks: readonly number[]
}

interface ScaleOptions {
  readonly min: number
  readonly max: number
  readonly log: boolean
  readonly from: number
  readonly to: number
  /** About how many ticks. */
  readonly count: number
}

export function axisScale({ min, max, log, from, to, count }: ScaleOptions): Scale {
  const place = log ? Math.log10 : (value: number) => value
  const [low, high] = [place(min), place(max)]
  const at = (value: number) => from + ((place(value) - low) / (high - low || 1)) * (to - from)
  return { at, ticks: log ? decades(min, max) : niceTicks(min, max, count) }
}

/** Round numbers (1, 2 or 5 times a power of ten) between two values. */
export function niceTicks(min: number, max: number, count: number): number[] {
  if (!(max > min)) return [min]
  const rough = (max - min) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.ceil(min / step - 1e-9)
  const last = Math.floor(max / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

function decades(min: number, max: number): number[] {
  const [first, last] = [Math.ceil(Math.log10(min) - 1e-9), Math.floor(Math.log10(max) + 1e-9)]
  return last < first ? [min, max] : Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i))
}
