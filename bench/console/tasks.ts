import type { Page } from 'playwright-core'
import type { Peer } from '../servers.js'
import { fraction } from '../tracking/generate.js'
import { cpuSeconds, frames, heap, longTasks, nodes, received } from './browser.js'
import { type Experiment, idOf, idsOf } from './data.js'
import type { UserInterface } from './user-interface.js'

/** Figures of one task in the browser: milliseconds, kilobytes, megabytes and counts, by name. */
export type Figures = Readonly<Record<string, number>>

/** Works in the tab, and measures the time, long tasks and the processor time of the server. */
async function measured(
  tab: Page,
  { server }: UserInterface,
  name: string,
  work: () => Promise<unknown>,
): Promise<Figures> {
  await longTasks(tab)
  const [cpu, started] = [server.cpuSeconds(), performance.now()]
  await work()
  const time = performance.now() - started
  const { longest } = await longTasks(tab)
  return { [`${name}, ms`]: time, 'longest task, ms': longest, 'server CPU, s': server.cpuSeconds() - cpu }
}

/** Opens the list of experiments in a new browser. */
export async function firstLoad(tab: Page, ui: UserInterface): Promise<Figures> {
  const started = performance.now()
  let shown = 0
  const { sent, code, requests } = await received(tab, async () => {
    await ui.openExperiments(tab)
    shown = performance.now() - started
    await tab.waitForLoadState('load')
  })
  return {
    'shown, ms': shown,
    'scripts and styles, compressed, kB': code,
    'all with headers, kB': sent,
    requests,
  }
}

export const openRuns = (tab: Page, ui: UserInterface, experiment: Experiment) =>
  measured(tab, ui, 'first rows', () => ui.openRuns(tab, experiment))

/** The time until the table that opened says how many runs there are. */
export const showCount = (tab: Page, ui: UserInterface, { runs }: Experiment) =>
  measured(tab, ui, 'shown after the first rows', () => ui.showsCount!(tab, runs))

const MAX_LOADING_MS = 10_000

/** Loads pages of the open table by scrolling to its end, as many as come within some seconds. */
export async function loadPages(tab: Page, ui: UserInterface, pages: number): Promise<Figures> {
  let loaded = 0
  const began = performance.now()
  const figures = await measured(tab, ui, 'loaded', async () => {
    for (; loaded < pages && performance.now() - began < MAX_LOADING_MS; loaded++) await ui.loadMore(tab)
  })
  return { 'for a page, ms': figures['loaded, ms']! / loaded, pages: loaded, ...figures }
}

/** Scrolls the open table, and a plain table of as many rows and columns, by a row each frame. */
export async function scrollRuns(tab: Page, { scroller }: UserInterface): Promise<Figures> {
  const table = await frames(tab, scroller)
  await tab.evaluate(() => {
    const cells = Array.from({ length: 12 }, (_, i) => `<td>cell ${i}</td>`).join('')
    const rows = Array.from({ length: 2000 }, () => `<tr>${cells}</tr>`).join('')
    document.body.innerHTML = `<div class="static" style="height:600px;overflow:auto"><table>${rows}</table></div>`
  })
  const plain = await frames(tab, '.static')
  return {
    'p95 frame, ms': table,
    'p95 frame of a static table, ms': plain,
    'of a static table': table / plain,
  }
}

const [SORTED, FILTERED] = ['metric_1', 'metric_0']
const valueIn = (run: number, metric: string) => fraction(run * 131 + Number(metric.split('_')[1]))

const matches = (run: number) => valueIn(run, FILTERED) > 0.5

/** The name of the newest run that matches the filter. */
function newestMatch({ runs }: Experiment): string {
  let run = runs - 1
  while (!matches(run)) run--
  return `run-${run}`
}

/** The name of the matching run with the greatest value of the sorted metric. */
function greatestMatch({ runs }: Experiment): string {
  let best = -1
  for (let run = 0; run < runs; run++)
    if (matches(run) && (best < 0 || valueIn(run, SORTED) > valueIn(best, SORTED))) best = run
  return `run-${best}`
}

/** Filters the open table, whose first run must not match, so that the result is seen. */
export const filterRuns = (tab: Page, ui: UserInterface, experiment: Experiment) =>
  measured(tab, ui, 'first rows, with typing', () =>
    ui.filter(tab, `metrics.${FILTERED} > 0.5`, newestMatch(experiment)),
  )

/** Sorts the filtered table. */
export const sortRuns = (tab: Page, ui: UserInterface, experiment: Experiment) =>
  measured(tab, ui, 'first rows', () => ui.sort(tab, SORTED, greatestMatch(experiment)))

/** Opens the list of columns of the open table, and searches it for the last metric. */
export async function findColumn(tab: Page, ui: UserInterface, { metrics }: Experiment): Promise<Figures> {
  const opened = await measured(tab, ui, 'opened', () => ui.openColumns(tab))
  const found = await measured(tab, ui, 'found', () => ui.searchColumns(tab, `metric_${metrics - 1}`))
  return {
    'opened, ms': opened['opened, ms']!,
    'found, with typing, ms': found['found, ms']!,
    'longest task, ms': Math.max(opened['longest task, ms']!, found['longest task, ms']!),
  }
}

export async function compareRuns(tab: Page, ui: UserInterface, experiment: Experiment, runs: number) {
  const figures = await measured(tab, ui, 'usable', () =>
    ui.compare(tab, experiment, idsOf(experiment, runs)),
  )
  await tab.waitForTimeout(1500)
  return { ...figures, 'heap, MB': await heap(tab), nodes: await nodes(tab) }
}

export async function openRun(tab: Page, ui: UserInterface, experiment: Experiment): Promise<Figures> {
  const figures = await measured(tab, ui, 'metrics shown', () =>
    ui.openRun(tab, experiment, idOf(experiment, 0)),
  )
  await tab.waitForTimeout(1500)
  return { ...figures, 'heap, MB': await heap(tab), nodes: await nodes(tab) }
}

/** Draws the history of a metric of runs, and zooms into it. */
export async function drawHistory(tab: Page, ui: UserInterface, experiment: Experiment): Promise<Figures> {
  const { server } = ui
  const cpu = server.cpuSeconds()
  const health = watchHealth(server)
  try {
    const drawn = await ui.drawHistory(tab, experiment, idsOf(experiment, experiment.histories))
    const used = server.cpuSeconds() - cpu
    return {
      ...{ 'drawn, ms': drawn, 'server CPU, s': used },
      ...(ui.zoom && { 'zoomed, ms': await ui.zoom(tab) }),
      'slowest /health, ms': await health.stop(),
    }
  } finally {
    await health.stop()
  }
}

const MOVES = 100

/** Moves the pointer over the drawn chart. */
export async function hoverChart(tab: Page, { plot }: UserInterface): Promise<Figures> {
  const { x, y, width, height } = (await tab.locator(plot).first().boundingBox())!
  await longTasks(tab)
  const before = await cpuSeconds(tab)
  for (let i = 0; i < MOVES; i++)
    await tab.mouse.move(x + ((i + 1) / (MOVES + 2)) * width, y + (0.2 + 0.6 * ((i % 10) / 10)) * height)
  return {
    'CPU of the tab for a movement, ms': ((await cpuSeconds(tab)) - before) * (1000 / MOVES),
    'longest task, ms': (await longTasks(tab)).longest,
  }
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
