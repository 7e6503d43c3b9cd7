/**
 * The tracking server against `mlflow server` on SQLite, with one worker and with four, in the same run. Each server is measured
 * alone, and Cairn is compared with the better figure of the two.
 *
 * npm run bench -- tracking --python VENV/bin/python [--parts logging,runs,history,start,crowd] [--seconds 5]
 *   [--runs 1000000] [--mlflow-runs 100000] [--points 10000000] [--crowd-seconds 60] [--postgres postgres://…]
 *
 * `--postgres` is the URL of a server where databases may be created. The same is then measured there, against MLflow on PostgreSQL
 * and against Cairn on SQLite. The Python environment then needs psycopg.
 */
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { currentConditions } from './record.js'
import { measureCrowd } from './tracking/crowd.js'
import { measureHistory } from './tracking/history.js'
import { measureLogging } from './tracking/logging.js'
import { progress, type Section, writeResult } from './tracking/report.js'
import { measureRuns } from './tracking/runs.js'
import { measureStart } from './tracking/start.js'

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string', default: '' },
    parts: { type: 'string', default: 'logging,runs,history,start,crowd' },
    seconds: { type: 'string', default: '5' },
    runs: { type: 'string', default: '1000000' },
    'mlflow-runs': { type: 'string', default: '100000' },
    points: { type: 'string', default: '10000000' },
    'crowd-seconds': { type: 'string', default: '60' },
    postgres: { type: 'string' },
  },
})

/** Powers of ten in the range. */
const upTo = (min: number, max: string) =>
  [1e3, 1e4, 1e5, 1e6, 1e7, 1e8].filter((size) => size >= min && size <= Number(max))

const PARTS: Readonly<Record<string, (name: string) => Promise<Section>>> = {
  logging: () => onPostgres((fresh) => measureLogging(flags.python, Number(flags.seconds), fresh)),
  runs: async (name) =>
    withChart(
      name,
      await onPostgres(async (fresh) =>
        measureRuns({
          python: flags.python,
          sizes: upTo(1e3, flags.runs),
          mlflowRuns: Number(flags['mlflow-runs']),
          postgres: fresh && { databaseUrl: await fresh() },
        }),
      ),
    ),
  history: async (name) => withChart(name, await measureHistory(upTo(1e4, flags.points))),
  start: () => measureStart(flags.python),
  crowd: () => measureCrowd(Number(flags['crowd-seconds'])),
}

function withChart(name: string, { text, svg, ...section }: Section & { readonly svg: string }): Section {
  const file = `tracking-${name}.svg`
  writeFileSync(new URL(`./results/${file}`, import.meta.url), svg)
  return { ...section, text: `${text}\n\n![${name}](${file})` }
}

/** Passes a function that creates databases on the server of `--postgres`, if given, and drops them at the end. */
async function onPostgres<T>(work: (fresh: (() => Promise<string>) | undefined) => Promise<T>): Promise<T> {
  if (!flags.postgres) return work(undefined)
  const url = new URL(flags.postgres)
  const administrator = new pg.Client({ connectionString: flags.postgres })
  await administrator.connect()
  const created: string[] = []
  try {
    return await work(async () => {
      const name = `bench_${randomBytes(4).toString('hex')}`
      await administrator.query(`create database ${name}`)
      created.push(name)
      return new URL(`/${name}`, url).href
    })
  } finally {
    for (const name of created) await administrator.query(`drop database ${name} with (force)`)
    await administrator.end()
  }
}

const wanted = flags.parts.split(',')
const unknown = wanted.find((name) => !Object.hasOwn(PARTS, name))
if (unknown) throw new Error(`Unknown part '${unknown}'; supported: ${Object.keys(PARTS).join(', ')}.`)
const needsPeer = wanted.some((name) => ['logging', 'runs', 'start'].includes(name))
if (needsPeer && !flags.python) throw new Error('Name a Python that has mlflow: --python VENV/bin/python')
const conditions = currentConditions('tracking')
const sections: Record<string, Section> = {}
for (const [name, part] of Object.entries(PARTS)) {
  if (!wanted.includes(name)) continue
  progress(name)
  sections[name] = await part(name)
}
const isWhole = wanted.length === Object.keys(PARTS).length
writeResult(isWhole ? 'tracking' : `tracking-${wanted.join('-')}`, conditions, sections)
