import type { Me as GetMe } from '@cairn/platform/protocol/identities'
import type { Output } from '@cairn/platform/protocol/operation'
import { call } from './call.js'
import { send } from './http.js'

export type Me = Output<typeof GetMe>

export const getMe = (signal?: AbortSignal) =>
  call<typeof GetMe>('GET /api/2.0/preview/scim/v2/Me', {}, signal)

export const getHealth = async (signal?: AbortSignal) => {
  await send('health', signal ? { signal } : {})
  return true
}
