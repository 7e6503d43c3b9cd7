import type { Page } from 'playwright-core'
import type { Peer } from '../servers.js'
import { client } from '../tracking/load.js'
import { type DataSize, EXPERIMENT, idOf, LONG } from './data.js'

/** Figures of one task in the browser: milliseconds, kilobytes, megabytes and counts, by name. */
export type Figures = Readonly<Record<string, number>>

/** Times that the table is scrolled to its end, where it reads another page. */
const MAX_ROUNDS = 40

/** Opens the table of an experiment, and scrolls until all runs are loaded, of many the first 4,000. */
export async function openRuns(tab: Page, server: Peer): Promise<Figures> {
  const started = performance.now()
  await tab.goto(`${server.url}/#/experiments/${EXPERIMENT}`)
  await tab.locator('tbody tr[data-run]').first().waitFor()
  const firstRows = performance.now() - started
  const atFirst = await longTasks(tab)
  const scroller = tab.locator('.virtual-scroll')
  for (let before = -1, unchanged = 0, round = 0; unchanged < 3 && round < MAX_ROUNDS; round++) {
    const height = await scroller.evaluate((one) => {
      one.scrollTo(0, one.scrollHeight)
      return one.scrollHeight
    })
    await tab.waitForTimeout(400)
    unchanged = height === before ? unchanged + 1 : 0
    before = height
  }
  const all = await longTasks(tab)
  return {
    'first rows, ms': firstRows,
    'longest task until first rows, ms': atFirst.longest,
    'all rows, ms': performance.now() - started,
    'long tasks until all rows, ms': all.sum,
    'longest task until all rows, ms': all.longest,
  }
}

/** Scrolls the open table, and a plain table of as many rows and columns, by a row each frame. */
export async function scrollRuns(tab: Page): Promise<Figures> {
  const table = await frames(tab, '.virtual-scroll')
  await tab.evaluate(() => {
    const cells = Array.from({ length: 12 }, (_, i) => `<td>cell ${i}</td>`).join('')
    const rows = Array.from({ length: 2000 }, () => `<tr>${cells}</tr>`).join('')
    document.body.innerHTML = `<div class="static" style="height:600px;overflow:auto"><table>${rows}</table></div>`
  })
  const plain = await frames(tab, '.static')
  return { 'p95 frame, ms': table, 'p95 frame of a static table, ms': plain }
}

/** The 95th percentile of the time between frames while an element is scrolled down by 34 px a frame. */
const frames = (tab: Page, selector: string) =>
  tab.evaluate(async (selected) => {
    const scroller = document.querySelector(selected)!
    scroller.scrollTop = 0
    const times: number[] = []
    let before = await new Promise<number>(requestAnimationFrame)
    for (let i = 0; i < 300; i++) {
      scroller.scrollTop += 34
      const now = await new Promise<number>(requestAnimationFrame)
      times.push(now - before)
      before = now
    }
    return times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)]!
  }, selector)

/** Logs five batches to a run of the open table, and counts the bytes of the responses that follow. */
export async function logFiveBatches(tab: Page, server: Peer): Promise<Figures> {
  const to = client(server.url, 1)
  const bytes = await receivedBytes(tab, async () => {
    for (let batch = 0; batch < 5; batch++) {
      const metrics = [{ key: 'metric_0', value: batch, step: batch + 2, timestamp: Date.now() }]
      await to.post('/api/2.0/mlflow/runs/log-batch', { run_id: idOf(batch), metrics })
      await tab.waitForTimeout(700)
    }
    await tab.waitForTimeout(6000)
  })
  to.close()
  return { 'responses after 5 log-batch, kB': bytes / 1000 }
}

/** Bytes of the bodies of responses that the tab receives during `work`. */
async function receivedBytes(tab: Page, work: () => Promise<void>): Promise<number> {
  const session = await tab.context().newCDPSession(tab)
  await session.send('Network.enable')
  let bytes = 0
  session.on('Network.dataReceived', ({ dataLength }) => {
    bytes += dataLength
  })
  await work()
  await session.detach()
  return bytes
}

/** Compares runs by URL, until their parameters are shown. */
export async function compare(tab: Page, server: Peer, runs: number): Promise<Figures> {
  const ids = Array.from({ length: runs }, (_, i) => idOf(i))
  const started = performance.now()
  await tab.goto(`${server.url}/#/compare?runs=${ids}`)
  const params = tab.getByRole('region', { name: 'Parameters' })
  await params.locator('td.mono, td .mono').first().waitFor()
  const usable = performance.now() - started
  await tab.waitForTimeout(1500)
  const session = await tab.context().newCDPSession(tab)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return {
    'usable, ms': usable,
    'longest task, ms': (await longTasks(tab)).longest,
    'heap, MB': usedSize / 1e6,
    nodes: await tab.evaluate(() => document.querySelectorAll('*').length),
  }
}

