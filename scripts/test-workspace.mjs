import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { suiteEnvironment } from './services.mjs'
import { root } from './workspaces.mjs'

// Runs the unit tests of one workspace.
const [workspace] = process.argv.slice(2)
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const args = [vitest, 'run', '--project', 'unit', '--passWithNoTests', `${join(root, workspace)}/`]
spawn(process.execPath, args, { cwd: root, env: suiteEnvironment(), stdio: 'inherit' }).once(
  'close',
  (code) => {
    process.exitCode = code ?? 1
  },
)
