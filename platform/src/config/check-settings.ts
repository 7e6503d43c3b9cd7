import { ApiError } from '../errors.js'
import { maskedUrl } from '../text/masked-url.js'

type CheckedSettings = Readonly<
  Record<
    | 'auth'
    | 'host'
    | 'public_url'
    | 'allowed_hosts'
    | 'owner_token'
    | 'worker_token'
    | 'database_url'
    | 'oidc_issuer'
    | 'oidc_client_id'
    | 'oidc_allowed_groups'
    | 'oidc_groups_claim',
    string
  >
>

/** Rejects settings that contradict each other. @throws INVALID_PARAMETER_VALUE naming the setting */
export function checkSettings(settings: CheckedSettings): void {
  requireAuthentication(settings)
  rejectOpenServer(settings)
  rejectShortToken(settings)
  rejectUnknownDatabase(settings)
  rejectIncompleteSso(settings)
}

/** Returns whether only this machine can reach a server that listens on the address. */
const isLoopbackHost = (host: string) => /^(localhost|127(\.\d+){3}|::1)$/.test(host)

function requireAuthentication({ host, auth }: CheckedSettings) {
  if (!isLoopbackHost(host) && auth !== 'required')
    throw new ApiError(
      'INVALID_PARAMETER_VALUE',
      `Listening on ${host} exposes the server to others. Set CAIRN_AUTH=required, so that every request needs a token, or listen on 127.0.0.1.`,
    )
}

/** Rejects a server behind a proxy without sign-in: requests of a proxy come from a loopback address, like the owner's. */
function rejectOpenServer({ auth, public_url, allowed_hosts }: CheckedSettings) {
  if (auth === 'required' || (!public_url && !allowed_hosts)) return
  const setting = public_url ? 'CAIRN_PUBLIC_URL' : 'CAIRN_ALLOWED_HOSTS'
  throw new ApiError(
    'INVALID_PARAMETER_VALUE',
    `${setting} says that others reach this server, for example through a proxy. Set CAIRN_AUTH=required, so that they sign in, or unset ${setting}.`,
  )
}

const MIN_TOKEN_LENGTH = 32

function rejectShortToken({ owner_token, worker_token }: CheckedSettings) {
  for (const [name, value] of Object.entries({ owner_token, worker_token }))
    if (value && value.length < MIN_TOKEN_LENGTH)
      throw new ApiError(
        'INVALID_PARAMETER_VALUE',
        `The value of '${name}' is too short: use ${MIN_TOKEN_LENGTH} random characters or more, for example from \`openssl rand -hex 32\`.`,
      )
  if (worker_token && worker_token === owner_token)
    throw new ApiError(
      'INVALID_PARAMETER_VALUE',
      "'worker_token' equals the token of the owner: choose another one, which is valid for workers only.",
    )
}

function rejectIncompleteSso({
  oidc_issuer,
  oidc_client_id,
  oidc_allowed_groups,
  oidc_groups_claim,
}: CheckedSettings) {
  if (!oidc_issuer) return
  const isUrl = URL.canParse(oidc_issuer) && /^https?:$/.test(new URL(oidc_issuer).protocol)
  const problem = !isUrl
    ? "The value of 'oidc_issuer' is not an http(s) URL"
    : !oidc_client_id
      ? "'oidc_issuer' needs 'oidc_client_id'"
      : oidc_allowed_groups && !oidc_groups_claim
        ? "'oidc_allowed_groups' needs 'oidc_groups_claim'"
        : undefined
  if (problem) throw new ApiError('INVALID_PARAMETER_VALUE', `${problem}.`)
}

/** Rejects other schemes, because SQLite would create an empty file with that name. */
function rejectUnknownDatabase({ database_url }: CheckedSettings) {
  const [, scheme] = /^([a-z][a-z0-9+.-]+):/i.exec(database_url) ?? []
  if (scheme && !['postgres', 'postgresql', 'sqlite'].includes(scheme))
    throw new ApiError(
      'INVALID_PARAMETER_VALUE',
      `Invalid value '${maskedUrl(database_url)}' for parameter 'database_url' supplied: write postgres://USER@HOST/DATABASE, or nothing for SQLite in the data folder.`,
    )
}
