/**
 * The dashboard in Chromium on a server with many runs.
 *
 * npm run bench -- console [--chromium /usr/bin/chromium] [--runs 2000] [--keys 100] [--histories 50] [--points 100000]
 */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { fill } from './console/data.js'
import {
  compare,
  drawChart,
  type Figures,
  followChart,
  hoverChart,
  logFiveBatches,
  observeLongTasks,
  openRuns,
  scrollRuns,
} from './console/tasks.js'
import { currentConditions, recordResult } from './record.js'
import { freshFolder, type Peer, startCairn } from './servers.js'
import { openStore } from './tracking/generate.js'
import { progress, table } from './tracking/report.js'

const INSTALLED = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']

const { values: flags } = parseArgs({
  options: {
    chromium: {
      type: 'string',
      default: process.env.TEST_CHROMIUM ?? INSTALLED.find((path) => existsSync(path)) ?? '',
    },
    runs: { type: 'string', default: '2000' },
    keys: { type: 'string', default: '100' },
    histories: { type: 'string', default: '50' },
    points: { type: 'string', default: '100000' },
  },
})
const size = {
  runs: Number(flags.runs),
  keys: Number(flags.keys),
  histories: Number(flags.histories),
  points: Number(flags.points),
}

const conditions = currentConditions('console')
const folder = freshFolder()
const results: Record<string, Figures> = {}
try {
  progress('filling the store')
  const db = await openStore(join(folder, 'cairn.db'))
  await fill(db, size)
  await db.close()
  const server = await startCairn({ folder })
  const browser = await chromium.launch({
    executablePath: flags.chromium,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  try {
    await server.atRest()
    await measureAll(browser, server)
  } finally {
    await browser.close()
    await server.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const shown = (figure: number) => (figure < 10 ? figure.toFixed(2) : Math.round(figure).toLocaleString('en'))
const rows = Object.entries(results).flatMap(([task, figures]) =>
  Object.entries(figures).map(([name, figure]) => [task, name, shown(figure)]),
)
const { date, commit, machine, command } = conditions
recordResult({
  ...conditions,
  name: 'console',
  headline: Object.entries(results)
    .map(([task, figures]) => `${task}: ${shown(Object.values(figures)[0]!)}`)
    .join('; '),
  page: `# The dashboard with many runs

${date}, commit ${commit}, ${machine}.
\`${command}\`. Chromium, one page at a time; ${size.runs.toLocaleString('en')} runs with ${size.keys} metrics and ${size.keys} parameters each, ${size.histories} of
them with a history of ${size.points.toLocaleString('en')} points.

${table(['task', 'figure', ''], rows)}
`,
  data: { size, results },
})

async function measureAll(browser: Browser, server: Peer) {
  await inTab(browser, async (tab) => {
    progress('opening the table')
    results[`open ${size.runs} runs`] = await openRuns(tab, server)
    progress('logging five batches')
    results['five log-batch calls'] = await logFiveBatches(tab, server)
    progress('scrolling')
    results.scroll = await scrollRuns(tab)
  })
  for (const runs of [100, 1000].filter((count) => count <= size.runs))
    await inTab(browser, async (tab) => {
      progress(`comparing ${runs} runs`)
      results[`compare ${runs} runs`] = await compare(tab, server, runs)
    })
  await inTab(browser, async (tab) => {
    progress('drawing a chart')
    const chart = `chart of ${size.histories} × ${size.points} points`
    results[chart] = await drawChart(tab, server, size.histories)
    progress('moving the pointer over it')
    results[`pointer over the ${chart}`] = await hoverChart(tab)
    progress('logging 20 points per second to it')
    results[`20 points per second for 10 s in the ${chart}`] = await followChart(tab, server, size)
  })
}

async function inTab(browser: Browser, work: (tab: Page) => Promise<void>) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' })
  const tab = await context.newPage()
  tab.setDefaultTimeout(120_000)
  await tab.addInitScript(observeLongTasks)
  await work(tab)
  await context.close()
}
