/**
 * The dashboard in Chromium on a server with many runs, beside the pages of `mlflow server` on the same data.
 *
 * npm run bench -- console [--python VENV/bin/python] [--chromium /usr/bin/chromium]
 *   [--parts load,runs,many,columns,compare,run,chart,live,large] [--runs 2000] [--many 100000] [--points 100000]
 *   [--large-points 100000] [--give-up 15] [--stores DIR]
 *
 * Without `--python`, an environment with mlflow, only Cairn is measured. A task that takes longer than `--give-up` seconds ends. `--stores`
 * keeps the filled stores in a folder, and uses those of an earlier run.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Browser, chromium } from 'playwright-core'
import { inTab } from './console/browser.js'
import { fillCairn } from './console/cairn-data.js'
import { cairnUi } from './console/cairn-ui.js'
import type { Experiment } from './console/data.js'
import { fillMlflow } from './console/mlflow-data.js'
import { mlflowUi } from './console/mlflow-ui.js'
import { type Experiments, experimentsOf, goalsOf, PARTS, type Step } from './console/parts.js'
import { headlineOf, type Outcome, outcomeTable } from './console/report.js'
import type { UserInterface } from './console/user-interface.js'
import { currentConditions, recordResult } from './record.js'
import { freshFolder, startCairn, startMlflow } from './servers.js'
import { progress } from './tracking/report.js'

const INSTALLED = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const { values: flags } = parseArgs({
  options: {
    python: { type: 'string', default: '' },
    chromium: {
      type: 'string',
      default: process.env.TEST_CHROMIUM ?? INSTALLED.find((path) => existsSync(path)) ?? '',
    },
    parts: { type: 'string', default: Object.keys(PARTS).join(',') },
    runs: { type: 'string', default: '2000' },
    many: { type: 'string', default: '100000' },
    points: { type: 'string', default: '100000' },
    'large-points': { type: 'string', default: '100000' },
    'give-up': { type: 'string', default: '15' },
    stores: { type: 'string' },
  },
})
const names = flags.parts.split(',')
const unknown = names.find((name) => !Object.hasOwn(PARTS, name))
if (unknown) throw new Error(`Unknown part '${unknown}'; supported: ${Object.keys(PARTS).join(', ')}.`)
const experiments = experimentsOf({
  runs: Number(flags.runs),
  many: Number(flags.many),
  points: Number(flags.points),
  largePoints: Number(flags['large-points']),
})

interface Measured {
  readonly file: string
  /** Parts of which only Cairn is measured. */
  readonly ours: boolean
  readonly fill: (folder: string, experiments: readonly Experiment[]) => Promise<void>
  readonly start: (folder: string) => Promise<UserInterface>
}

const CAIRN: Measured = {
  ...{ file: 'cairn.db', ours: true, fill: fillCairn },
  start: async (folder) => cairnUi(await startCairn({ folder })),
}
const MLFLOW: Measured = {
  ...{ file: 'mlflow.db', ours: false },
  fill: (folder, list) => fillMlflow(flags.python, folder, list),
  start: async (folder) => mlflowUi(await startMlflow(flags.python, 4, { folder })),
}

const conditions = currentConditions('console')
const outcomes: Record<string, Record<string, Outcome>> = {}
const interfaces: string[] = []
for (const measured of flags.python ? [CAIRN, MLFLOW] : [CAIRN]) await measureOn(measured)

const { date, commit, machine, command } = conditions
const { runs, many } = experiments
recordResult({
  ...conditions,
  name: names.length === Object.keys(PARTS).length ? 'console' : `console-${names.join('-')}`,
  headline: headlineOf(outcomes, interfaces),
  page: `# The dashboard with many runs

${date}, commit ${commit}, ${machine}.
\`${command}\`. Chromium, one page at a time, each in a new browser context. Runs have ${runs.metrics} metrics and ${runs.params} parameters
each, those of the table of ${many.runs.toLocaleString('en')} runs ${many.metrics} of each. MLflow's UI is that of \`mlflow server\` with its default of four workers
on SQLite, with the columns that it shows by default; its chart of histories is the page of a metric, whose
time includes opening that page. A task that takes longer than ${flags['give-up']} s ends, and the tasks that follow it in the same part are
left out.

${outcomeTable(outcomes, interfaces, goalsOf(experiments))}
`,
  data: { experiments, outcomes },
})
process.exit()

async function measureOn({ file, ours, fill, start }: Measured) {
  const measured = names.map((name) => PARTS[name]!).filter(({ isOurs }) => ours || !isOurs)
  const needed = new Set(measured.flatMap(({ needs }) => needs))
  const folder = flags.stores ? join(flags.stores, file.replace('.db', '')) : freshFolder()
  try {
    if (!existsSync(join(folder, file))) {
      progress(`filling ${file}`)
      mkdirSync(folder, { recursive: true })
      await fill(
        folder,
        (Object.keys(experiments) as (keyof Experiments)[]).flatMap((name) =>
          needed.has(name) ? experiments[name] : [],
        ),
      )
    }
    const ui = await start(folder)
    interfaces.push(ui.name)
    const browser = await chromium.launch({
      executablePath: flags.chromium,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    try {
      await ui.server.atRest()
      for (const { tabs } of measured) await measureTabs(browser, ui, tabs(ui, experiments))
    } finally {
      await browser.close()
      await ui.server.stop()
    }
  } finally {
    if (!flags.stores) rmSync(folder, { recursive: true, force: true })
  }
}

/** Measures steps tab by tab, until one is given up. */
async function measureTabs(browser: Browser, ui: UserInterface, tabs: readonly (readonly Step[])[]) {
  for (const steps of tabs) {
    const isWhole = await inTab(browser, Number(flags['give-up']) * 1000, async (tab) => {
      for (const [task, work] of steps) {
        progress(`${ui.name}: ${task}`)
        const outcome = await work(tab).catch(givenUp)
        outcomes[task] = { ...outcomes[task], [ui.name]: outcome }
        progress(JSON.stringify(outcome))
        if (typeof outcome === 'string') return false
      }
      return true
    })
    if (!isWhole) return
  }
}

function givenUp(error: Error): string {
  if (error.name !== 'TimeoutError') throw error
  progress(error.message)
  return `not usable after ${flags['give-up']} s`
}
