export type PrincipalType = 'user' | 'group' | 'service_principal'

export interface Principal {
  readonly id: string
  readonly type: PrincipalType
  readonly name: string
}

/** The owner of the workspace, who also sends requests from loopback addresses without a token. */
export const LOCAL_OWNER: Principal = { id: 'local-owner', type: 'user', name: 'owner' }

/** The group of all principals. */
export const EVERYONE: Principal = { id: 'account-users', type: 'group', name: 'account users' }
