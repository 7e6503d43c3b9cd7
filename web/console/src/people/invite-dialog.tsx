import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { createInvite } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { Problem } from '../sign-in/problem.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { LinkDialog } from './link-dialog.js'

/** Creates an invitation, and shows its link. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const invite = useMutation({
    mutationFn: (form: FormData) => {
      const name = String(form.get('name')).trim()
      const groups = String(form.get('groups'))
        .split(',')
        .map((group) => group.trim())
        .filter(Boolean)
      return createInvite({ ...(name && { name }), ...(groups.length > 0 && { groups }) })
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.invites() }),
  })
  if (invite.data)
    return <LinkDialog title={t('people.inviteTitle')} url={invite.data.url} onClose={onClose} />
  return (
    <Dialog title={t('people.inviteTitle')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          invite.mutate(new FormData(event.currentTarget))
        }}
      >
        <FormField label={t('people.inviteName')} hint={t('people.inviteNameHint')}>
          {(attributes) => <input {...attributes} className="input" name="name" maxLength={255} />}
        </FormField>
        <FormField label={t('people.inviteGroups')} hint={t('people.inviteGroupsHint')}>
          {(attributes) => <input {...attributes} className="input" name="groups" />}
        </FormField>
        {invite.isError && <Problem error={invite.error} />}
        <div className="actions">
          <button type="submit" className="button primary" disabled={invite.isPending}>
            {t('people.invite')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
