/**
 * The audit log with a million events: each filter of the list, the export and the deletion of expired events, while another
 * client polls `/health`.
 *
 * npm run bench -- audit [--rows 1000000] [--database-url postgres://…]
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { AuthSchema } from '@cairn/platform/auth/schema'
import { openDb } from '@cairn/platform/db/open'
import { sql } from 'kysely'
import { addEvents, CATALOG, DAYS, RARE, requestOf, TABLE } from './audit/events.js'
import { median } from './median.js'
import { currentConditions, recordResult } from './record.js'
import { freshFolder, startCairn } from './servers.js'
import { ms, progress, table } from './tracking/report.js'

const { values: flags } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, 'database-url': { type: 'string' } },
})
const rows = Number(flags.rows)
const PAGES = 5
const REPEATS = 3
const DAY_MS = 86_400_000
const now = Date.now()

const FILTERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no filter': {},
  'a frequent principal': { principal: 'user-0' },
  'a rare principal': { principal: RARE.principal },
  'an unknown principal': { principal: 'nobody' },
  'a frequent operation': { action: 'getRun' },
  'a rare operation': { action: RARE.action },
  success: { outcome: 'success' },
  denied: { outcome: 'denied' },
  'a type': { object_type: 'experiment' },
  'an unknown type': { object_type: 'report' },
  'an address': { source_ip_address: '10.0.0.7' },
  'a request id': { request_id: requestOf(rows >> 1) },
  'an unknown request id': { request_id: 'none' },
  'an experiment': { object_type: 'experiment', securable: '7' },
  'a table by name': { securable: TABLE.name },
  'a catalog by name': { securable: CATALOG.name },
  'an unknown name': { securable: 'none.none' },
  'a day long ago': { start_time: String(now - 70 * DAY_MS), end_time: String(now - 69 * DAY_MS) },
  'a day before all': { end_time: String(now - (DAYS + 1) * DAY_MS) },
  'a principal, denied': { principal: 'user-0', outcome: 'denied' },
  'a principal, an operation': { principal: 'user-0', action: RARE.action },
  'a rare principal long ago': { principal: RARE.principal, end_time: String(now - 70 * DAY_MS) },
  'a table, denied': { securable: TABLE.name, outcome: 'denied' },
  'a catalog, a rare principal': { securable: CATALOG.name, principal: RARE.principal },
  'a type, failed': { object_type: 'experiment', outcome: 'failed' },
  'an operation and an unknown address': { action: 'getRun', source_ip_address: '203.0.113.9' },
}

const HEALTH_EVERY_MS = 5

/** Polls `/health` until `stop` returns the longest wait in milliseconds. */
function watchHealth(base: string) {
  let health = 0
  let isOver = false
  const polling = (async () => {
    while (!isOver) {
      const begun = performance.now()
      await (await fetch(`${base}/health`)).text()
      health = Math.max(health, performance.now() - begun)
      await sleep(HEALTH_EVERY_MS)
    }
  })()
  return {
    async stop() {
      isOver = true
      await polling
      return { health }
    },
  }
}

interface Measured {
  /** Milliseconds of the slowest page, the median of the repeats. */
  readonly page: number
  readonly pages: number
  readonly events: number
  /** The longest wait of `/health`, in milliseconds. */
  readonly health: number
}

/** Reads the first pages of a list. */
async function walk(base: string, filter: Readonly<Record<string, string>>) {
  let slowest = 0
  let pages = 0
  let events = 0
  for (let token: string | null = ''; token !== null && pages < PAGES; pages++) {
    const begun = performance.now()
    const query = new URLSearchParams({ ...filter, ...(token && { page_token: token }) })
    const response = await fetch(`${base}/api/cairn/v1/audit?${query}`)
    const page = (await response.json()) as { events: unknown[]; next_page_token: string | null }
    if (!response.ok) throw new Error(JSON.stringify(page))
    slowest = Math.max(slowest, performance.now() - begun)
    events += page.events.length
    token = page.next_page_token
  }
  return { slowest, pages, events }
}

async function measure(base: string, filter: Readonly<Record<string, string>>): Promise<Measured> {
  const watch = watchHealth(base)
  const walks: Awaited<ReturnType<typeof walk>>[] = []
  for (let n = 0; n < REPEATS; n++) walks.push(await walk(base, filter))
  const { health } = await watch.stop()
  return { page: median(walks.map(({ slowest }) => slowest)), ...walks[0]!, health }
}

