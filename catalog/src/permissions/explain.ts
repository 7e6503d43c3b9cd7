import type { Authorizer } from '@cairn/platform/auth/authorizer'
import type { Decision, SecurableChain } from '@cairn/platform/auth/decide'
import type { Principal } from '@cairn/platform/auth/principal'
import type { ApiError } from '@cairn/platform/errors'
import type { Output } from '@cairn/platform/protocol/operation'
import type { Explain } from '@cairn/platform/protocol/permissions'
import type { Privilege } from '@cairn/platform/protocol/privileges'

type Explanation = Pick<Output<typeof Explain>, 'allowed' | 'basis' | 'missing' | 'can_grant' | 'summary'>

/** As the principal itself may hear it: what hides from them hides here too. @throws a NOT_FOUND if they may know that */
export async function explainToSelf(
  authorizer: Authorizer,
  principal: Principal,
  privilege: Privilege,
  chain: SecurableChain,
): Promise<Explanation> {
  const refused = await authorizer.refusal(principal, privilege, chain)
  if (!refused) return allowed(authorizer, principal, await authorizer.decide(principal, privilege, chain))
  if (refused.code !== 'PERMISSION_DENIED') throw refused
  return denied(refused)
}

/** As those may hear it who manage the securable: the whole truth about somebody else. */
export async function explainToManager(
  authorizer: Authorizer,
  principal: Principal,
  privilege: Privilege,
  chain: SecurableChain,
): Promise<Explanation> {
  const decision = await authorizer.decide(principal, privilege, chain)
  if (decision.allowed) return allowed(authorizer, principal, decision)
  const nameOf = await authorizer.names(chain.map((securable) => securable.owner))
  const missing = decision.missing.map(({ privileges, securable }) => ({
    privileges: [...privileges],
    securable_type: securable.type,
    securable: securable.name,
  }))
  const what = missing.map(
    (one) => `${one.privileges.join(' or ')} on ${one.securable_type} '${one.securable}'`,
  )
  return {
    allowed: false,
    basis: [],
    missing,
    can_grant: [...new Set(chain.map((securable) => nameOf(securable.owner)))],
    summary: `'${principal.name}' lacks ${what.join(' and ')}.`,
  }
}

async function allowed(
  authorizer: Authorizer,
  principal: Principal,
  decision: Decision,
): Promise<Explanation> {
  const reasons = decision.allowed ? decision.basis : []
  const nameOf = await authorizer.names(reasons.map((one) => one.principal_id))
  const basis = reasons.map(({ privilege, securable, principal_id }) => ({
    privilege,
    securable_type: securable.type,
    securable: securable.name,
    principal: nameOf(principal_id),
  }))
  const why = basis.map((one) =>
    one.privilege === 'OWNER'
      ? `'${one.principal}' owns ${one.securable_type} '${one.securable}'`
      : `'${one.principal}' holds ${one.privilege} on ${one.securable_type} '${one.securable}'`,
  )
  return {
    allowed: true,
    basis,
    missing: [],
    can_grant: [],
    summary: `'${principal.name}' may: ${[...new Set(why)].join(', ')}.`,
  }
}

function denied(refused: ApiError): Explanation {
  const { missing, can_grant } = refused.details as Pick<Explanation, 'missing' | 'can_grant'>
  return { allowed: false, basis: [], missing, can_grant, summary: refused.message }
}
