import type { MetricBuckets, PackedMetricBuckets } from '@cairn/platform/protocol/cairn/metric-buckets'

type Bucket = MetricBuckets['runs'][number]['buckets'][number]

/** A metric of several runs in buckets, and the steps at which they begin. */
export interface BucketedMetric extends MetricBuckets, Omit<PackedMetricBuckets, 'runs'> {
  /** The greatest step that has a point; −∞ without points. */
  readonly lastPoint: number
}

/** Buckets as a list, of a response that packs them. */
export function unpackBuckets({ runs: packed, ...grid }: PackedMetricBuckets): BucketedMetric {
  let lastPoint = Number.NEGATIVE_INFINITY
  const runs = packed.map(({ buckets: columns, ...run }) => {
    const { buckets, lastSteps } = unpackRun(columns, grid)
    lastPoint = Math.max(lastPoint, lastSteps.at(-1) ?? lastPoint)
    return { ...run, buckets }
  })
  return { ...grid, lastPoint, runs }
}

type Grid = Omit<PackedMetricBuckets, 'runs'>

function unpackRun(packed: string, { start, end, origin, width }: Grid) {
  const columns = new PackedColumns(packed)
  const [timestamps, lastSteps] = [columns.integers(), columns.integers()]
  const [lasts, mins, maxs] = [columns.doubles(), columns.doubles(), columns.doubles()]
  const buckets = Array.from(lastSteps, (step, i): Bucket => {
    const border = origin + Math.floor((step - origin) / width) * width
    const last = lasts[i]!
    return {
      first_step: Math.max(border, start),
      last_step: Math.min(border + width - 1, end),
      ...(mins[i]! <= maxs[i]! && { min: mins[i]!, max: maxs[i]! }),
      last: Number.isNaN(last) ? 'NaN' : last,
      last_timestamp: timestamps[i]!,
    }
  })
  return { buckets, lastSteps }
}

const DOUBLES = 1

/** Reads columns one after the other. The protocol describes their bytes. */
class PackedColumns {
  readonly #bytes: DataView
  readonly #count: number
  #at = 0

  constructor(base64: string) {
    const text = atob(base64)
    const bytes = new Uint8Array(text.length)
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
    this.#bytes = new DataView(bytes.buffer)
    this.#count = this.#varint()
  }

  doubles(): Float64Array {
    const column = new Float64Array(this.#count)
    for (let i = 0; i < column.length; i++, this.#at += 8) column[i] = this.#bytes.getFloat64(this.#at, true)
    return column
  }

  integers(): Float64Array {
    if (this.#bytes.getUint8(this.#at++) === DOUBLES) return this.doubles()
    const column = new Float64Array(this.#count)
    let before = 0
    for (let i = 0; i < column.length; i++) {
      const folded = this.#varint()
      before += folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
      column[i] = before
    }
    return column
  }

  #varint(): number {
    let number = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes.getUint8(this.#at++)
      if (byte < 128) return number + byte * scale
      number += (byte - 128) * scale
    }
  }
}
