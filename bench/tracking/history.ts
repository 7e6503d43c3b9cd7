import { deepEqual } from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { freshFolder, startCairn } from '../servers.js'
import { chart } from './chart.js'
import { addHistory, addRuns, curve, openStore, runOf, START } from './generate.js'
import { type Client, client, type Measured, repeat } from './load.js'
import { ms, progress, type Section, table } from './report.js'

const BUCKETS = 500
const LONGEST = 1_000_000

interface AtSize {
  readonly points: number
  readonly figures: Readonly<Record<string, Measured>>
}

/** Charts, pages and logging, where the store holds more and more points; the longest history has a million. */
export async function history(sizes: readonly number[]): Promise<Section & { svg: string }> {
  const folder = freshFolder()
  const found: AtSize[] = []
  try {
    let stored = 0
    for (const size of sizes) {
      progress(`filling up to ${size} points`)
      const db = await openStore(join(folder, 'cairn.db'))
      if (stored === 0) await addRuns(db, 0, 1000)
      // A history of its own for each size, and long ones besides, until the store holds them all.
      const longest = Math.min(size, LONGEST)
      await addHistory(db, runOf(0).run_id, `of ${size}`, longest)
      stored += longest
      for (let n = 0; stored < size; n++, stored += LONGEST)
        await addHistory(db, runOf(n + 1).run_id, `${size}`, LONGEST)
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
    ...[points.toLocaleString('en'), Math.min(points, LONGEST).toLocaleString('en')],
    ...names.map((name) => `p50 ${ms(figures[name]!.p50)}, p99 ${ms(figures[name]!.p99)}`),
  ])
  const lines = names.map((name) => ({
    name,
    points: found.map(({ points, figures }) => [points, figures[name]!.p50] as const),
  }))
  return {
    text: `## Metric history

${BUCKETS} buckets with the least, greatest and last value of each, compared with those of every single point: equal.

${table(['points in the store', 'in the history asked for', ...names], rows)}`,
    data: found,
    svg: chart(
      'Latency (p50) against points in the store',
      'points; the history asked for has a million at most',
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
  deepEqual(((await buckets()) as { runs: { buckets: unknown }[] }).runs[0]!.buckets, plainBuckets(count))
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

/** By looking at every point. */
function plainBuckets(count: number) {
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
