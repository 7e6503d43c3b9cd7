import { spawnSync } from 'node:child_process'
import { root } from './workspaces.mjs'

/**
 * Vitest's global setup: builds, because tests start the built command, and threads and processes of built modules. Unchanged
 * packages are skipped. A build error fails `npm test` in its own check; here it fails only the tests that need the package.
 */
export const setup = () => {
  const { NODE_ENV: _, ...env } = process.env // Vitest's would bundle React for development
  spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
