import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeMembers, findPrincipal, getGroup, nameOf, suggestPrincipals } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { Problem } from '../sign-in/problem.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { Failure, Skeleton } from '../ui/states.js'
import { SubmitForm } from '../ui/submit-form.js'
import { SuggestionInput, type SuggestionSource } from '../ui/suggestion-input.js'

/** The members of a group; groups may be members too. */
export function GroupMembers({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const group = useQuery({ queryKey: queryKeys.members(id), queryFn: ({ signal }) => getGroup(id, signal) })
  const refresh = () => queries.invalidateQueries({ queryKey: queryKeys.members(id) })
  const remove = useMutation({
    mutationFn: (memberId: string) => changeMembers(id, 'remove', memberId),
    onSettled: refresh,
  })
  const members = group.data?.members ?? []
  return (
    <Dialog title={t('people.membersOf', { name })} onClose={onClose}>
      <div className="stack">
        {group.isPending && <Skeleton lines={2} />}
        {group.isError && <Failure error={group.error} />}
        {group.data && members.length === 0 && <p className="muted">{t('people.noMembers')}</p>}
        {members.length > 0 && (
          <table className="list">
            <tbody>
              {members.map((member) => (
                <tr key={member.value}>
                  <th scope="row">{member.display}</th>
                  <td>
                    <button
                      type="button"
                      className="button small"
                      onClick={() => remove.mutate(member.value)}
                    >
                      {t('people.remove')}
                      <span className="visually-hidden"> {member.display}</span>
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {remove.isError && <Problem error={remove.error} />}
        <AddMember groupId={id} onAdded={refresh} />
      </div>
    </Dialog>
  )
}

const PRINCIPALS: SuggestionSource = {
  minLength: 1,
  queryKey: queryKeys.principalSuggestions,
  find: async (text, signal) =>
    (await suggestPrincipals(text, signal)).map((one) => ({ value: nameOf(one), label: one.displayName })),
}

function AddMember({ groupId, onAdded }: { groupId: string; onAdded: () => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const add = useMutation({
    mutationFn: async (name: string) => {
      const member = await findPrincipal(name)
      if (!member) throw new Error(t('people.unknownMember'))
      await changeMembers(groupId, 'add', member.id)
    },
    onSuccess: () => {
      setText('')
      onAdded()
    },
  })
  return (
    <SubmitForm
      action={t('people.addMember')}
      request={add}
      failure={null}
      onSubmit={() => add.mutate(text.trim())}
    >
      <FormField
        label={t('people.memberName')}
        problem={add.isError ? <ErrorMessage error={add.error} /> : undefined}
      >
        {(attributes) => (
          <SuggestionInput
            {...attributes}
            source={PRINCIPALS}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </FormField>
    </SubmitForm>
  )
}
