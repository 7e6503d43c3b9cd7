import { ApiError } from '../errors.js'
import type { Passwords } from './passwords.js'
import { type Caller, LOCAL_OWNER } from './principal.js'
import { SESSION_PREFIX, type Sessions } from './sessions.js'
import type { Tokens } from './tokens.js'

/** The credentials of a request. */
export interface RequestCredentials {
  /** The `Authorization` header. */
  readonly authorization?: string | undefined
  /** The secret of the session cookie, used without an `Authorization` header. */
  readonly session?: string | undefined
  readonly remoteAddress: string
  /** Returns whether a proxy forwarded the request. Called only for requests without credentials. */
  readonly isForwarded: () => boolean
}

export interface AuthenticatedCaller {
  readonly caller: Caller
  /** True if the session cookie needs a new secret. */
  readonly isRotationDue?: boolean
}

type MaybeFound = Promise<AuthenticatedCaller | undefined> | AuthenticatedCaller | undefined

/** Finds the caller of a request. Returns no promise if the caller is in the cache. @throws UNAUTHENTICATED */
export type Authenticate = (
  credentials: RequestCredentials,
) => Promise<AuthenticatedCaller> | AuthenticatedCaller

export interface AuthenticateOptions {
  readonly tokens: Tokens
  readonly sessions: Sessions
  readonly passwords: Passwords
  /** True if a request without credentials from a loopback address is the local owner. */
  readonly localOwner: boolean
  /** Token of calls between services of one process, with the owner's rights. Exists only in memory. */
  readonly internalSecret?: string
}

const INTERNAL: Caller = { ...LOCAL_OWNER, via: 'internal' }

/**
 * Accepts session cookies, Bearer tokens, and Basic credentials with a name and a password. The password may be a token,
 * because clients send `MLFLOW_TRACKING_PASSWORD` as one.
 */
export function authenticator({
  tokens,
  sessions,
  passwords,
  localOwner,
  internalSecret,
}: AuthenticateOptions): Authenticate {
  const ofSession = async (secret: string): Promise<AuthenticatedCaller | undefined> => sessions.find(secret)
  const ofBearer = (secret: string): MaybeFound => {
    if (secret === internalSecret) return { caller: INTERNAL }
    if (secret.startsWith(SESSION_PREFIX)) return ofSession(secret)
    const found = tokens.findPrincipal(secret)
    return found instanceof Promise ? found.then((caller) => caller && { caller }) : { caller: found }
  }
  const ofBasic = (pair: string, address: string): MaybeFound => {
    const text = Buffer.from(pair, 'base64').toString('utf8')
    const colon = text.indexOf(':')
    const [name, password] = [text.slice(0, colon), text.slice(colon + 1)]
    if (colon < 0 || !password) return undefined
    const known = passwords.remembered({ name, password })
    if (known) return { caller: { ...known, via: 'password' as const } }
    return ofUnknownPair(name, password, address)
  }
  const ofUnknownPair = async (name: string, password: string, address: string) => {
    const byToken = await ofBearer(password)
    if (byToken || !name) return byToken
    const caller = await passwords.verify({ name, password, address })
    return caller && { caller: { ...caller, via: 'password' as const } }
  }
  const ofHeader = (authorization: string, address: string) => {
    const { scheme, value } = partsOf(authorization)
    if (!value) return undefined
    if (scheme === 'bearer') return ofBearer(value)
    return scheme === 'basic' ? ofBasic(value, address) : undefined
  }
  const withoutCredentials = ({ session, remoteAddress, isForwarded }: RequestCredentials) => {
    const isLocal = localOwner && isLoopback(remoteAddress)
    if (isLocal && !isForwarded()) return { caller: LOCAL_OWNER }
    throw unauthenticated({ session, isLocal })
  }
  return (credentials) => {
    const { authorization, session, remoteAddress } = credentials
    if (authorization) {
      const found = ofHeader(authorization, remoteAddress)
      if (found instanceof Promise) return found.then((one) => one ?? refuse(authorization))
      return found ?? refuse(authorization)
    }
    if (!session) return withoutCredentials(credentials)
    return ofSession(session).then((found) => found ?? withoutCredentials(credentials))
  }
}

/** @throws UNAUTHENTICATED */
function refuse(authorization: string): never {
  throw new ApiError(
    'UNAUTHENTICATED',
    authorization.toLowerCase().startsWith('basic')
      ? 'The name or the password is wrong, or the token is unknown, expired or revoked.'
      : 'The token is unknown, expired or revoked.',
  )
}

/** Splits a header into scheme and value, without `split`, which takes a microsecond. */
function partsOf(authorization: string) {
  const space = authorization.indexOf(' ')
  const end = authorization.indexOf(' ', space + 1)
  return {
    scheme: authorization.slice(0, Math.max(space, 0)).toLowerCase(),
    value: space < 0 ? '' : authorization.slice(space + 1, end < 0 ? undefined : end),
  }
}

function unauthenticated({ session, isLocal }: { session: string | undefined; isLocal: boolean }) {
  if (session) return new ApiError('UNAUTHENTICATED', 'The session has ended. Sign in again.')
  if (isLocal)
    return new ApiError(
      'UNAUTHENTICATED',
      'The request came through a proxy, so it is not the owner of this machine. Start the server with CAIRN_AUTH=required, and sign in.',
    )
  return new ApiError(
    'UNAUTHENTICATED',
    'This server requires a token. Set MLFLOW_TRACKING_TOKEN, or send `Authorization: Bearer …`. `cairn login` stores one.',
  )
}

export const isLoopback = (address: string) => /^(127\.|::1$|::ffff:127\.)/.test(address)