const chartOf = (tab: Page) => tab.getByRole('figure', { name: LONG, exact: true })

/** Draws one metric of runs with long histories, and zooms into it. */
export async function drawChart(tab: Page, server: Peer, runs: number): Promise<Figures> {
  const ids = Array.from({ length: runs }, (_, i) => idOf(i))
  await tab.goto(`${server.url}/#/compare?runs=${ids}`)
  const chart = chartOf(tab)
  await chart.waitFor()
  const cpu = server.cpuSeconds()
  const health = watchHealth(server)
  const started = performance.now()
  await chart.scrollIntoViewIfNeeded()
  await idle(tab)
  const drawn = performance.now() - started
  const cpuOfChart = server.cpuSeconds() - cpu
  const zoomed = performance.now()
  await chart.getByRole('img', { name: LONG, exact: true }).press('+')
  await chart.getByRole('button', { name: 'Reset zoom' }).waitFor()
  await idle(tab)
  return {
    'drawn, ms': drawn,
    'server CPU, s': cpuOfChart,
    'zoomed, ms': performance.now() - zoomed,
    'slowest /health, ms': await health.stop(),
  }

  /** Waits until the chart has loaded and drawn. */
  async function idle(page: Page) {
    await chart.locator('canvas').first().waitFor()
    await page.waitForFunction(
      (name) => document.querySelector(`figure[aria-label="${name}"]`)?.getAttribute('aria-busy') === 'false',
      LONG,
    )
  }
}

const MOVES = 100

/** Moves the pointer over the drawn chart. */
export async function hoverChart(tab: Page): Promise<Figures> {
  const { x, y, width, height } = (await chartOf(tab).locator('.u-over').boundingBox())!
  const before = await cpuSeconds(tab)
  for (let i = 0; i < MOVES; i++)
    await tab.mouse.move(x + ((i + 1) / (MOVES + 2)) * width, y + (0.2 + 0.6 * ((i % 10) / 10)) * height)
  return { 'CPU of the tab for a movement, ms': ((await cpuSeconds(tab)) - before) * (1000 / MOVES) }
}

const LIVE_SECONDS = 10
const POINTS_PER_SECOND = 20

/** Logs points to the runs of the drawn chart, one after the other. */
export async function followChart(tab: Page, server: Peer, size: DataSize): Promise<Figures> {
  const to = client(server.url, 1)
  const [cpu, cpuOfServer] = [await cpuSeconds(tab), server.cpuSeconds()]
  const bytes = await receivedBytes(tab, async () => {
    for (let i = 0; i < LIVE_SECONDS * POINTS_PER_SECOND; i++) {
      const [run_id, step] = [idOf(i % size.histories), size.points + Math.floor(i / size.histories)]
      await to.post('/api/2.0/mlflow/runs/log-metric', {
        ...{ run_id, key: LONG, value: 0.5, step, timestamp: Date.now() },
      })
      await tab.waitForTimeout(1000 / POINTS_PER_SECOND)
    }
  })
  to.close()
  return {
    'CPU of the tab, s': (await cpuSeconds(tab)) - cpu,
    'server CPU, s': server.cpuSeconds() - cpuOfServer,
    'responses, kB': bytes / 1000,
  }
}

/** Processor seconds of the process of the tab, which is the only one of its browser. */
async function cpuSeconds(tab: Page): Promise<number> {
  const session = await tab.context().browser()!.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.reduce((sum, { type, cpuTime }) => sum + (type === 'renderer' ? cpuTime : 0), 0)
}

function watchHealth(server: Peer) {
  let running = true
  const watching = (async () => {
    let slowest = 0
    while (running) {
      const sent = performance.now()
      await (await fetch(`${server.url}/health`)).text()
      slowest = Math.max(slowest, performance.now() - sent)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return slowest
  })()
  return {
    async stop() {
      running = false
      return watching
    },
  }
}

/** Tasks of 50 ms or more of the page, in milliseconds. */
async function longTasks(tab: Page): Promise<{ readonly sum: number; readonly longest: number }> {
  const durations = await tab.evaluate(() => (globalThis as { longTasks?: number[] }).longTasks ?? [])
  return {
    sum: durations.reduce((sum, duration) => sum + duration, 0),
    longest: Math.max(0, ...durations),
  }
}

/** Records long tasks from the start of each page. */
export const observeLongTasks = () => {
  const durations: number[] = []
  Object.assign(globalThis, { longTasks: durations })
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) durations.push(duration)
  }).observe({ type: 'longtask', buffered: true })
}
