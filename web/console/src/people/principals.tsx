import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createGroup, createServicePrincipal, type Kind, listPrincipals } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { Problem } from '../sign-in/problem.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { InviteDialog } from './invite-dialog.js'
import { PrincipalsTable } from './principals-table.js'

const CREATE = {
  users: 'people.invite',
  groups: 'people.createGroup',
  'service-principals': 'people.createServicePrincipal',
} as const

/** The principals of one kind, and a button to add one. */
export function Principals({ kind }: { kind: Kind }) {
  const { t } = useTranslation()
  const [adding, setAdding] = useState(false)
  const all = useQuery({
    queryKey: queryKeys.principals(kind),
    queryFn: ({ signal }) => listPrincipals(kind, signal),
  })
  const close = () => setAdding(false)
  return (
    <>
      <div>
        <button type="button" className="button primary" onClick={() => setAdding(true)}>
          {t(CREATE[kind])}
        </button>
      </div>
      {all.isPending && <Skeleton />}
      {all.isError && <Failure error={all.error} retry={() => void all.refetch()} />}
      {all.data?.length === 0 && <Empty title={t('people.none')} />}
      {all.data && all.data.length > 0 && <PrincipalsTable kind={kind} principals={all.data} />}
      {adding &&
        (kind === 'users' ? <InviteDialog onClose={close} /> : <CreateDialog kind={kind} onClose={close} />)}
    </>
  )
}

function CreateDialog({ kind, onClose }: { kind: Exclude<Kind, 'users'>; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: async (name: string) => {
      if (kind === 'groups') await createGroup(name)
      else await createServicePrincipal(name)
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: queryKeys.principals(kind) })
      onClose()
    },
  })
  return (
    <Dialog title={t(CREATE[kind])} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate(String(new FormData(event.currentTarget).get('name')).trim())
        }}
      >
        <FormField label={t('people.name')}>
          {(attributes) => <input {...attributes} className="input" name="name" maxLength={255} required />}
        </FormField>
        {create.isError && <Problem message={create.error.message} />}
        <div className="actions">
          <button type="submit" className="button primary" disabled={create.isPending}>
            {t('people.create')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
