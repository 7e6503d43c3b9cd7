import { readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { cpus, freemem, totalmem } from 'node:os'

const MEGABYTE = 1e6

/** Returns the busy and total CPU time of the machine since boot, in milliseconds summed over all cores. */
function cpuTimes(): { busy: number; total: number } {
  let busy = 0
  let total = 0
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq
    total += all
    busy += all - times.idle
  }
  return { busy, total }
}

/** Returns the bytes received and sent over all interfaces since boot; Linux only. */
function networkBytes(): { received: number; sent: number } | undefined {
  try {
    const lines = readFileSync('/proc/net/dev', 'latin1').split('\n').slice(2)
    const counts = lines.map((line) => (line.split(':')[1] ?? '').trim().split(/\s+/).map(Number))
    const sum = (column: number) => counts.reduce((total, line) => total + (line[column] ?? 0), 0)
    return { received: sum(0), sent: sum(8) }
  } catch {
    return undefined
  }
}

async function diskMetrics(): Promise<Record<string, number>> {
  try {
    const { bsize, blocks, bfree, bavail } = await statfs('/')
    const used = blocks - bfree
    return {
      // Like `df`: blocks reserved for root are neither used nor available.
      'system/disk_usage_percentage': (100 * used) / (used + bavail),
      'system/disk_usage_megabytes': (used * bsize) / MEGABYTE,
      'system/disk_available_megabytes': (bavail * bsize) / MEGABYTE,
    }
  } catch {
    return {}
  }
}

/** Samples the machine and this process, with MLflow's names and units where they exist. */
export class SystemSampler {
  readonly #firstNetwork = networkBytes()
  #lastCpu = cpuTimes()

  async sample(): Promise<Record<string, number>> {
    return { ...this.#cpu(), ...memoryMetrics(), ...this.#network(), ...(await diskMetrics()) }
  }

  #cpu(): Record<string, number> {
    const now = cpuTimes()
    const elapsed = now.total - this.#lastCpu.total
    const busy = now.busy - this.#lastCpu.busy
    this.#lastCpu = now
    // Two samples within one clock tick have no rate.
    return elapsed > 0 ? { 'system/cpu_utilization_percentage': (100 * busy) / elapsed } : {}
  }

  /** Since the sampler was created. */
  #network(): Record<string, number> {
    const [first, now] = [this.#firstNetwork, networkBytes()]
    if (!first || !now) return {}
    return {
      'system/network_receive_megabytes': (now.received - first.received) / MEGABYTE,
      'system/network_transmit_megabytes': (now.sent - first.sent) / MEGABYTE,
    }
  }
}

function memoryMetrics(): Record<string, number> {
  const used = totalmem() - freemem()
  const { rss, heapUsed } = process.memoryUsage()
  return {
    'system/system_memory_usage_megabytes': used / MEGABYTE,
    'system/system_memory_usage_percentage': (100 * used) / totalmem(),
    'system/process_rss_megabytes': rss / MEGABYTE,
    'system/process_heap_used_megabytes': heapUsed / MEGABYTE,
  }
}

/**
 * Logs a sample now, every `intervalMs`, and on stop; the step is the number of the sample, as in MLflow.
 *
 * @returns a function that stops sampling
 */
export function startSystemMetrics(
  log: (metrics: Record<string, number>, step: number) => Promise<void>,
  intervalMs = 10_000,
): () => Promise<void> {
  const sampler = new SystemSampler()
  let step = 0
  // While logging is slow, samples are dropped instead of queued.
  let pending: Promise<void> | undefined
  const take = () => {
    pending ??= sampler
      .sample()
      .then((metrics) => log(metrics, step++))
      .finally(() => {
        pending = undefined
      })
    return pending
  }
  const timer = setInterval(() => void take().catch(() => {}), intervalMs)
  timer.unref()
  void take().catch(() => {})
  return async () => {
    clearInterval(timer)
    await pending?.catch(() => {})
    await take()
  }
}
