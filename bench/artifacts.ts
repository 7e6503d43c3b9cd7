/**
 * A large artifact up and down through the proxy: on disk against `cp` (up: with its content synced, as ours is), on S3
 * against the S3 client alone. Each pair takes turns; the best round of each counts. What curl needs to copy a file says
 * how much of a download is curl's own; a client that does no more than it must says what is left. The server's memory is
 * its peak during the transfers of one way against its size at rest, after one small file up and down.
 *
 * npm run bench -- artifacts [--mebibytes 1024] [--rounds 3] [--nginx nginx] [--s3 s3://bucket/prefix, with CAIRN_S3_… and AWS_… set]
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { startNginx } from './artifacts/nginx.js'
import { into, seconds, secondsSaid } from './artifacts/timing.js'
import { startCairn } from './servers.js'

const { values: flags } = parseArgs({
  options: {
    mebibytes: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '3' },
    nginx: { type: 'string' },
    s3: { type: 'string' },
  },
})
const mebibytes = Number(flags.mebibytes)
const rounds = Number(flags.rounds)
const folder = mkdtempSync(join(tmpdir(), 'bench-artifacts-'))
const source = join(folder, 'source')
const small = join(folder, 'small')
const copy = join(folder, 'copy')
const fetched = join(folder, 'fetched')
const plainClient = new URL('./artifacts/fetch.ts', import.meta.url)
const s3Client = new URL('./artifacts/s3-alone.ts', import.meta.url)
const load = () => loadavg()[0]!.toFixed(1)

function writeSource(path: string, size: number) {
  const file = openSync(path, 'w')
  for (let i = 0; i < size; i++) writeSync(file, randomBytes(1024 * 1024))
  closeSync(file)
}

/** Kilobytes of a process: `VmRSS` now, `VmHWM` at most since it was last reset. */
const memory = (pid: number, what: 'VmRSS' | 'VmHWM') =>
  Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])

type Way = 'up' | 'down'

/** One way to send or fetch the large file, by our server or without it. */
interface Transfer {
  readonly name: string
  seconds(): number
}

/** A transfer by our server, whose artifacts are at `url`, and the one it is compared with. */
type Pair = readonly [way: Way, ours: (url: string) => Transfer, theirs: Transfer]

const sending = (file: string, name: string) => (url: string) => ({
  name: 'curl',
  seconds: () => {
    seconds('curl', '-s', '-o', '/dev/null', '-X', 'DELETE', `${url}/${name}`) // as `cp` finds no copy there
    return seconds('curl', '-sf', '-o', '/dev/null', '-T', file, `${url}/${name}`)
  },
})
const fetching = (name: string) => (url: string) => ({
  name: 'curl',
  seconds: () => into(fetched, () => seconds('curl', '-sf', '-o', fetched, `${url}/${name}`)),
})
const fetchingPlainly = (name: string) => (url: string) => ({
  name: 'a plain client',
  seconds: () => secondsSaid(plainClient, `${url}/${name}`, fetched),
})

const cp = { name: 'cp', seconds: () => into(copy, () => seconds('cp', source, copy)) }
const cpAndSync = {
  name: 'cp, then sync',
  seconds: () => into(copy, () => seconds('sh', '-c', `cp ${source} ${copy} && sync ${copy}`)),
}
const byNginx = (transfer: Transfer) => ({ ...transfer, name: 'nginx, sendfile' })
const curlAlone = {
  name: 'curl copying a file',
  seconds: () => into(copy, () => seconds('curl', '-sf', '-o', copy, pathToFileURL(source).href)),
}

function s3Alone(uri: string, way: Way): Transfer {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? []
  const place = [process.env.CAIRN_S3_ENDPOINT ?? '', bucket, `${prefix}/alone`]
  const run = {
    up: () => secondsSaid(s3Client, 'up', ...place, source),
    down: () => secondsSaid(s3Client, 'down', ...place, copy),
  }
  return { name: 'the S3 client alone', seconds: run[way] }
}

interface Comparison {
  readonly store: string
  readonly way: Way
  readonly client: string
  readonly against: string
  /** MiB per second. */
  readonly ours: number
  readonly theirs: number
}

/** MiB; of the ways, what they add to it. */
interface Memory extends Record<Way, number> {
  readonly store: string
  readonly rest: number
  readonly load: string
}

