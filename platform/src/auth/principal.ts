export type PrincipalType = 'user' | 'group' | 'service_principal'

export interface Principal {
  readonly id: string
  readonly type: PrincipalType
  readonly name: string
}

/** How people know a principal. */
export interface PrincipalLabel {
  readonly name: string
  readonly display_name: string
}

/** The principal of a request, with its session or token. */
export interface Caller extends Principal {
  /** Id of the session. */
  readonly session?: string
  /** Id of the token of the request, or of the one that its session was opened with. */
  readonly token?: string
  /** The scopes of the token. Without them it has all rights of the principal. */
  readonly scopes?: readonly string[]
  /** How the caller signed in, if neither with a session nor with a token; `internal` for calls between services. */
  readonly via?: 'password' | 'internal'
}

/** The owner of the workspace, who also sends requests from loopback addresses without a token. */
export const LOCAL_OWNER: Principal = { id: 'local-owner', type: 'user', name: 'owner' }

/** The group of all principals. */
export const EVERYONE: Principal = { id: 'account-users', type: 'group', name: 'account users' }

/** The group of administrators; it exists once the first one was invited. */
export const ADMINS: Principal = { id: 'workspace-admins', type: 'group', name: 'workspace admins' }

export const isBuiltIn = (id: string) => [LOCAL_OWNER.id, EVERYONE.id, ADMINS.id].includes(id)
