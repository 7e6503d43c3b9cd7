import { setTimeout as sleep } from 'node:timers/promises'
import { startCairn } from '../servers.js'
import { client, summary } from './load.js'
import { ms, progress, type Section, table } from './report.js'

const CLIENTS = 200
const API = '/api/2.0/mlflow/runs'

/** Measures latency and memory while concurrent clients log, read and search without pauses. */
export async function measureCrowd(seconds: number): Promise<Section> {
  progress(`${CLIENTS} clients for ${seconds} s`)
  const peer = await startCairn()
  const to = client(peer.url, CLIENTS)
  const latencies = new Map<string, number[]>()
  const errors: string[] = []
  const memory: { readonly own: number; readonly mapped: number }[] = []
  const startedAt = performance.now()
  const isOver = () => performance.now() - startedAt > seconds * 1000

  const timed = async (kind: string, request: () => Promise<unknown>) => {
    const sentAt = performance.now()
    await request().catch((error) => errors.push(String(error)))
    const known = latencies.get(kind) ?? []
    latencies.set(kind, known)
    known.push(performance.now() - sentAt)
  }
  const one = async () => {
    const { run } = (await to.post(`${API}/create`, {})) as { run: { info: { run_id: string } } }
    const { run_id } = run.info
    for (let n = 0; !isOver(); n++) {
      const point = (key: string) => ({ key, value: n / 3, timestamp: n, step: n })
      const metrics = Array.from({ length: 20 }, (_, i) => point(`k${i}`))
      if (n % 20 === 0)
        await timed('search', () => to.post(`${API}/search`, { experiment_ids: ['0'], max_results: 20 }))
      else if (n % 20 === 1) await timed('get', () => to.get(`${API}/get?run_id=${run_id}`))
      else if (n % 5 === 2)
        await timed('log-batch of 20', () => to.post(`${API}/log-batch`, { run_id, metrics }))
      else await timed('log-metric', () => to.post(`${API}/log-metric`, { run_id, ...point('one') }))
    }
  }
  const watch = async () => {
    for (; !isOver(); await sleep(1000)) {
      const mapped = peer.mapped()
      memory.push({ own: peer.memory() - mapped, mapped })
    }
  }
  try {
    await Promise.all([watch(), ...Array.from({ length: CLIENTS }, one)])
  } finally {
    to.close()
    await peer.stop()
  }
  const elapsed = performance.now() - startedAt
  const all = [['all', [...latencies.values()].flat()] as const, ...latencies]
  const figures = Object.fromEntries(all.map(([kind, took]) => [kind, summary(took, elapsed)]))
  const rows = Object.entries(figures).map(([kind, { requestsPerSecond, p50, p99 }]) => [
    ...[kind, `${Math.round(requestsPerSecond)}/s`, ms(p50), ms(p99), `${(p99 / p50).toFixed(1)}×`],
  ])
  const thirds = (field: 'own' | 'mapped') =>
    [0, 1, 2]
      .map((third) => memory.slice((third * memory.length) / 3, ((third + 1) * memory.length) / 3))
      .map((part) => `${mean(part.map((one) => one[field])).toFixed(0)} MB`)
      .join(', ')
  return {
    headline: `${CLIENTS} clients: ${Math.round(figures.all!.requestsPerSecond)} requests/s, p99 ${ms(figures.all!.p99)}`,
    text: `## ${CLIENTS} concurrent clients for ${seconds} s

${table(['', 'requests', 'p50', 'p99', 'p99 / p50'], rows)}

Errors: ${errors.length}${errors.length > 0 ? ` (${errors[0]})` : ''}. Memory in the first, second and last third: ${thirds('own')}. Mapped files, such as the growing database, which the kernel can reclaim: ${thirds('mapped')}.`,
    data: { figures, errors: errors.length, memory },
  }
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length
