import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { countTests } from './vitest-report.mjs'
import { root } from './workspaces.mjs'

const VITEST = join(root, 'node_modules/vitest/vitest.mjs')
const REPORTS = join(root, '.cache/test')

/**
 * Runs several suites at the same time, because each leaves processors idle while it waits. The first writes to the terminal; the
 * output of each other suite follows when the suites before it have ended.
 * @param {readonly (readonly string[])[]} suites names of Vitest's projects
 * @returns the counts of each suite
 */
export function runSuites(suites, { filters, env }) {
  mkdirSync(REPORTS, { recursive: true })
  let earlier
  return Promise.all(
    suites.map((projects) => {
      const ended = runSuite(projects, { filters, env, earlier })
      earlier = ended
      return ended
    }),
  )
}

async function runSuite(projects, { filters, env, earlier }) {
  const report = join(REPORTS, `${projects[0]}.json`)
  rmSync(report, { force: true })
  const args = [
    'run',
    ...projects.flatMap((project) => ['--project', project]),
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...(earlier && process.stdout.isTTY ? ['--color'] : []),
    ...filters,
  ]
  const output = earlier ? 'pipe' : 'inherit'
  const child = spawn(process.execPath, [VITEST, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', output, output],
  })
  const closed = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  const title = `\n${projects.join(' and ')} tests`
  if (earlier) showAfter(earlier, child, title)
  else console.log(title)
  const code = await closed
  await earlier
  return countTests(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined, code)
}

/** Buffers the output of a process until `earlier` has resolved, and then shows it as it arrives. */
function showAfter(earlier, child, title) {
  let held = [`${title}\n`]
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      if (held) held.push(chunk)
      else process.stdout.write(chunk)
    })
  void earlier.then(() => {
    for (const chunk of held) process.stdout.write(chunk)
    held = undefined
  })
}
