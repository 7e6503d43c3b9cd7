import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HttpTransport } from '../http.js'
import { effort } from '../testing/effort.js'
import { newFolder } from '../testing/folders.js'
import { contentOf, copyRun, eventsOf, recordRun } from '../testing/offline.js'
import { type RunningServer, servers } from '../testing/servers.js'
import { TrackingClient } from '../tracking.js'
import { listOfflineRuns } from './offline-runs.js'

/** Number of kills; raise it for a longer soak test. */
const KILLS = Number(process.env.TEST_SYNC_KILLS || effort(3, 3, 12))

/** Bundles a program into one file, so that it starts quickly. */
async function bundle(name: string, contents: string): Promise<string> {
  const outfile = join(await newFolder(), `${name}.mjs`)
  const resolveDir = fileURLToPath(new URL('.', import.meta.url))
  await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['source'],
  })
  return outfile
}

const start = (program: string, ...args: string[]) =>
  spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })

test('the log of a killed process contains every call that had returned', async () => {
  const logger = await bundle(
    'log',
    `import { writeSync } from 'node:fs'
     import { withRun } from '../run.js'
     await withRun({ mode: 'offline', folder: process.argv[2], experiment: 'x' }, async (run) => {
       for (let step = 0; ; step++) {
         void run.logMetrics({ loss: step }, { step })
         writeSync(1, step + '\\n')
         if (step % 50 === 0) await run.logText('x'.repeat(step), step + '.txt')
       }
     })`,
  )
  for (let kill = 0; kill < effort(2, 2, 4); kill++) {
    const folder = await newFolder()
    const child = start(logger, folder)
    let printed = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk
    })
    await once(child.stdout, 'data')
    await sleep(Math.random() * 200)
    child.kill('SIGKILL')
    await once(child, 'close')
    const returned =
      printed.lastIndexOf('\n') < 0 ? 0 : printed.slice(0, printed.lastIndexOf('\n')).split('\n').length
    const [run] = await listOfflineRuns(folder, '')
    expect(run!.live).toBe(false)
    expect(run!.summary.lines).toBe(0)
    const steps = (await eventsOf(run!.folder)).flatMap((event) =>
      event.type === 'batch' ? (event.batch.metrics ?? []).map((metric) => metric.step) : [],
    )
    expect(steps).toEqual(steps.map((_, i) => i))
    expect(steps.length).toBeGreaterThanOrEqual(returned)
  }
}, 300_000)

test.skipIf(process.platform === 'win32')(
  'a full disk loses only the events that do not fit',
  async () => {
    const logger = await bundle(
      'full',
      `import { withRun } from '../run.js'
     const losses = []
     const onLostValues = (error) => losses.push(error.code)
     await withRun({ mode: 'offline', folder: process.argv[2], experiment: 'x', onLostValues }, async (run) => {
       for (let step = 0; step < 100; step++) await run.logMetrics({ loss: step }, { step })
     })
     console.log(losses.length, ...new Set(losses))`,
    )
    const folder = await newFolder()
    // `ulimit -f` simulates a full disk: no file may grow beyond eight blocks.
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      'ulimit -f 8; exec "$@"',
      '',
      process.execPath,
      logger,
      folder,
    ])
    const [count, code] = stdout.trim().split(' ')
    expect(code).toBe('EFBIG')
    const [run] = await listOfflineRuns(folder, '')
    const lostMetrics = Number(count) - 1 // one loss is the end of the run
    expect(run!.summary.metrics).toBe(100 - lostMetrics)
    expect(run!.summary.end).toBeUndefined()
    expect(run!.summary.tornBytes).toBeGreaterThan(0)
  },
  300_000,
)

describe.each(servers)('against $name', { timeout: 240_000 }, ({ name, start: startServer }) => {
  const experiment = `killed ${crypto.randomUUID()}`
  let server: RunningServer
  beforeAll(async () => {
    server = await startServer()
  }, 240_000)
  afterAll(() => server?.stop())

  test(
    'a sync that is killed repeatedly leads to the same result as an uninterrupted one',
    async () => {
      const client = new TrackingClient(new HttpTransport({ baseUrl: server.url }))
      const sync = await bundle(
        'sync',
        `import { HttpTransport } from '../http.js'
       import { TrackingClient } from '../tracking.js'
       import { listOfflineRuns } from './offline-runs.js'
       import { syncRun } from './sync.js'
       const [folder, server] = process.argv.slice(2)
       const client = new TrackingClient(new HttpTransport({ baseUrl: server }))
       const runs = await listOfflineRuns(folder, server)
       console.log('begin')
       for (const run of runs) if (!run.done) console.log((await syncRun(client, run, { server })).outcome)`,
      )
      const recorded = await recordRun(experiment, 2500)

      /** Starts a sync and kills it after `killAfterMs`. @returns the duration if it ended by itself */
      const run = async (folder: string, killAfterMs?: number): Promise<number | undefined> => {
        const child = start(sync, folder, server.url)
        const end = once(child, 'close')
        await Promise.race([once(child.stdout, 'data'), end])
        const begun = performance.now()
        if (killAfterMs !== undefined) {
          await Promise.race([sleep(killAfterMs), end])
          child.kill('SIGKILL')
        }
        const [code] = await end
        if (code !== null) expect(code).toBe(0)
        return code === 0 ? performance.now() - begun : undefined
      }

      const uninterrupted = await newFolder()
      const reference = await copyRun(recorded, uninterrupted)
      const tookMs = (await run(uninterrupted))!
      const whole = await contentOf(client, experiment, basename(reference))
      expect(whole[0]!.metrics.find((metric) => metric.key === 'loss')!.points).toHaveLength(2500)

      let kills = 0
      const maxKills = name === 'cairn' ? KILLS : Math.ceil(KILLS / 3)
      while (kills < maxKills) {
        const folder = await newFolder()
        const id = basename(await copyRun(recorded, folder))
        while ((await run(folder, kills < maxKills ? Math.random() * tookMs : undefined)) === undefined)
          kills++
        expect(await contentOf(client, experiment, id)).toEqual(whole)
      }
    },
    600_000 + KILLS * 10_000,
  )
})
