import { useQuery } from '@tanstack/react-query'
import type { Securable } from '../api/catalog.js'
import { EffectiveGrants } from './effective-grants.js'
import { AccessExplainer } from './explainer.js'
import { GrantsEditor } from './grants-editor.js'
import { canManageQuery } from './queries.js'
import { SecurableOwner } from './securable-owner.js'

/** The permissions of a securable. The grant editor shows only to principals with MANAGE. */
export function Access({ securable }: { securable: Securable }) {
  const manages = useQuery(canManageQuery(securable))
  return (
    <>
      <EffectiveGrants securable={securable} />
      <AccessExplainer securable={securable} />
      {manages.data && <GrantsEditor securable={securable} />}
      {manages.data && <SecurableOwner securable={securable} />}
    </>
  )
}
