import type { Page } from 'playwright-core'
import { client } from '../tracking/load.js'
import { cpuSeconds, received } from './browser.js'
import { type Experiment, HISTORY, idOf } from './data.js'
import type { Figures } from './tasks.js'
import type { UserInterface } from './user-interface.js'

/** Logs five batches to a run of the open table, and counts the bytes of the responses that follow. */
export async function logFiveBatches(tab: Page, { server }: UserInterface, experiment: Experiment) {
  const to = client(server.url, 1)
  const { kilobytes } = await received(tab, async () => {
    for (let batch = 0; batch < 5; batch++) {
      const metrics = [{ key: 'metric_0', value: batch, step: batch + 2, timestamp: Date.now() }]
      await to.post('/api/2.0/mlflow/runs/log-batch', { run_id: idOf(experiment, batch), metrics })
      await tab.waitForTimeout(700)
    }
    await tab.waitForTimeout(6000)
  })
  to.close()
  return { 'responses, kB': kilobytes }
}

const LIVE_SECONDS = 10
const POINTS_PER_SECOND = 20

/** Logs points to the runs of the open page, one after the other. */
export async function followPoints(
  tab: Page,
  { server }: UserInterface,
  experiment: Experiment,
): Promise<Figures> {
  const to = client(server.url, 1)
  const { histories, points } = experiment
  const [cpu, cpuOfServer] = [await cpuSeconds(tab), server.cpuSeconds()]
  const { kilobytes, requests } = await received(tab, async () => {
    for (let i = 0; i < LIVE_SECONDS * POINTS_PER_SECOND; i++) {
      const [run_id, step] = [idOf(experiment, i % histories), points + Math.floor(i / histories)]
      await to.post('/api/2.0/mlflow/runs/log-metric', {
        ...{ run_id, key: HISTORY, value: 0.5, step, timestamp: Date.now() },
      })
      await tab.waitForTimeout(1000 / POINTS_PER_SECOND)
    }
  })
  to.close()
  return {
    'CPU of the tab, s': (await cpuSeconds(tab)) - cpu,
    'server CPU, s': server.cpuSeconds() - cpuOfServer,
    'responses, kB': kilobytes,
    requests,
  }
}

const PENDING_MS = 5000

/** The same while the tab is hidden. Headless Chromium shows all its tabs, so the page is told that it is hidden. */
export async function followHidden(tab: Page, ui: UserInterface, experiment: Experiment): Promise<Figures> {
  await tab.evaluate(`
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })
    document.dispatchEvent(new Event('visibilitychange'))
  `)
  await tab.waitForTimeout(PENDING_MS)
  return followPoints(tab, ui, experiment)
}
