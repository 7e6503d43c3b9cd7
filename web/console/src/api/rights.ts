import type { Explain } from '@cairn/platform/protocol/cairn/explain'
import type { Input } from '@cairn/platform/protocol/operation'
import { call } from './call.js'

export type SecurableName = Pick<Input<typeof Explain>, 'securable_type' | 'full_name'>

/** The securable of rights to create objects. */
export const METASTORE: SecurableName = { securable_type: 'metastore', full_name: 'metastore' }

/** Returns whether the caller has a privilege. Decided by the server, which knows ownership and groups. */
export const hasPrivilege = async (securable: SecurableName, privilege: string, signal?: AbortSignal) =>
  (await call<typeof Explain>('GET /api/cairn/v1/explain', { ...securable, privilege }, signal)).allowed
