/**
 * A large artifact up and down through the proxy, by curl: on disk against `cp` (up: with its content synced, as ours
 * is), on S3 against the S3 client alone. The two take turns; the best round of each counts. The server's memory is its
 * peak during all transfers against its size at rest, after one small file up and down.
 *
 * npm run bench -- artifacts [--mebibytes 1024] [--rounds 3] [--s3 s3://bucket/prefix, with CAIRN_S3_… and AWS_… set]
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startCairn } from './servers.js'

const { values: flags } = parseArgs({
  options: {
    mebibytes: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '3' },
    s3: { type: 'string' },
  },
})
const mebibytes = Number(flags.mebibytes)
const folder = mkdtempSync(join(tmpdir(), 'bench-artifacts-'))
const source = join(folder, 'source')
const copy = join(folder, 'copy')
const fetched = join(folder, 'fetched')
const load = () => loadavg()[0]!.toFixed(1)

/** Seconds of a command. */
function seconds(program: string, ...args: string[]): number {
  const started = performance.now()
  execFileSync(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  return (performance.now() - started) / 1000
}

function writeSource(path: string, size: number) {
  const file = openSync(path, 'w')
  for (let i = 0; i < size; i++) writeSync(file, randomBytes(1024 * 1024))
  closeSync(file)
}

/** Kilobytes of a process: `VmRSS` now, `VmHWM` at most since it was last reset. */
const memory = (pid: number, what: 'VmRSS' | 'VmHWM') =>
  Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])

interface Peer {
  readonly name: string
  up(): number
  down(): number
}

const cp: Peer = {
  name: 'cp',
  up: () => {
    rmSync(copy, { force: true })
    return seconds('sh', '-c', `cp ${source} ${copy} && sync ${copy}`)
  },
  down: () => {
    rmSync(copy, { force: true })
    return seconds('cp', source, copy)
  },
}

function s3Alone(uri: string): Peer {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? []
  const script = new URL('./artifacts/s3-alone.ts', import.meta.url).pathname
  const run = (direction: string, file: string) => {
    const args = [...process.execArgv, script, direction, process.env.CAIRN_S3_ENDPOINT ?? '', bucket]
    return Number(execFileSync(process.execPath, [...args, `${prefix}/alone`, file], { encoding: 'utf8' }))
  }
  return { name: 'the S3 client alone', up: () => run('up', source), down: () => run('down', copy) }
}

interface Row {
  readonly store: string
  readonly peer: string
  readonly up: { readonly ours: number; readonly theirs: number }
  readonly down: { readonly ours: number; readonly theirs: number }
  readonly growthMebibytes: number
  readonly load: string
}

async function measure(store: string, args: readonly string[], peer: Peer): Promise<Row> {
  const before = load()
  const server = await startCairn({ args })
  const url = `${server.url}/api/2.0/mlflow-artifacts/artifacts/0`
  const put = (file: string, name: string) => {
    seconds('curl', '-s', '-o', '/dev/null', '-X', 'DELETE', `${url}/${name}`) // as `cp` finds no copy there
    return seconds('curl', '-sf', '-o', '/dev/null', '-T', file, `${url}/${name}`)
  }
  const get = (name: string) => {
    rmSync(fetched, { force: true })
    return seconds('curl', '-sf', '-o', fetched, `${url}/${name}`)
  }
  const small = join(folder, 'small')
  writeSource(small, 8)
  put(small, 'small')
  get('small')
  const rest = memory(server.pid, 'VmRSS')
  writeFileSync(`/proc/${server.pid}/clear_refs`, '5')
  const times = {
    ours: { up: [] as number[], down: [] as number[] },
    theirs: { up: [] as number[], down: [] as number[] },
  }
  for (let round = 0; round < Number(flags.rounds); round++) {
    times.theirs.up.push(peer.up())
    times.ours.up.push(put(source, 'large'))
    times.theirs.down.push(peer.down())
    times.ours.down.push(get('large'))
  }
  execFileSync('cmp', [source, fetched])
  const growthMebibytes = (memory(server.pid, 'VmHWM') - rest) / 1024
  await server.stop()
  const rate = (all: number[]) => mebibytes / Math.min(...all)
  const best = (way: 'up' | 'down') => ({ ours: rate(times.ours[way]), theirs: rate(times.theirs[way]) })
  return {
    store,
    peer: peer.name,
    up: best('up'),
    down: best('down'),
    growthMebibytes,
    load: `${before} to ${load()}`,
  }
}

try {
  writeSource(source, mebibytes)
  const rows = [await measure('disk', [], cp)]
  if (flags.s3) rows.push(await measure('S3', ['--artifacts-destination', flags.s3], s3Alone(flags.s3)))
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${cpus()[0]?.model} × ${cpus().length}, Node ${process.version}`
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const command = `npm run bench -- artifacts --mebibytes ${mebibytes} --rounds ${flags.rounds}${flags.s3 ? ' --s3 …' : ''}`
  const way = ({ ours, theirs }: Row['up']) =>
    `${ours.toFixed(0)} against ${theirs.toFixed(0)} MiB/s: ${(ours / theirs).toFixed(2)}×`
  const page = `# A large artifact up and down, ${date}

${machine}, commit ${commit}. \`${command}\`

${mebibytes} MiB through the proxy, by curl, against \`cp\` (up: content synced, as ours is) and against the S3 client alone. The two take
turns; the best round of each counts. Memory is the server's peak over its size at rest.

| store | against | up | down | memory | load |
|---|---|---|---|---|---|
${rows.map((row) => `| ${row.store} | ${row.peer} | ${way(row.up)} | ${way(row.down)} | +${row.growthMebibytes.toFixed(0)} MiB | ${row.load} |`).join('\n')}
`
  const file = new URL(`./results/${date}-artifacts`, import.meta.url).pathname
  writeFileSync(`${file}.md`, page)
  writeFileSync(
    `${file}.json`,
    `${JSON.stringify({ date, machine, commit, command, mebibytes, rows }, null, 2)}\n`,
  )
  console.log(page)
} finally {
  rmSync(folder, { recursive: true })
}
