import { useQuery } from '@tanstack/react-query'
import type { Securable } from '../api/catalog.js'
import { Explainer } from './explainer.js'
import { GrantsEditor } from './grants-editor.js'
import { managesQuery } from './queries.js'
import { WhoMay } from './who-may.js'

/** Who may do what here and why; those who manage it change it here too. */
export function Access({ securable }: { securable: Securable }) {
  const manages = useQuery(managesQuery(securable))
  return (
    <>
      <WhoMay securable={securable} />
      <Explainer securable={securable} />
      {manages.data && <GrantsEditor securable={securable} />}
    </>
  )
}
