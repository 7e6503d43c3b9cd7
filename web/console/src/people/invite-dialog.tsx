import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { createInvite } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { FormDialog } from '../ui/form-dialog.js'
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
    <FormDialog
      title={t('people.inviteTitle')}
      onClose={onClose}
      action={t('people.invite')}
      request={invite}
      onSubmit={(fields) => invite.mutate(fields)}
    >
      <FormField label={t('people.inviteName')} hint={t('people.inviteNameHint')}>
        {(attributes) => <input {...attributes} className="input" name="name" maxLength={255} />}
      </FormField>
      <FormField label={t('people.inviteGroups')} hint={t('people.inviteGroupsHint')}>
        {(attributes) => <input {...attributes} className="input" name="groups" />}
      </FormField>
    </FormDialog>
  )
}
