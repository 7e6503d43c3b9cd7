import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bar, progress, Refusal, run } from './terminal.mjs'
import { root } from './workspaces.mjs'

const SQLITE = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node'
const NO_COMPILER =
  'No prebuilt SQLite fits this machine and there is no C++ compiler to build one: install it ' +
  '(Debian, Ubuntu: `apt-get install g++ make python3`; Fedora: `dnf install gcc-c++ make python3`; ' +
  'macOS: `xcode-select --install`), then run the command again.'

const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages

/** @returns paths of packages of the lockfile that `node_modules` lacks or has in another version */
export function outdatedPackages(folder = root) {
  const installedPath = join(folder, 'node_modules/.package-lock.json')
  const wanted = Object.entries(read(join(folder, 'package-lock.json')))
    .filter(([path, entry]) => path.includes('node_modules/') && !entry.optional && !entry.devOptional)
    .filter(([path, entry]) => !(entry.peer && entry.optional) && path !== '')
  if (!existsSync(installedPath)) return wanted.map(([path]) => path)
  const installed = read(installedPath)
  return wanted
    .filter(([path, entry]) => {
      const have = installed[path]
      return !have || have.version !== entry.version || have.integrity !== entry.integrity
    })
    .map(([path]) => path)
}

/**
 * Installs missing and outdated packages; with nothing to do it takes a few milliseconds.
 * @param {{ isCompiling?: boolean }} options `isCompiling: false` leaves SQLite as it is, which needs no compiler
 */
export async function install(folder = root, { isCompiling = true } = {}) {
  const missing = outdatedPackages(folder)
  if (missing.length > 0) {
    // `npm ci` removes node_modules, so it is for a fresh clone; `npm install` fetches the difference.
    const command = existsSync(join(folder, 'node_modules')) ? 'install' : 'ci'
    const state = () => installed(folder, missing)
    await npm(folder, [command], `Installing ${missing.length} npm packages`, state)
  }
  // `.npmrc` ignores the install scripts of packages: none needs its own, but for SQLite on Node 20
  if (isCompiling && needsCompiledSqlite && !hasFittingSqlite(folder))
    await npm(
      folder,
      ['rebuild', 'better-sqlite3', '--ignore-scripts=false'],
      'Compiling SQLite, a minute or two',
    )
}

/** Runs npm with a line of progress. @throws a refusal with its output, or with advice when a compiler is missing */
async function npm(folder, command, label, state = () => '') {
  const line = progress(label)
  const timer = setInterval(() => line.update(state()), 500)
  const { code, output } = await runNpm(folder, command)
  clearInterval(timer)
  if (code === 0) return line.done('')
  line.fail('')
  if (
    /gyp ERR!/.test(output) &&
    /not found: make|no C\+\+|g\+\+|c\+\+|Could not find any Python/i.test(output)
  )
    throw new Refusal(NO_COMPILER)
  throw new Refusal(
    `${output.trim().split('\n').slice(-30).join('\n')}\nnpm could not install the packages; its output is above.`,
  )
}

function installed(folder, packages) {
  const there = packages.filter((path) => existsSync(join(folder, path, 'package.json'))).length
  return `${bar(there / packages.length)} ${there}/${packages.length}`
}

/** Only Node 20 runs the release of better-sqlite3 that is compiled; see `platform/src/db/better-sqlite3.ts`. */
const needsCompiledSqlite = Number(process.versions.napi) < 10

/** Returns whether SQLite is compiled for this version of Node, which another one may have compiled. */
export function hasFittingSqlite(folder = root) {
  try {
    process.dlopen({ exports: {} }, join(folder, SQLITE))
    return true
  } catch {
    return false
  }
}

function runNpm(folder, command) {
  return new Promise((resolve, reject) => {
    // npm sets npm_config_* for its scripts; `npm start --silent` must not silence the reason of a failure
    const { npm_config_loglevel: _, ...env } = process.env
    const args = [...command, '--no-audit', '--no-fund', '--loglevel=error']
    const child = spawn('npm', args, {
      cwd: folder,
      env: { ...env, JOBS: 'max' }, // node-gyp compiles on every core
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

if (import.meta.filename === process.argv[1])
  await run(() => install(root, { isCompiling: !process.argv.includes('--without-compiling') }))
