import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { SlowestFirst } from './scripts/slowest-first.js'

// Packages load each other's sources, so tests need no build.
const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } }
// CONTRIBUTING.md lists what runs where.
const isLong = Boolean(process.env.TEST_LONG)
const shared = {
  pool: 'forks' as const,
  // Threads and child processes run `dist/`: loading TypeScript takes each of them .3 s.
  execArgv: ['--conditions=source', '--conditions=built-threads'],
  exclude: ['**/node_modules/**', '**/dist/**', ...(isLong ? [] : ['**/*.long.test.*'])],
  globalSetup: ['scripts/build-for-tests.ts'],
  env: { ORT_DISABLE_TELEMETRY: '1' }, // the `cairn` command sets it too
}
/** Workers of suites that wait half of their time: for a kill, a start, a page, a database or another process. */
const WAITING_WORKERS = availableParallelism() * 2
/** On a server with the demo, which trains seven models. */
const DEMO = ['journey', 'browser', 'clients-on-demo', 'main-job', 'bad-input-on-demo'].map(
  (name) => `acceptance/${name}.long.test.ts`,
)
const acceptance = {
  ...shared,
  include: ['acceptance/**/*.test.ts'],
  globalSetup: [
    ...shared.globalSetup,
    'acceptance/harness/demo-folder.ts',
    'acceptance/harness/preloaded-host.ts',
  ],
  testTimeout: 600_000,
  hookTimeout: 1_800_000, // for the demo
  expect: { poll: { timeout: 60_000, interval: 100 } },
  isolate: false, // importing the harness and Playwright for each file takes most of a second
  sequence: { groupOrder: 1 }, // Vitest's condition for another number of workers
  maxWorkers: WAITING_WORKERS,
}

export default defineConfig({
  test: {
    slowTestThreshold: 5_000,
    // Keeps transpiled modules for the next run, by their contents.
    experimental: { fsModuleCache: true, fsModuleCachePath: '.cache/vitest' },
    sequence: { sequencer: SlowestFirst },
    // Vitest's default leaves one processor unused, half of a machine with two.
    maxWorkers: isLong ? WAITING_WORKERS : '100%',
    projects: [
      {
        ...source,
        test: {
          ...shared,
          name: 'unit',
          include: ['**/*.test.{ts,tsx}'],
          globalSetup: [...shared.globalSetup, 'scripts/migrated-databases.ts'],
          exclude: [...shared.exclude, 'acceptance/**'],
          // Files of one worker share their modules; importing them anew for each file would double the CPU time.
          isolate: false,
          // Guards against hanging only: a loaded machine must not fail a test.
          testTimeout: isLong ? 600_000 : 120_000,
          hookTimeout: 240_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
      { test: { ...acceptance, name: 'acceptance', exclude: [...shared.exclude, ...DEMO] } },
      { test: { ...acceptance, name: 'demo', include: isLong ? DEMO : [] } },
    ],
  },
})
