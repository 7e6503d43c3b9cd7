import type { Me as GetMe } from '@cairn/platform/protocol/identities'
import type { Output } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type Me = Output<typeof GetMe>

/** The signed-in principal, for the account menu. */
export const getMe = (signal?: AbortSignal) =>
  call<typeof GetMe>('GET /api/2.0/preview/scim/v2/Me', {}, signal)
