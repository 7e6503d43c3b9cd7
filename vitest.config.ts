import { defineConfig } from 'vitest/config'

// Packages load each other's sources: nothing has to be built to test.
const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } }
const shared = {
  pool: 'forks' as const,
  execArgv: ['--conditions=source'],
  exclude: ['**/node_modules/**', '**/dist/**'],
  env: { ORT_DISABLE_TELEMETRY: '1' }, // as the command does
}

export default defineConfig({
  test: {
    slowTestThreshold: 5_000,
    maxWorkers: '100%', // Vitest leaves one processor alone, which halves two
    projects: [
      {
        ...source,
        test: {
          ...shared,
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...shared.exclude, 'acceptance/**'],
          // Files of one worker share their modules; importing them anew for each file would double the time.
          isolate: false,
          // Guards against hanging only: a loaded machine must not fail a test.
          testTimeout: 120_000,
          hookTimeout: 240_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
      {
        test: {
          ...shared,
          name: 'acceptance',
          include: ['acceptance/**/*.test.ts'],
          // Whole servers and browsers: one file at a time, against what `npm run build` makes.
          fileParallelism: false,
          globalSetup: ['acceptance/harness/build.ts', 'acceptance/harness/demo-folder.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
  },
})
