import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type Securable, updateSecurable } from '../api/catalog.js'
import { queryKeys } from '../api/query-keys.js'
import { OwnerForm } from '../permissions/owner-form.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { securableQuery } from './queries.js'

/** The owner of a securable, and a form to change it. */
export function SecurableOwner({ securable }: { securable: Securable }) {
  const queries = useQueryClient()
  const owner = useQuery(securableQuery(securable)).data?.owner
  const change = useMutation({
    mutationFn: (name: string) => updateSecurable(securable, { owner: name }),
    onSuccess: () => {
      for (const queryKey of [
        queryKeys.securable(securable.type, securable.name),
        queryKeys.effectiveGrants(),
        queryKeys.canManage(),
      ])
        void queries.invalidateQueries({ queryKey })
    },
  })
  if (owner === undefined) return null
  return (
    <section className="panel">
      <div className="body">
        <OwnerForm
          key={owner}
          securable={securable}
          owner={owner}
          busy={change.isPending}
          problem={change.isError ? <ErrorMessage error={change.error} /> : undefined}
          onChange={change.mutate}
        />
      </div>
    </section>
  )
}
