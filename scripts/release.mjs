import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { install } from './install.mjs'
import { releaseChangelog } from './release/changelog.mjs'
import { layOutProduct } from './release/product.mjs'
import { nextVersion, withVersion } from './release/version.mjs'
import { progress, Refusal, run } from './terminal.mjs'
import { root, workspaces } from './workspaces.mjs'

const OUTPUT = join(root, 'dist')
const HELP = `Usage: npm run release -- VERSION [--dry-run]

VERSION is major, minor, patch, or a version such as 1.2.0. Sets it in every package, moves the unreleased entries of
CHANGELOG.md below it, builds, packs dist/cairn-VERSION.tgz and dist/cairn-sdk-VERSION.tgz, commits and tags. Pushes nothing.
With --dry-run it packs the present version and changes nothing.`

const [wanted, ...flags] = process.argv.slice(2)
const dryRun = wanted === '--dry-run' || flags.includes('--dry-run')

const path = (name) => join(root, name)
const read = (name) => JSON.parse(readFileSync(path(name), 'utf8'))
const write = (name, value) => writeFileSync(path(name), `${JSON.stringify(value, null, 2)}\n`)
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

function requireClean() {
  const changed = git('status', '--porcelain')
  if (changed) throw new Refusal(`Commit or remove these changes first:\n${changed}`)
  const branch = git('branch', '--show-current')
  if (branch !== 'main')
    throw new Refusal(`Releases are made on main, not on ${branch || 'a detached commit'}.`)
}

function writeVersion(version) {
  const packages = workspaces().map((unit) => unit.path)
  for (const folder of ['.', ...packages]) {
    const name = join(folder, 'package.json')
    write(name, withVersion(read(name), version))
  }
  const lock = read('package-lock.json')
  lock.version = version
  for (const folder of ['', ...packages]) lock.packages[folder] = withVersion(lock.packages[folder], version)
  write('package-lock.json', lock)
  const today = new Date().toISOString().slice(0, 10)
  const changelog = readFileSync(path('CHANGELOG.md'), 'utf8')
  writeFileSync(path('CHANGELOG.md'), releaseChangelog(changelog, version, today))
}

/** @returns the paths of the tarballs */
function pack(version) {
  const line = progress('Packing')
  mkdirSync(OUTPUT, { recursive: true })
  const layout = path('.cache/release/cairn')
  layOutProduct(layout, version)
  const tarballs = [layout, path('sdk')].map((folder) => npmPack(folder))
  rmSync(layout, { recursive: true })
  line.done('')
  return tarballs
}

function npmPack(folder) {
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', OUTPUT]
  const output = execFileSync('npm', args, { cwd: folder, encoding: 'utf8' })
  const [{ filename }] = JSON.parse(output)
  const plain = filename.replace(/^@/, '').replace('/', '-')
  if (plain !== filename) renameSync(join(OUTPUT, filename), join(OUTPUT, plain))
  return join(OUTPUT, plain)
}

function commit(version) {
  git('add', '--update')
  git('commit', '--message', `chore: release ${version}`)
  git('tag', '--annotate', `v${version}`, '--message', `Cairn ${version}`)
}

await run(async () => {
  if (!wanted || ['-h', '--help'].includes(wanted)) return console.log(HELP)
  const { version: current } = read('package.json')
  const version = dryRun ? current : nextVersion(current, wanted)
  await install()
  if (!dryRun) {
    requireClean()
    writeVersion(version)
  }
  await build()
  const tarballs = pack(version)
  if (!dryRun) commit(version)
  console.log(`\n${tarballs.map((path) => `Packed ${path}`).join('\n')}`)
  console.log(
    `Try it in an empty folder: ONNXRUNTIME_NODE_INSTALL=skip npm install ${join(OUTPUT, `cairn-${version}.tgz`)} && npx cairn up`,
  )
  if (!dryRun) console.log(`Next: git push --follow-tags origin main v${version}`)
})
