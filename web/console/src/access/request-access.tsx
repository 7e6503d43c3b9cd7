import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { requestAccess } from '../api/access.js'
import { queryKeys } from '../api/query-keys.js'
import { PRIVILEGES_ON } from '../catalog/privileges.js'
import { Problem } from '../sign-in/problem.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { SubmitForm } from '../ui/submit-form.js'
import type { AccessTarget } from './access-targets.js'
import { DaysField } from './days-field.js'
import { isObjectKind, LEVELS, levelWith } from './levels.js'
import { closeRequestForm, useRequestedTargets } from './request-form-state.js'

/** The form is apart from the button, which disappears with the refusal when its page refetches. */
export function RequestAccessForm() {
  const targets = useRequestedTargets()
  return targets && <RequestDialog targets={targets} onClose={closeRequestForm} />
}

function RequestDialog({ targets, onClose }: { targets: readonly AccessTarget[]; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const send = useMutation({
    mutationFn: async (form: FormData) => {
      const reason = String(form.get('reason')).trim()
      const days = Number(form.get('days'))
      for (const [at, target] of targets.entries()) {
        const access = String(form.get(`access-${at}`))
        await requestAccess({
          ...{ securable_type: target.type, full_name: target.name, reason },
          ...(days > 0 && { grant_expires_in_days: days }),
          ...(isObjectKind(target.type) ? { level: access } : { privileges: [access] }),
        })
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.accessRequests() }),
  })
  return (
    <Dialog title={t('accessRequest.request')} onClose={onClose}>
      {send.isSuccess ? (
        <p role="status">{t('accessRequest.sent')}</p>
      ) : (
        <SubmitForm
          action={t('accessRequest.send')}
          request={send}
          failure={send.isError && <Problem error={send.error} />}
          onSubmit={(fields) => send.mutate(fields)}
          onCancel={onClose}
        >
          <p className="muted">{t('accessRequest.help')}</p>
          {targets.map((target, at) => (
            <AccessField key={`${target.type} ${target.name}`} target={target} name={`access-${at}`} />
          ))}
          <DaysField />
          <FormField label={t('accessRequest.reason')} hint={t('accessRequest.reasonHint')}>
            {(attributes) => (
              <textarea {...attributes} className="input" name="reason" rows={3} maxLength={2000} />
            )}
          </FormField>
        </SubmitForm>
      )}
    </Dialog>
  )
}

function AccessField({ target, name }: { target: AccessTarget; name: string }) {
  const { t } = useTranslation()
  const { type, displayName, privilege } = target
  const label = `${t(`kindOf.${type as 'experiment'}`)} ${displayName}`
  return (
    <FormField label={label}>
      {(attributes) =>
        isObjectKind(type) ? (
          <select {...attributes} className="select" name={name} defaultValue={levelWith(type, privilege)}>
            {LEVELS[type].map(({ level }) => (
              <option key={level} value={level}>
                {t(`level.${level}`)}
              </option>
            ))}
          </select>
        ) : (
          <select {...attributes} className="select" name={name} defaultValue={privilege}>
            {[...new Set([...(privilege ? [privilege] : []), ...privilegesOn(type)])].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )
      }
    </FormField>
  )
}

const privilegesOn = (type: string): readonly string[] => PRIVILEGES_ON[type as 'table'] ?? []
