export type PrincipalType = 'user' | 'group' | 'service_principal'

export interface Principal {
  readonly id: string
  readonly type: PrincipalType
  readonly name: string
}

/** Who a request without a token is on a loopback address: the workspace's owner. */
export const LOCAL_OWNER: Principal = { id: 'local-owner', type: 'user', name: 'owner' }

/** The group that every principal belongs to. */
export const EVERYONE: Principal = { id: 'account-users', type: 'group', name: 'account users' }
