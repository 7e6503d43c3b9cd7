import type {
  AccessRequest,
  AccessRequestState,
  ApproveAccessRequest,
  DeclineAccessRequest,
  ListAccessRequests,
  RequestAccess,
  WithdrawAccessRequest,
} from '@cairn/platform/protocol/cairn/access-requests'
import type {
  ExportObjectReview,
  ExportPrincipalReview,
  ReviewedPrivilege,
  ReviewObject,
  ReviewPrincipal,
} from '@cairn/platform/protocol/cairn/access-review'
import type { Input } from '@cairn/platform/protocol/operation'
import { call, urlOf } from './call.js'

export type { AccessRequest, AccessRequestState, ReviewedPrivilege }
export type AccessBox = 'mine' | 'to_decide'

export const requestAccess = (input: Input<typeof RequestAccess>) =>
  call<typeof RequestAccess>('POST /api/cairn/v1/access-requests', input)

export const listAccessRequests = (
  input: { box: AccessBox; state?: AccessRequestState; page_token?: string; max_results?: number },
  signal?: AbortSignal,
) => call<typeof ListAccessRequests>('GET /api/cairn/v1/access-requests', input, signal)

export const approveAccessRequest = (input: Input<typeof ApproveAccessRequest>) =>
  call<typeof ApproveAccessRequest>('POST /api/cairn/v1/access-requests/{id}/approve', input)

export const declineAccessRequest = (input: Input<typeof DeclineAccessRequest>) =>
  call<typeof DeclineAccessRequest>('POST /api/cairn/v1/access-requests/{id}/decline', input)

export const withdrawAccessRequest = (id: string) =>
  call<typeof WithdrawAccessRequest>('POST /api/cairn/v1/access-requests/{id}/withdraw', { id })

/** A page of the access to an object, or of a principal. */
export async function reviewAccess(
  of: { securable_type: string; full_name: string } | { principal: string },
  page_token: string | undefined,
  signal?: AbortSignal,
) {
  const page = page_token ? { page_token } : {}
  if ('principal' in of) {
    const route = 'GET /api/cairn/v1/access-review/principal'
    const { entries, next_page_token } = await call<typeof ReviewPrincipal>(
      route,
      { ...page, ...(of.principal && { principal: of.principal }) },
      signal,
    )
    const rows = entries.map((one) => ({
      subject: one.full_name,
      kind: one.securable_type,
      privileges: one.privileges,
    }))
    return { rows, next_page_token }
  }
  const { entries, next_page_token } = await call<typeof ReviewObject>(
    'GET /api/cairn/v1/access-review/object',
    { ...of, ...page },
    signal,
  )
  const rows = entries.map((one) => ({
    subject: one.principal,
    kind: one.principal_type,
    privileges: one.privileges,
  }))
  return { rows, next_page_token }
}

export const reviewCsvUrl = (of: { securable_type: string; full_name: string } | { principal: string }) =>
  'principal' in of
    ? urlOf<typeof ExportPrincipalReview>('GET /api/cairn/v1/access-review/principal.csv', {
        ...(of.principal && { principal: of.principal }),
      })
    : urlOf<typeof ExportObjectReview>('GET /api/cairn/v1/access-review/object.csv', of)
