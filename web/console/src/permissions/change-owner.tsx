import { type GovernedObject, setOwner } from '../api/permissions.js'
import { OwnerForm } from './owner-form.js'
import { useAccessChange } from './use-access-change.js'

/** Only the owner, and that of the workspace, may; the server tells others. */
export function ChangeOwner({ object, owner }: { object: GovernedObject; owner: string }) {
  const change = useAccessChange(object, (name: string) => setOwner(object, name))
  return (
    <OwnerForm
      key={owner}
      securable={{ type: object.kind, name: object.id }}
      owner={owner}
      busy={change.isPending}
      problem={change.isError ? change.error.message : undefined}
      onChange={change.mutate}
    />
  )
}