async function exported(base: string, filter: Readonly<Record<string, string>>) {
  const watch = watchHealth(base)
  const begun = performance.now()
  let bytes = 0
  const { body } = await fetch(`${base}/api/cairn/v1/audit/export?${new URLSearchParams(filter)}`)
  for await (const chunk of body!) bytes += chunk.length
  const seconds = (performance.now() - begun) / 1000
  return { seconds, megabytes: bytes / 1e6, ...(await watch.stop()) }
}

/** Starts a server that keeps half of the events, and waits until the others are deleted. */
async function sweep(folder: string, url: string) {
  const db = openDb<AuthSchema>(url)
  const expired = async () => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from (
      select 1 from audit_events where event_time < ${now - (DAYS / 2) * DAY_MS} limit 1) as found`.execute(
      db.read,
    )
    return Number(rows[0]!.n) > 0
  }
  const begun = performance.now()
  const peer = await startCairn({
    ...{ folder, env: { CAIRN_AUDIT_RETENTION_DAYS: String(DAYS / 2) } },
    ...(flags['database-url'] && { databaseUrl: flags['database-url'] }),
  })
  const watch = watchHealth(peer.url)
  while (await expired()) await sleep(200)
  const seconds = (performance.now() - begun) / 1000
  const { health } = await watch.stop()
  const cpu = peer.cpuSeconds()
  await peer.stop()
  await db.close()
  return { seconds, cpu, health }
}

const conditions = currentConditions('audit')
const folder = freshFolder()
const url = flags['database-url'] ?? join(folder, 'cairn.db')
try {
  progress(`writing ${rows} events`)
  await addEvents(url, rows, now)
  const peer = await startCairn({
    folder,
    ...(flags['database-url'] && { databaseUrl: flags['database-url'] }),
  })
  const measured: Record<string, Measured> = {}
  for (const [name, filter] of Object.entries(FILTERS)) {
    progress(name)
    measured[name] = await measure(peer.url, filter)
  }
  progress('exports')
  const whole = await exported(peer.url, {})
  const filtered = await exported(peer.url, { principal: 'user-0', outcome: 'denied' })
  await peer.stop()
  progress('deletion of expired events')
  const swept = await sweep(folder, url)
  const worst = Math.max(...Object.values(measured).map(({ page }) => page))
  const waits = [...Object.values(measured), whole, filtered, swept].map(({ health }) => health)
  const engine = flags['database-url'] ? 'PostgreSQL' : 'SQLite'
  recordResult({
    ...conditions,
    name: flags['database-url'] ? 'audit-postgres' : 'audit',
    headline: `${rows} events on ${engine}: slowest page ${ms(worst)}, \`/health\` within ${ms(Math.max(...waits))}`,
    page: `# Audit log with ${rows} events on ${engine}

${conditions.date}, commit ${conditions.commit}, ${conditions.machine}. \`${conditions.command}\`.
Up to ${PAGES} pages of 100 events of each filter, ${REPEATS} times: the slowest page, the median of the repeats. \`/health\` is polled all
the time; its longest wait includes other load of the machine.

${table(
  ['filter', 'slowest page', 'pages', 'events', '`/health`'],
  Object.entries(measured).map(([name, { page, pages, events, health }]) => [
    ...[name, ms(page), String(pages), String(events), ms(health)],
  ]),
)}

${table(
  ['', 'time', '', '`/health`'],
  [
    ['export of all', `${whole.seconds.toFixed(1)} s`, `${whole.megabytes.toFixed(0)} MB`, ms(whole.health)],
    [
      'export of two filters',
      `${filtered.seconds.toFixed(1)} s`,
      `${filtered.megabytes.toFixed(1)} MB`,
      ms(filtered.health),
    ],
    [
      'deletion of half of the events',
      `${swept.seconds.toFixed(1)} s`,
      `${swept.cpu.toFixed(1)} s of processor time`,
      ms(swept.health),
    ],
  ],
)}
`,
    data: { rows, engine, filters: measured, export: { whole, filtered }, deletion: swept },
  })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
