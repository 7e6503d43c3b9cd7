import { administers } from '@cairn/platform/auth/authority'
import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Identities } from '@cairn/platform/auth/identities'
import type { Passwords } from '@cairn/platform/auth/passwords'
import { ADMINS, EVERYONE, LOCAL_OWNER, type Principal } from '@cairn/platform/auth/principal'
import type { PrincipalRow } from '@cairn/platform/auth/schema'
import type { Config } from '@cairn/platform/config'
import type { ExternalAccounts } from './external-accounts.js'
import type { Claims } from './issuer.js'

type Settings = Pick<
  Config,
  | 'oidc_name_claim'
  | 'oidc_groups_claim'
  | 'oidc_allowed_domains'
  | 'oidc_allowed_groups'
  | 'oidc_create_users'
  | 'oidc_trust_email'
>

/** The server refuses a person who has signed in at the issuer. The sign-in page explains the reason. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused'
  readonly reason: 'not_allowed' | 'unknown_person' | 'deactivated' | 'no_name' | 'name_taken' | 'not_linked'

  constructor(reason: SignInRefused['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

interface Options {
  readonly authorizer: Authorizer
  readonly passwords: Passwords
  readonly identities: Identities
  readonly accounts: ExternalAccounts
  readonly settings: Settings
  /** Id of the user of the browser's session, whose account may be linked. */
  readonly signedInAs?: string | undefined
}

/** Finds or creates the user that the claims name, and updates its groups. @throws SignInRefused */
export async function userFromClaims(options: Options, claims: Claims): Promise<Principal> {
  const { identities, accounts, settings } = options
  requireAllowed(settings, claims)
  const linked = await accounts.find(claims.sub)
  const user = linked ? await identities.get(linked.principalId) : await findOrCreate(options, claims)
  if (user.active !== 1) throw new SignInRefused('deactivated', `'${user.name}' is deactivated`)
  const before = new Set(linked?.groupIds)
  const now = await groupsOf(options, claims)
  for (const id of now) if (!before.has(id)) await identities.addMember(id, user.id)
  for (const id of before)
    if (!now.includes(id) && (await identities.find(id))) await identities.removeMember(id, user.id)
  await accounts.put(claims.sub, user.id, now)
  return user
}

const listOf = (setting: string) =>
  setting
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)

/** Unverified addresses must not count: some issuers let people claim any address. */
const isVerified = ({ oidc_trust_email }: Settings, { email_verified }: Claims) =>
  email_verified === true || (email_verified === undefined && oidc_trust_email)

function requireAllowed(settings: Settings, claims: Claims) {
  const { oidc_allowed_domains, oidc_allowed_groups, oidc_groups_claim } = settings
  const domains = listOf(oidc_allowed_domains).map((domain) => domain.toLowerCase())
  const email = isVerified(settings, claims) ? String(claims.email ?? '') : ''
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  if (domains.length > 0 && !domains.includes(domain))
    throw new SignInRefused('not_allowed', `the domain '${domain}' is not allowed`)
  const groups = listOf(oidc_allowed_groups)
  const own = groupNames(claims, oidc_groups_claim)
  if (groups.length > 0 && !groups.some((group) => own.includes(group)))
    throw new SignInRefused('not_allowed', 'the person is in none of the allowed groups')
}

async function findOrCreate(options: Options, claims: Claims): Promise<PrincipalRow> {
  const { identities, accounts, settings } = options
  const claim = settings.oidc_name_claim
  const name = claims[claim]
  if (typeof name !== 'string' || !name || (claim === 'email' && !isVerified(settings, claims)))
    throw new SignInRefused('no_name', `the claim '${claim}' is missing or not verified`)
  const known = await identities.find(name)
  if (!known) {
    if (!settings.oidc_create_users) throw new SignInRefused('unknown_person', `'${name}' has no account`)
    return identities.create('user', name, typeof claims.name === 'string' ? claims.name.slice(0, 255) : name)
  }
  // The issuer may have reassigned a name, which must not open the account of its former holder.
  const isTaken = known.type !== 'user' || known.id === LOCAL_OWNER.id || (await accounts.isLinked(known.id))
  if (isTaken || known.name !== name)
    throw new SignInRefused('name_taken', `'${name}' is the account of another person`)
  await requireLinkable(options, known)
  return known
}

/** Rejects accounts with a password or administrator rights: a name at the issuer does not prove that the person owns them. */
async function requireLinkable({ authorizer, passwords, signedInAs }: Options, user: PrincipalRow) {
  if (user.id === signedInAs) return
  if ((await passwords.has(user.id)) || (await administers(authorizer, user)))
    throw new SignInRefused(
      'not_linked',
      `'${user.name}' is not linked to single sign-on: sign in with the password and then use single sign-on to link the account, or ask an administrator`,
    )
}

/** Returns the existing groups in the claim, except groups of administrators, which the issuer cannot assign. */
async function groupsOf({ authorizer, identities, settings }: Options, claims: Claims): Promise<string[]> {
  const names = groupNames(claims, settings.oidc_groups_claim)
  const found = await Promise.all(
    names.map(async (name) => {
      const row = await identities.find(name)
      if (row?.type !== 'group' || row.id === ADMINS.id || row.id === EVERYONE.id) return undefined
      return (await administers(authorizer, row)) ? undefined : row.id
    }),
  )
  return found.filter((id) => id !== undefined)
}

function groupNames(claims: Claims, claim: string): string[] {
  const value = claim ? claims[claim] : undefined
  return (Array.isArray(value) ? value : [value])
    .filter((one): one is string => typeof one === 'string')
    .slice(0, 500)
}
