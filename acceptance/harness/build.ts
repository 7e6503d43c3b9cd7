import { spawnSync } from 'node:child_process'
import { root } from './root.js'

/**
 * Once before all suites: what they start is what `npm run build` makes. Cached, so nearly free. A package that does not
 * build is reported and fails `npm test` as a check of its own; here it fails only the suites that need it.
 */
export const setup = () => {
  spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}
