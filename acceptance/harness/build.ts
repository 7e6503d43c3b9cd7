import { spawnSync } from 'node:child_process'
import { root } from './root.js'

/**
 * Builds once before all suites, because they start the built command. Unchanged packages are skipped. A build error fails
 * `npm test` in its own check; here it fails only the suites that need the package.
 */
export const setup = () => {
  spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}
