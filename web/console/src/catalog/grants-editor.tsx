import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { changeGrants, type PrivilegeAssignment, type Securable } from '../api/catalog.js'
import { queryKeys } from '../api/query-keys.js'
import { GranteeInput } from '../permissions/grantee-input.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { fieldText } from '../ui/field-text.js'
import { Form } from '../ui/form.js'
import { FormField } from '../ui/form-field.js'
import { Icon } from '../ui/icon.js'
import { Failure, Skeleton } from '../ui/states.js'
import { SubmitButton } from '../ui/submit-button.js'
import { PrivilegeField } from './privilege-field.js'
import { grantsQuery } from './queries.js'

interface GrantChange {
  readonly principal: string
  readonly add?: string[]
  readonly remove?: string[]
}

/** Adds and revokes direct grants, not inherited ones. */
export function GrantsEditor({ securable }: { securable: Securable }) {
  const { t } = useTranslation()
  const heading = useId()
  const queries = useQueryClient()
  const grants = useQuery(grantsQuery(securable))
  const change = useMutation({
    mutationFn: (change: GrantChange) => changeGrants(securable, [change]),
    onSuccess: () => {
      for (const queryKey of [queryKeys.grants(), queryKeys.effectiveGrants()])
        void queries.invalidateQueries({ queryKey })
    },
  })
  const isAddition = change.variables?.add !== undefined
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{t('access.grants')}</h3>
      </header>
      {grants.isPending && <Skeleton lines={2} />}
      {grants.isError && <Failure error={grants.error} />}
      {grants.data?.length === 0 && <p className="body muted">{t('access.noGrants')}</p>}
      {grants.data && grants.data.length > 0 && (
        <GrantsTable
          assignments={grants.data}
          busy={change.isPending}
          onRevoke={(principal, privilege) => change.mutate({ principal, remove: [privilege] })}
        />
      )}
      <p className="visually-hidden" role="status">
        {change.isSuccess && isAddition && t('permissions.added', { name: change.variables.principal })}
      </p>
      {change.isError && !isAddition && <Failure error={change.error} />}
      <AddGrant
        securable={securable}
        busy={change.isPending}
        problem={change.isError && isAddition ? <ErrorMessage error={change.error} /> : undefined}
        onAdd={(principal, privilege, done) =>
          change.mutate({ principal, add: [privilege] }, { onSuccess: done })
        }
      />
    </section>
  )
}

interface GrantsTableProps {
  readonly assignments: readonly PrivilegeAssignment[]
  readonly busy: boolean
  readonly onRevoke: (principal: string, privilege: string) => void
}

function GrantsTable({ assignments, busy, onRevoke }: GrantsTableProps) {
  const { t } = useTranslation()
  return (
    <ul className="grants">
      {assignments.map(({ principal, privileges }) => (
        <li key={principal}>
          <span>{principal}</span>
          <ul className="chips">
            {privileges.map((privilege) => (
              <li key={privilege} className="chip">
                {privilege}
                <button
                  type="button"
                  disabled={busy}
                  aria-label={t('access.revoke', { privilege, principal })}
                  onClick={() => onRevoke(principal, privilege)}
                >
                  <Icon name="close" size={10} />
                </button>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}

interface AddGrantProps {
  readonly securable: Securable
  readonly busy: boolean
  readonly problem: ReactNode
  readonly onAdd: (principal: string, privilege: string, done: () => void) => void
}

function AddGrant({ securable, busy, problem, onAdd }: AddGrantProps) {
  const { t } = useTranslation()
  return (
    <Form
      className="body question"
      isPending={busy}
      onSubmit={(fields, form) =>
        onAdd(fieldText(fields, 'principal'), fieldText(fields, 'privilege'), () => form.reset())
      }
    >
      <FormField label={t('access.to')} problem={problem}>
        {(attributes) => <GranteeInput {...attributes} securable={securable} name="principal" />}
      </FormField>
      <PrivilegeField type={securable.type} />
      <SubmitButton isPending={busy}>{t('access.grant')}</SubmitButton>
    </Form>
  )
}
