/** Requests that took at most `le` milliseconds; `le` of the last bucket is infinite. */
export interface Bucket {
  readonly le: number
  readonly count: number
}

/** The counts of one served entity, of all its versions. */
export interface EntityCounts {
  /** Response times since the start of the server, cumulative and ascending. */
  readonly buckets: readonly Bucket[]
  /** Counts of the last minute. */
  readonly recent: { readonly requests: number; readonly errors: number }
}

interface Counting {
  readonly buckets: Map<number, number>
  readonly recent: { requests: number; errors: number }
}

const LINE = /^(\w+)\{(.*)\} (\S+)$/
const LABEL = /(\w+)="([^"]*)"/g
const ERRORS = ['request_4xx_count_total', 'request_5xx_count_total']

/** Reads `GET …/metrics` of an endpoint. Unknown series are ignored. */
export function parseMetrics(text: string): ReadonlyMap<string, EntityCounts> {
  const counts = new Map<string, Counting>()
  for (const line of text.split('\n')) {
    const [, series, labelText = '', value] = LINE.exec(line) ?? []
    const labels = new Map([...labelText.matchAll(LABEL)].map(([, key, text]) => [key!, text!]))
    const name = labels.get('served_entity')
    if (series && name !== undefined)
      add(counting(counts, name), series, labels.get('le') ?? '', Number(value))
  }
  return new Map(
    [...counts].map(([name, { buckets, recent }]) => [name, { buckets: sorted(buckets), recent }]),
  )
}

function counting(counts: Map<string, Counting>, name: string): Counting {
  const present = counts.get(name) ?? { buckets: new Map(), recent: { requests: 0, errors: 0 } }
  counts.set(name, present)
  return present
}

/** Adds, because each version of an entity has its own series. */
function add({ buckets, recent }: Counting, series: string, bound: string, value: number) {
  if (series === 'request_latency_ms_bucket') {
    const le = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound)
    buckets.set(le, (buckets.get(le) ?? 0) + value)
  }
  if (series === 'request_count_total') recent.requests += value
  if (ERRORS.includes(series)) recent.errors += value
}

const sorted = (buckets: ReadonlyMap<number, number>): Bucket[] =>
  [...buckets].map(([le, count]) => ({ le, count })).sort((a, b) => (a.le < b.le ? -1 : 1))
