import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { SystemSampler, startSystemMetrics } from './system-metrics.js'

test('samples at the start, periodically and at the end, in plausible ranges', async () => {
  const samples: { step: number; metrics: Record<string, number> }[] = []
  const stop = startSystemMetrics(async (metrics, step) => void samples.push({ step, metrics }), 30)
  while (samples.length < 3) await sleep(10)
  await stop()
  expect(samples.length).toBeGreaterThanOrEqual(3)
  expect(samples.map((sample) => sample.step)).toEqual(samples.map((_, index) => index))
  const { metrics } = samples.at(-1)!
  expect(metrics['system/process_rss_megabytes']).toBeGreaterThan(10)
  expect(metrics['system/system_memory_usage_percentage']).toBeGreaterThan(0)
  expect(metrics['system/system_memory_usage_percentage']).toBeLessThanOrEqual(100)
  expect(metrics['system/disk_usage_percentage']).toBeGreaterThan(0)
  expect(metrics['system/disk_available_megabytes']).toBeGreaterThan(0)
  if (process.platform === 'linux')
    expect(metrics['system/network_receive_megabytes']).toBeGreaterThanOrEqual(0)
  for (const { metrics } of samples) {
    const cpu = metrics['system/cpu_utilization_percentage'] ?? 0
    expect(cpu).toBeGreaterThanOrEqual(0)
    expect(cpu).toBeLessThanOrEqual(100)
  }
})

const python = process.env.TEST_PYTHON

test.skipIf(!python)(
  "samples every metric of MLflow's CPU, disk and network monitors",
  async () => {
    const script = `
import importlib.util, json, pathlib, re
folder = pathlib.Path(importlib.util.find_spec("mlflow").origin).parent / "system_metrics/metrics"
files = [folder / f"{name}_monitor.py" for name in ("cpu", "disk", "network")]
print(json.dumps([name for file in files for name in re.findall(r'_metrics\\["(\\w+)"\\]', file.read_text())]))`
    const { stdout } = await promisify(execFile)(python!, ['-c', script])
    const theirs = (JSON.parse(stdout) as string[]).map((name) => `system/${name}`)
    expect(theirs.length).toBeGreaterThan(7)
    const sampler = new SystemSampler()
    let ours = await sampler.sample()
    while (!('system/cpu_utilization_percentage' in ours)) ours = await sampler.sample()
    expect(theirs.filter((name) => !(name in ours))).toEqual([])
  },
  300_000,
)
