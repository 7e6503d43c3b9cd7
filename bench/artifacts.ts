/**
 * Uploads and downloads one large artifact through the server. The peers on disk are `cp` (uploads: with its content synced, like
 * ours), curl copying a file, and nginx; on S3, the S3 client alone. Each pair alternates, and the best round of each counts.
 * Memory is the peak of the server during the transfers, against its size at rest after one small transfer each way.
 *
 * npm run bench -- artifacts [--mebibytes 1024] [--rounds 3] [--nginx nginx] [--s3 s3://bucket/prefix, with CAIRN_S3_… and AWS_… set]
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { startNginx } from './artifacts/nginx.js'
import { printedSeconds, seconds, withFreshFile } from './artifacts/timing.js'
import { currentConditions, recordResult } from './record.js'
import { startCairn } from './servers.js'

const { values: flags } = parseArgs({
  options: {
    mebibytes: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '3' },
    nginx: { type: 'string' },
    s3: { type: 'string' },
  },
})
const conditions = currentConditions('artifacts')
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

/** Kilobytes of a process: `VmRSS` is its size now, `VmHWM` its peak since the last reset. */
const memory = (pid: number, field: 'VmRSS' | 'VmHWM') =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1])

type Direction = 'up' | 'down'

/** One way to upload or download the large file, with or without the server. */
interface Transfer {
  readonly name: string
  seconds(): number
}

/** A transfer through our server, whose artifacts are below `url`, and its peer. */
type Pair = readonly [way: Direction, ours: (url: string) => Transfer, theirs: Transfer]

const sending = (file: string, name: string) => (url: string) => ({
  name: 'curl',
  seconds: () => {
    seconds('curl', '-s', '-o', '/dev/null', '-X', 'DELETE', `${url}/${name}`) // `cp` writes a new file too
    return seconds('curl', '-sf', '-o', '/dev/null', '-T', file, `${url}/${name}`)
  },
})
const fetching = (name: string) => (url: string) => ({
  name: 'curl',
  seconds: () => withFreshFile(fetched, () => seconds('curl', '-sf', '-o', fetched, `${url}/${name}`)),
})
const fetchingPlainly = (name: string) => (url: string) => ({
  name: 'a plain client',
  seconds: () => printedSeconds(plainClient, `${url}/${name}`, fetched),
})

const cp = { name: 'cp', seconds: () => withFreshFile(copy, () => seconds('cp', source, copy)) }
const cpAndSync = {
  name: 'cp, then sync',
  seconds: () => withFreshFile(copy, () => seconds('sh', '-c', `cp ${source} ${copy} && sync ${copy}`)),
}
const byNginx = (transfer: Transfer) => ({ ...transfer, name: 'nginx, sendfile' })
const curlAlone = {
  name: 'curl copying a file',
  seconds: () => withFreshFile(copy, () => seconds('curl', '-sf', '-o', copy, pathToFileURL(source).href)),
}

function s3Alone(uri: string, way: Direction): Transfer {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? []
  const target = [process.env.CAIRN_S3_ENDPOINT ?? '', bucket, `${prefix}/alone`]
  const run = {
    up: () => printedSeconds(s3Client, 'up', ...target, source),
    down: () => printedSeconds(s3Client, 'down', ...target, copy),
  }
  return { name: 'the S3 client alone', seconds: run[way] }
}

interface Comparison {
  readonly store: string
  readonly way: Direction
  readonly client: string
  readonly against: string
  /** MiB per second. */
  readonly ours: number
  readonly theirs: number
}

/** In MiB; `up` and `down` are what the transfers add. */
interface Memory extends Record<Direction, number> {
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
  const watched = (way: Direction, transfer: Transfer) => {
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
  const memories: Memory = {
    store,
    rest: rest / 1024,
    up: added(peaks.up),
    down: added(peaks.down),
    load: `${before} to ${load()}`,
  }
  return { comparisons, memories }
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
  const memories = stores.map((store) => store.memories)
  const page = `# Uploading and downloading a large artifact, ${conditions.date}

${conditions.machine}, commit ${conditions.commit}. \`${conditions.command}\`

${mebibytes} MiB through the server, in MiB/s. Each pair alternates, and the best round of each counts. \`curl file://…\`, without a server,
is the least time that curl needs. The plain client (\`bench/artifacts/fetch.ts\`) reads 256 KiB at a time and writes them to the file.
nginx uses \`sendfile\`, the fastest download over HTTP on this machine.

| store | direction | client | Cairn | peer | peer's name | ratio |
|---|---|---|---|---|---|---|
${comparisons.map(({ store, way, client, ours, theirs, against }) => `| ${store} | ${way} | ${client} | ${ours.toFixed(0)} | ${theirs.toFixed(0)} | ${against} | ${(ours / theirs).toFixed(2)}× |`).join('\n')}

Memory of the server at rest, and its peak above that, in MiB:

| store | at rest | upload | download | load of the machine |
|---|---|---|---|---|
${memories.map(({ store, rest, up, down, load }) => `| ${store} | ${rest.toFixed(0)} | +${up.toFixed(0)} | +${down.toFixed(0)} | ${load} |`).join('\n')}
`
  const ratio = (way: Direction, peer: string) => {
    const found = comparisons.find((one) => one.way === way && one.against.startsWith(peer))
    return found && `${way} ${(found.ours / found.theirs).toFixed(2)}× ${peer}`
  }
  const headline = [ratio('up', 'cp, then sync'), ratio('down', 'cp'), ratio('down', 'nginx')]
  recordResult({
    ...conditions,
    name: 'artifacts',
    headline: `on disk: ${headline.filter(Boolean).join(', ')}`,
    page,
    data: { mebibytes, comparisons, memories },
  })
} finally {
  rmSync(folder, { recursive: true })
}