async function measure(store: string, args: readonly string[], pairs: readonly Pair[]) {
  const before = load()
  const server = await startCairn({ args })
  const url = `${server.url}/api/2.0/mlflow-artifacts/artifacts/0`
  sending(small, 'small')(url).seconds()
  fetching('small')(url).seconds()
  const rest = memory(server.pid, 'VmRSS')
  const peaks = { up: rest, down: rest }
  const watched = (way: Way, transfer: Transfer) => {
    writeFileSync(`/proc/${server.pid}/clear_refs`, '5')
    const time = transfer.seconds()
    peaks[way] = Math.max(peaks[way], memory(server.pid, 'VmHWM'))
    if (way === 'down') execFileSync('cmp', [source, fetched])
    return time
  }
  const matches = pairs.map(([way, ours, theirs]) => ({ way, ours: ours(url), theirs }))
  const times = matches.map(() => ({ ours: [] as number[], theirs: [] as number[] }))
  for (let round = 0; round < rounds; round++)
    for (const [i, { way, ours, theirs }] of matches.entries()) {
      times[i]!.theirs.push(theirs.seconds())
      times[i]!.ours.push(watched(way, ours))
    }
  await server.stop()
  const rate = (all: number[]) => mebibytes / Math.min(...all)
  const comparisons = matches.map(({ way, ours, theirs }, i): Comparison => {
    const names = { client: ours.name, against: theirs.name }
    return { store, way, ...names, ours: rate(times[i]!.ours), theirs: rate(times[i]!.theirs) }
  })
  const added = (peak: number) => (peak - rest) / 1024
  const held: Memory = {
    store,
    rest: rest / 1024,
    up: added(peaks.up),
    down: added(peaks.down),
    load: `${before} to ${load()}`,
  }
  return { comparisons, held }
}

const onDisk = (nginx: string | undefined) =>
  measure(
    'disk',
    [],
    [
      ['up', sending(source, 'large'), cpAndSync],
      ['down', fetching('large'), cp],
      ['down', fetching('large'), curlAlone],
      ['down', fetchingPlainly('large'), cp],
      ...(nginx
        ? ([
            ['down', fetching('large'), byNginx(fetching('source')(nginx))],
            ['down', fetchingPlainly('large'), byNginx(fetchingPlainly('source')(nginx))],
            ['down', () => ({ ...fetching('source')(nginx), name: 'curl, from nginx in place of ours' }), cp],
          ] as const)
        : []),
    ],
  )

const onS3 = (uri: string) =>
  measure(
    'S3',
    ['--artifacts-destination', uri],
    [
      ['up', sending(source, 'large'), s3Alone(uri, 'up')],
      ['down', fetching('large'), s3Alone(uri, 'down')],
      ['down', fetchingPlainly('large'), s3Alone(uri, 'down')],
    ],
  )

try {
  writeSource(source, mebibytes)
  writeSource(small, 8)
  const nginx = flags.nginx ? await startNginx(flags.nginx, folder) : undefined
  const disk = await onDisk(nginx?.url)
  await nginx?.stop()
  const stores = [disk, ...(flags.s3 ? [await onS3(flags.s3)] : [])]
  const comparisons = stores.flatMap((store) => store.comparisons)
  const memories = stores.map(({ held }) => held)
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${cpus()[0]?.model} × ${cpus().length}, Node ${process.version}`
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const command = `npm run bench -- artifacts --mebibytes ${mebibytes} --rounds ${rounds}${flags.nginx ? ' --nginx nginx' : ''}${flags.s3 ? ' --s3 …' : ''}`
  const page = `# A large artifact up and down, ${date}

${machine}, commit ${commit}. \`${command}\`

${mebibytes} MiB through the proxy, in MiB/s. Each pair takes turns; the best round of each counts. What curl needs to copy a file
(\`curl file://…\`, no server) is the least that a download by curl takes; the plain client (\`bench/artifacts/fetch.ts\`) reads
256 KiB at a time and writes them to the file. nginx has the kernel send the file: what a download over HTTP reaches on this machine.

| store | way | client | ours | theirs | against | ratio |
|---|---|---|---|---|---|---|
${comparisons.map(({ store, way, client, ours, theirs, against }) => `| ${store} | ${way} | ${client} | ${ours.toFixed(0)} | ${theirs.toFixed(0)} | ${against} | ${(ours / theirs).toFixed(2)}× |`).join('\n')}

The server's size at rest, and its peak above it, in MiB:

| store | at rest | up | down | load of the machine |
|---|---|---|---|---|
${memories.map(({ store, rest, up, down, load }) => `| ${store} | ${rest.toFixed(0)} | +${up.toFixed(0)} | +${down.toFixed(0)} | ${load} |`).join('\n')}
`
  const file = new URL(`./results/${date}-artifacts`, import.meta.url).pathname
  writeFileSync(`${file}.md`, page)
  writeFileSync(
    `${file}.json`,
    `${JSON.stringify({ date, machine, commit, command, mebibytes, comparisons, memories }, null, 2)}\n`,
  )
  console.log(page)
} finally {
  rmSync(folder, { recursive: true })
}
