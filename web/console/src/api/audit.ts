import type { AuditEvent, ExportAudit, ListAudit } from '@cairn/platform/protocol/cairn/audit'
import type { Input, Output } from '@cairn/platform/protocol/operation'
import { call, urlOf } from './call.js'

export type { AuditEvent }
export type AuditPage = Output<typeof ListAudit>
export type AuditQuery = Omit<Input<typeof ListAudit>, 'max_results' | 'page_token'>
export type Outcome = NonNullable<AuditQuery['outcome']>
export const OUTCOMES = ['success', 'denied', 'failed'] as const satisfies readonly Outcome[]

const PAGE = 50

export const listAudit = (query: AuditQuery, page_token: string, signal?: AbortSignal) =>
  call<typeof ListAudit>(
    'GET /api/cairn/v1/audit',
    { max_results: PAGE, ...query, ...(page_token && { page_token }) },
    signal,
  )

export const auditExportUrl = (query: AuditQuery, format: 'csv' | 'jsonl') =>
  urlOf<typeof ExportAudit>('GET /api/cairn/v1/audit/export', { ...query, format })
