import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Decision, SecurableChain } from '@cairn/platform/auth/decide'
import type { Principal } from '@cairn/platform/auth/principal'
import type { ApiError } from '@cairn/platform/errors'
import type { Explain } from '@cairn/platform/protocol/cairn/explain'
import type { Output } from '@cairn/platform/protocol/operation'
import type { Privilege } from '@cairn/platform/protocol/privileges'

type Explanation = Pick<Output<typeof Explain>, 'allowed' | 'basis' | 'missing' | 'can_grant' | 'summary'>

/**
 * Explains a decision to the principal itself, hiding what it cannot see.
 *
 * @throws NOT_FOUND for an absent securable, if the principal sees its container
 */
export async function explainToSelf(
  authorizer: Authorizer,
  principal: Principal,
  privilege: Privilege,
  chain: SecurableChain,
): Promise<Explanation> {
  const refused = await authorizer.permissionDenied(principal, privilege, chain)
  if (!refused) return allowed(authorizer, principal, await authorizer.decide(principal, privilege, chain))
  if (refused.code !== 'PERMISSION_DENIED') throw refused
  return denied(refused)
}

/** Explains a decision about another principal to a manager of the securable, hiding nothing. */
export async function explainToManager(
  authorizer: Authorizer,
  principal: Principal,
  privilege: Privilege,
  chain: SecurableChain,
): Promise<Explanation> {
  const decision = await authorizer.decide(principal, privilege, chain)
  if (decision.allowed) return allowed(authorizer, principal, decision)
  const deniedTo = decision.missing.flatMap((one) => one.deniedTo ?? [])
  const nameOf = await authorizer.names([...chain.map((securable) => securable.owner), ...deniedTo])
  const missing = decision.missing.map(({ privileges, securable }) => ({
    privileges: [...privileges],
    securable_type: securable.type,
    securable: securable.name,
  }))
  const lacking = missing.map(
    ({ privileges, securable_type, securable }) =>
      `${privileges.join(' or ')} on ${securable_type} '${securable}'`,
  )
  const denial = deniedTo.map((id) => ` DENY is granted to '${nameOf(id)}'.`)
  return {
    allowed: false,
    basis: [],
    missing,
    can_grant: [...new Set(chain.map((securable) => nameOf(securable.owner)))],
    summary: `'${principal.name}' lacks ${lacking.join(' and ')}.${[...new Set(denial)].join('')}`,
  }
}

async function allowed(
  authorizer: Authorizer,
  principal: Principal,
  decision: Decision,
): Promise<Explanation> {
  const reasons = decision.allowed ? decision.basis : []
  const nameOf = await authorizer.names(reasons.map(({ principal_id }) => principal_id))
  const basis = reasons.map(({ privilege, securable, principal_id }) => ({
    privilege,
    securable_type: securable.type,
    securable: securable.name,
    principal: nameOf(principal_id),
  }))
  const grounds = basis.map(({ principal, privilege, securable_type, securable }, at) => {
    const verb = privilege === 'OWNER' ? 'owns' : `holds ${privilege} on`
    const byDefault = reasons[at]!.isDefault ? ' by default' : ''
    return `'${principal}' ${verb} ${securable_type} '${securable}'${byDefault}`
  })
  return {
    allowed: true,
    basis,
    missing: [],
    can_grant: [],
    summary: `'${principal.name}' is allowed: ${[...new Set(grounds)].join(', ')}.`,
  }
}

function denied(refused: ApiError): Explanation {
  const { missing, can_grant } = refused.details as Pick<Explanation, 'missing' | 'can_grant'>
  return { allowed: false, basis: [], missing, can_grant, summary: refused.message }
}
