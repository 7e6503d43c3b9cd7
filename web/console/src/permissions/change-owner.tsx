import { type GovernedObject, setOwner } from '../api/permissions.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { OwnerForm } from './owner-form.js'
import { useAccessChange } from './use-access-change.js'

/** Only the owner of the object or workspace may change it; others get the server's error. */
export function ChangeOwner({ object, owner }: { object: GovernedObject; owner: string }) {
  const change = useAccessChange(object, (name: string) => setOwner(object, name))
  return (
    <OwnerForm
      key={owner}
      securable={{ type: object.kind, name: object.id }}
      owner={owner}
      busy={change.isPending}
      problem={change.isError ? <ErrorMessage error={change.error} /> : undefined}
      onChange={change.mutate}
    />
  )
}
