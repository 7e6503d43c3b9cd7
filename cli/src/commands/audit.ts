import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { invalid } from '@cairn/platform/errors'
import { type AuditEvent, ExportAudit, ListAudit } from '@cairn/platform/protocol/cairn/audit'
import { pages } from '@cairn/sdk/page'
import { Command, Option } from 'commander'
import { connect } from '../client/connect.js'
import { examples } from '../client/examples.js'
import { formatTime } from '../client/format.js'
import { printRows } from '../client/output.js'
import { parseDuration } from '../client/parse-duration.js'
import { parseInteger } from '../client/parse-integer.js'
import { responseError } from '../client/response-error.js'
import { forStdout } from '../client/terminal-text.js'

/** `cairn audit`: who did what on which object, from where, and whether it was allowed. */
export function auditCommand() {
  const audit = new Command('audit')
    .description('List and export audit events')
    .addHelpText(
      'after',
      examples('cairn audit list --outcome denied --since 1d', 'cairn audit export --format csv > audit.csv'),
    )
  addList(audit)
  addExport(audit)
  return audit
}

interface FilterOptions {
  readonly securable?: string
  readonly type?: string
  readonly principal?: string
  readonly action?: string
  readonly outcome?: 'success' | 'denied' | 'failed'
  readonly address?: string
  readonly since?: number
  readonly until?: number
}

/** `2026-11-29`, `2026-11-29T08:00Z`, or `1d` for a day ago. @returns milliseconds since the epoch */
function parseTime(text: string): number {
  if (/^(\d+[smhdw])+$/.test(text)) return Date.now() - parseDuration(text) * 1000
  const time = Date.parse(text)
  if (Number.isNaN(time))
    throw invalid(`'${text}' is not a time; use e.g. 1d, 2026-11-29 or 2026-11-29T08:00Z.`)
  return time
}

const withFilters = (command: Command) =>
  command
    .option('--securable <name>', 'only this object and objects in it')
    .option('--type <type>', 'the kind of object, e.g. experiment, registered_model, job, serving_endpoint')
    .option('--principal <name>', 'only this caller')
    .option('--action <operation>', 'only this operation, e.g. deleteRun')
    .addOption(
      new Option('--outcome <outcome>', 'only this outcome').choices(['success', 'denied', 'failed']),
    )
    .option('--address <ip>', 'only requests from this address')
    .option('--since <time>', 'e.g. 1d, or 2026-11-29', parseTime)
    .option('--until <time>', 'e.g. 1h, or 2026-11-29T08:00Z', parseTime)

const filterOf = ({ securable, type, principal, action, outcome, address, since, until }: FilterOptions) => ({
  ...(securable && { securable }),
  ...(type && { object_type: type }),
  ...(principal && { principal }),
  ...(action && { action }),
  ...(outcome && { outcome }),
  ...(address && { source_ip_address: address }),
  ...(since !== undefined && { start_time: Math.max(0, since) }),
  ...(until !== undefined && { end_time: Math.max(0, until) }),
})

function addList(audit: Command) {
  withFilters(audit.command('list'))
    .description('List events, newest first')
    .option('--limit <number>', 'number of events', parseInteger, 100)
    .addHelpText(
      'after',
      examples(
        'cairn audit list --principal ada --since 7d',
        'cairn audit list --securable main.movielens --outcome denied',
        'cairn audit list --type experiment --securable movies',
      ),
    )
    .action(async ({ limit, ...options }: FilterOptions & { limit: number }, command) => {
      const { call } = connect(command)
      const newestFirst = pages(async (page_token) => {
        const page = await call(ListAudit, {
          ...filterOf(options),
          max_results: Math.min(100, limit),
          ...(page_token && { page_token }),
        })
        return { items: page.events, next: page.next_page_token }
      })
      const events: AuditEvent[] = []
      for await (const event of newestFirst) if (events.push(event) >= limit) break
      printRows(
        command,
        events,
        {
          time: (row) => formatTime(row.event_time),
          principal: (row) => row.user_identity.email,
          from: (row) => row.source_ip_address,
          action: (row) => row.action_name,
          on: (row) => (row.object ? `${row.object.type} ${row.object.name ?? row.object.id ?? ''}` : ''),
          outcome: (row) => row.outcome,
          count: (row) => row.count,
          why: (row) => row.reason,
        },
        'No events found.',
      )
    })
}

function addExport(audit: Command) {
  withFilters(audit.command('export'))
    .description('Print all events that match, as JSON lines or CSV')
    .addOption(new Option('--format <format>', 'format').choices(['jsonl', 'csv']).default('jsonl'))
    .addHelpText('after', examples('cairn audit export --since 30d > audit.jsonl'))
    .action(async ({ format, ...options }: FilterOptions & { format: string }, command) => {
      const { server, token, fetch } = connect(command)
      const query = new URLSearchParams({ format })
      for (const [name, value] of Object.entries(filterOf(options))) query.set(name, String(value))
      const response = await fetch(`${server}${ExportAudit.path}?${query}`, {
        headers: token ? { authorization: `Bearer ${token}` } : {},
      })
      if (!response.ok || !response.body) throw responseError(response.status, await response.text())
      const lines = Readable.fromWeb(response.body as never).setEncoding('utf8')
      await pipeline(lines, shownOnTerminal, process.stdout, { end: false })
    })
}

async function* shownOnTerminal(texts: AsyncIterable<string>) {
  for await (const text of texts) yield forStdout(text)
}
