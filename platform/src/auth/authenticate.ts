import { ApiError } from '../errors.js'
import { type Caller, LOCAL_OWNER } from './principal.js'
import type { Tokens } from './tokens.js'

/** Returns the principal of an `Authorization` header, without a promise if it is remembered. Rejects with UNAUTHENTICATED. */
export type Authenticate = (
  authorization: string | undefined,
  remoteAddress: string,
) => Promise<Caller> | Caller

export interface AuthenticateOptions {
  readonly tokens: Tokens
  /** Whether a request without a token from a loopback address is the local owner. */
  readonly localOwner: boolean
  /** Token of calls between services of one process, with the owner's rights. Exists only in memory. */
  readonly internalSecret?: string
}

/** Accepts Bearer tokens, and Basic with the token as password, which `MLFLOW_TRACKING_PASSWORD` sends. */
export function authenticator({ tokens, localOwner, internalSecret }: AuthenticateOptions): Authenticate {
  return (authorization, remoteAddress) => {
    if (!authorization) {
      if (localOwner && isLoopback(remoteAddress)) return LOCAL_OWNER
      return unauthenticated(
        'This server requires a token. Set MLFLOW_TRACKING_TOKEN, or send `Authorization: Bearer …`. `cairn login` stores one.',
      )
    }
    const secret = bearerOf(authorization)
    if (secret && secret === internalSecret) return LOCAL_OWNER
    const found = secret ? tokens.findPrincipal(secret) : undefined
    return found instanceof Promise ? found.then(requireKnown) : requireKnown(found)
  }
}

const requireKnown = (principal: Caller | undefined) =>
  principal ?? unauthenticated('The token is unknown, expired or revoked.')

const unauthenticated = (message: string): Promise<never> =>
  Promise.reject(new ApiError('UNAUTHENTICATED', message))

/** The token of an `Authorization` header. */
export function bearerOf(authorization: string): string | undefined {
  const [scheme, value] = authorization.split(' ', 2)
  if (!value) return undefined
  if (scheme?.toLowerCase() === 'bearer') return value
  if (scheme?.toLowerCase() !== 'basic') return undefined
  return Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':')
}

export const isLoopback = (address: string) => /^(127\.|::1$|::ffff:127\.)/.test(address)
