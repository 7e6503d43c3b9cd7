import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NewToken } from '../account/new-token.js'
import {
  createPasswordReset,
  createTokenFor,
  deletePrincipal,
  endSessionsOf,
  nameOf,
  type ScimKind,
  type ScimPrincipal,
  setActive,
} from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { Icon } from '../ui/icon.js'
import { Popover } from '../ui/popover.js'
import { ScrollX } from '../ui/scroll-x.js'
import { Failure } from '../ui/states.js'
import { Status } from '../ui/status.js'
import { GroupMembers } from './group-members.js'
import { LinkDialog } from './link-dialog.js'

type Shown =
  | { readonly of: ScimPrincipal; readonly what: 'token' | 'members' | 'delete' }
  | { readonly url: string }

export function PrincipalsTable({
  kind,
  principals,
}: {
  kind: ScimKind
  principals: readonly ScimPrincipal[]
}) {
  const { t } = useTranslation()
  const [shown, setShown] = useState<Shown>()
  const queries = useQueryClient()
  const act = useMutation({
    mutationFn: (action: () => Promise<unknown>) => action(),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.principals(kind) }),
  })
  const close = () => setShown(undefined)
  const [note, setNote] = useState('')
  return (
    <>
      <p className={note ? 'muted' : 'visually-hidden'} role="status">
        {note}
      </p>
      {act.isError && <Failure error={act.error} />}
      <div className="panel">
        <ScrollX>
          <table className="list principals">
            <thead>
              <tr>
                <th scope="col">{t('people.name')}</th>
                <th scope="col">{t('people.displayName')}</th>
                <th scope="col">{t('people.groups')}</th>
                {kind !== 'groups' && <th scope="col">{t('people.status')}</th>}
                <th scope="col">
                  <span className="visually-hidden">{t('people.actionsFor', { name: '' })}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {principals.map((one) => (
                <tr key={one.id}>
                  <th scope="row">{nameOf(one)}</th>
                  <td className="muted">{one.displayName !== nameOf(one) && one.displayName}</td>
                  <td>{one.groups?.map(({ display }) => display).join(', ')}</td>
                  {kind !== 'groups' && (
                    <td>
                      <Status tone={one.active ? 'ok' : 'bad'}>
                        {t(one.active ? 'people.active' : 'people.inactive')}
                      </Status>
                    </td>
                  )}
                  <td>
                    <Actions kind={kind} of={one} act={act.mutate} show={setShown} report={setNote} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      </div>
      {shown && <ShownDialog kind={kind} shown={shown} onClose={close} />}
    </>
  )
}

interface ShownDialogProps {
  readonly kind: ScimKind
  readonly shown: Shown
  readonly onClose: () => void
}

function ShownDialog({ kind, shown, onClose }: ShownDialogProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  if ('url' in shown)
    return <LinkDialog title={t('people.resetPassword')} url={shown.url} onClose={onClose} />
  const name = nameOf(shown.of)
  if (shown.what === 'delete')
    return (
      <ConfirmAction
        title={t('people.deleteNamed', { name })}
        action={t('people.delete')}
        confirm={async () => {
          await deletePrincipal(kind, shown.of.id)
          await queries.invalidateQueries({ queryKey: queryKeys.principals(kind) })
        }}
        onClose={onClose}
      >
        {t(kind === 'groups' ? 'people.deleteGroupHelp' : 'people.deleteHelp')}
      </ConfirmAction>
    )
  if (shown.what === 'members') return <GroupMembers id={shown.of.id} name={name} onClose={onClose} />
  return (
    <NewToken
      title={t('people.tokenFor', { name })}
      create={(draft) => createTokenFor({ application_id: name, ...draft })}
      onClose={onClose}
    />
  )
}

interface ActionsProps {
  readonly kind: ScimKind
  readonly of: ScimPrincipal
  readonly act: (action: () => Promise<unknown>) => void
  readonly show: (shown: Shown) => void
  /** Shows a message above the table. */
  readonly report: (note: string) => void
}

function Actions({ kind, of, act, show, report }: ActionsProps) {
  const { t } = useTranslation()
  const { id } = of
  const signOutEverywhere = async () => {
    await endSessionsOf(id)
    report(t('people.signedOut', { name: nameOf(of) }))
  }
  const resetPassword = async () => show({ url: (await createPasswordReset(id)).url })
  const actions: [label: string, run: () => void][] =
    kind === 'groups'
      ? [[t('people.members'), () => show({ of, what: 'members' })]]
      : [
          [t('people.newToken'), () => show({ of, what: 'token' })],
          [
            t(of.active ? 'people.deactivate' : 'people.activate'),
            () => act(() => setActive(kind, id, !of.active)),
          ],
        ]
  if (kind === 'users') {
    actions.push([t('people.resetPassword'), () => act(resetPassword)])
    actions.push([t('people.signOutUser'), () => act(signOutEverywhere)])
  }
  actions.push([t('people.delete'), () => show({ of, what: 'delete' })])
  return (
    <Popover
      align="end"
      className="button ghost small icon-only"
      name={t('people.actionsFor', { name: nameOf(of) })}
      label={<Icon name="more" />}
    >
      {(close) => (
        <div className="menu">
          {actions.map(([label, run]) => (
            <button
              key={label}
              type="button"
              className="button ghost"
              aria-label={`${label}: ${nameOf(of)}`}
              onClick={() => {
                close()
                run()
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </Popover>
  )
}
