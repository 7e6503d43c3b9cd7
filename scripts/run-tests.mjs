import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { install } from './install.mjs'
import { runSuites } from './run-suites.mjs'
import { skippedSuites, suiteEnvironment } from './services.mjs'
import { progress, run } from './terminal.mjs'
import { addCounts } from './vitest-report.mjs'
import { filesBelow, root } from './workspaces.mjs'

const isDemo = process.argv.includes('--demo')
const isExhaustive = process.argv.includes('--exhaustive')
const isLong = isDemo || process.argv.includes('--long')
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
if (isDemo) filters.push('acceptance/journey')
const env = {
  ...suiteEnvironment(),
  ...(isLong && { TEST_LONG: '1' }),
  ...(isExhaustive && { TEST_EXHAUSTIVE: '1' }),
  ...(isDemo && { TEST_DEMO: '1' }),
}
/** The projects of each run of Vitest. */
const suites = isDemo ? [['demo']] : [['unit'], isLong ? ['acceptance', 'demo'] : ['acceptance']]
const colors = `--colors=${process.stdout.isTTY ? 'force' : 'off'}`

await run(async () => {
  await install()
  // `npm test -- tracking-server` runs only the tests whose path contains this text.
  const results = filters.length > 0 ? [] : await staticChecks()
  report(addCounts([...results, ...(await runSuites(suites, { filters, env }))]))
})

async function staticChecks() {
  return [
    await check('Build', ['scripts/build.mjs']),
    ...(await Promise.all([
      check('Format and lint', [bin('@biomejs/biome', 'biome'), 'ci', '--error-on-warnings', colors, '.']),
      ...typescriptProjects().map((path) =>
        // More checkers would check shared types again, and other tools use the other processors.
        check(`Types of ${path}`, [bin('typescript', 'tsc'), '-p', path, '--checkers', '1']),
      ),
      ...(existsSync(join(root, 'knip.json'))
        ? [check('Dead code', [bin('knip', 'knip'), '--no-config-hints'])]
        : []),
    ])),
  ]
}

/** The project of the root, and one of each web client with the types of browsers. */
function typescriptProjects() {
  const clients = readdirSync(join(root, 'web')).map((name) => `web/${name}/tsconfig.json`)
  return ['tsconfig.json', ...clients].filter((path) => existsSync(join(root, path)))
}

/** Runs a tool and counts it as one test. Its output is shown only when it fails. */
async function check(label, args) {
  const line = progress(label)
  const { code, output } = await node(args)
  if (code === 0) line.done('')
  else {
    line.fail('')
    console.log(output.trim())
  }
  return { passed: code === 0 ? 1 : 0, failures: code === 0 ? [] : [label], skipped: 0 }
}

function node(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk
      })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

/** Returns the script of a package's `bin`, so that the same Node runs it without a shell. */
function bin(name, command) {
  const folder = join(root, 'node_modules', name)
  const { bin: entry } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof entry === 'string' ? entry : entry[command])
}

function report({ passed, failures, skipped }) {
  const lines = skippedSuites(env)
  console.log('')
  if (lines.length > 0)
    console.log([...lines, '`.ci/run` installs and starts all of these on Debian 12.'].join('\n'))
  if (!isLong) {
    const longFiles = filesBelow(root).filter((path) => /\.long\.test\.tsx?$/.test(path))
    console.log(
      `- ${longFiles.length} files of long tests were not run, and properties and kills at a fraction: npm run test:long`,
    )
  }
  if (failures.length > 0)
    console.log(['Failed:', ...failures.map((failure) => `  ${failure.replace(`${root}/`, '')}`)].join('\n'))
  console.log(
    failures.length > 0
      ? 'Next: the details of each failure are above; `npm test -- PATH` runs one file again, `npm run format` fixes formatting.'
      : 'Next: `npm start` runs the demo; CONTRIBUTING.md explains how to contribute.',
  )
  process.exitCode = failures.length > 0 ? 1 : 0
  console.log(`${passed} passed, ${failures.length} failed, ${skipped} skipped`)
}
