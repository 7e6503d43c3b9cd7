import { setImmediate } from 'node:timers/promises'
import type { AuditEvent } from '@cairn/platform/protocol/cairn/audit'
import { eventOf } from './event.js'
import type { AuditPosition, AuditStore } from './store.js'
import type { AuditView } from './view.js'

const ROWS_AT_ONCE = 200

interface ExportOptions {
  readonly format: 'jsonl' | 'csv'
  /** Runs before each page, because the caller may have lost the right during the export. */
  readonly check: () => Promise<unknown>
}

/** All events of a filter as text, one page in memory at a time. */
export async function* exportEvents(
  audit: AuditStore,
  view: AuditView,
  { format, check }: ExportOptions,
): AsyncGenerator<string> {
  const line = format === 'csv' ? csvLine : jsonLine
  if (format === 'csv') yield `${Object.keys(COLUMNS).join(',')}\r\n`
  let before: AuditPosition | undefined
  do {
    await setImmediate() // a client that reads fast would otherwise delay all other requests
    await check()
    const { events, next } = await audit.list(view.filter, before, ROWS_AT_ONCE)
    if (events.length > 0) yield events.map((row) => line(eventOf(row, view))).join('')
    before = next
  } while (before)
}

const iso = (time: number) => new Date(time).toISOString()

const jsonLine = (event: AuditEvent) =>
  `${JSON.stringify({ ...event, event_time: iso(event.event_time), last_time: iso(event.last_time) })}\n`

type Cell = string | number | null | undefined

const COLUMNS: Readonly<Record<string, (event: AuditEvent) => Cell>> = {
  event_time: (event) => iso(event.event_time),
  event_id: (event) => event.event_id,
  request_id: (event) => event.request_id,
  service_name: (event) => event.service_name,
  action_name: (event) => event.action_name,
  user_identity_email: (event) => event.user_identity.email,
  user_identity_subject_name: (event) => event.user_identity.subject_name,
  user_identity_type: (event) => event.user_identity.type,
  authentication: (event) => event.user_identity.authentication,
  token_id: (event) => event.user_identity.token_id,
  session_id: (event) => event.session_id,
  source_ip_address: (event) => event.source_ip_address,
  user_agent: (event) => event.user_agent,
  request_params: (event) => JSON.stringify(event.request_params),
  status_code: (event) => event.response.status_code,
  error_code: (event) => event.response.error_code,
  error_message: (event) => event.response.error_message,
  outcome: (event) => event.outcome,
  object_type: (event) => event.object?.type,
  object_id: (event) => event.object?.id,
  object_name: (event) => event.object?.name,
  reason: (event) => event.reason,
  changes: (event) => (event.changes.length > 0 ? JSON.stringify(event.changes) : ''),
  count: (event) => event.count,
  last_time: (event) => iso(event.last_time),
}

const csvLine = (event: AuditEvent) =>
  `${Object.values(COLUMNS)
    .map((cell) => csvCell(cell(event)))
    .join(',')}\r\n`

/** Spreadsheets run text that begins like a formula. */
function csvCell(value: Cell): string {
  const text = String(value ?? '')
  const harmless = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
