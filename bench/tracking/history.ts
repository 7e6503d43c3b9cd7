import { deepEqual } from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { freshFolder, startCairn } from '../servers.js'
import { drawChart } from './chart.js'
import { addHistory, addRuns, curve, openStore, runOf, START } from './generate.js'
import { type Client, client, type Latencies, repeat } from './load.js'
import { ms, progress, type Section, table } from './report.js'

const BUCKETS = 500
const MAX_HISTORY = 1_000_000

interface SizeResult {
  readonly points: number
  readonly figures: Readonly<Record<string, Latencies>>
}

/** Measures charts, pages and logging of metrics in a store that grows; the longest history has a million points. */
export async function measureHistory(sizes: readonly number[]): Promise<Section & { svg: string }> {
  const folder = freshFolder()
  const found: SizeResult[] = []
  try {
    let stored = 0
    for (const size of sizes) {
      progress(`filling up to ${size} points`)
      const db = await openStore(join(folder, 'cairn.db'))
      if (stored === 0) await addRuns(db, 0, 1000)
      // One history to measure per size; further histories fill the store up to the size
      const longest = Math.min(size, MAX_HISTORY)
      await addHistory(db, runOf(0).run_id, `of ${size}`, longest)
      stored += longest
      for (let n = 0; stored < size; n++, stored += MAX_HISTORY)
        await addHistory(db, runOf(n + 1).run_id, `${size}`, MAX_HISTORY)
      await db.close()
      const peer = await startCairn({ folder })
      const to = client(peer.url, 4)
      try {
        await peer.atRest()
        progress(`measuring at ${size} points`)
        found.push({ points: size, figures: await figuresOf(to, `of ${size}`, longest) })
      } finally {
        to.close()
        await peer.stop()
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const names = Object.keys(found[0]!.figures)
  const rows = found.map(({ points, figures }) => [
    ...[points.toLocaleString('en'), Math.min(points, MAX_HISTORY).toLocaleString('en')],
    ...names.map((name) => `p50 ${ms(figures[name]!.p50)}, p99 ${ms(figures[name]!.p99)}`),
  ])
  const lines = names.map((name) => ({
    name,
    points: found.map(({ points, figures }) => [points, figures[name]!.p50] as const),
  }))
  return {
    headline: `${found.at(-1)!.points.toLocaleString('en')} points: ${BUCKETS} buckets in p50 ${ms(found.at(-1)!.figures[`${BUCKETS} buckets`]!.p50)}`,
    text: `## Metric history

${BUCKETS} buckets with the minimum, maximum and last value of each; they equal those computed from all points.

${table(['points in the store', 'points in the history', ...names], rows)}`,
    data: found,
    svg: drawChart(
      'Latency (p50) against points in the store',
      'points in the store; a history has at most a million',
      lines,
    ),
  }
}

async function figuresOf(to: Client, key: string, count: number) {
  const { run_id } = runOf(0)
  const named = `run_id=${run_id}&metric_key=${encodeURIComponent(key)}`
  const buckets = () =>
    to.get(
      `/api/cairn/v1/metrics/buckets?run_ids=${run_id}&metric_key=${encodeURIComponent(key)}&buckets=${BUCKETS}`,
    )
  deepEqual(((await buckets()) as { runs: { buckets: unknown }[] }).runs[0]!.buckets, expectedBuckets(count))
  const batch = (n: number) =>
    Array.from({ length: 1000 }, (_, i) => ({
      key: `k${i % 20}`,
      value: i,
      timestamp: n * 1000 + i,
      step: n,
    }))
  return {
    [`${BUCKETS} buckets`]: await repeat(30, buckets),
    'first 1,000 points': await repeat(20, () =>
      to.get(`/api/2.0/mlflow/metrics/get-history?${named}&max_results=1000`),
    ),
    'log-batch of 1,000': await repeat(100, (n) =>
      to.post('/api/2.0/mlflow/runs/log-batch', { run_id: runOf(1).run_id, metrics: batch(n) }),
    ),
  }
}

/** The oracle: computes the buckets from every point. */
function expectedBuckets(count: number) {
  const width = Math.ceil(count / BUCKETS)
  return Array.from({ length: Math.ceil(count / width) }, (_, bucket) => {
    const first_step = bucket * width
    const last_step = Math.min(first_step + width, count) - 1
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    for (let step = first_step; step <= last_step; step++) {
      min = Math.min(min, curve(step))
      max = Math.max(max, curve(step))
    }
    return { first_step, last_step, min, max, last: curve(last_step), last_timestamp: START + last_step }
  })
}
