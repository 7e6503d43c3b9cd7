import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type RefObject, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import {
  type AlertRule,
  deleteAlertRule,
  listAlertRules,
  updateAlertRule,
  type WatchedObject,
} from '../api/alerts.js'
import { queryKeys } from '../api/query-keys.js'
import { Problem } from '../sign-in/problem.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { Dialog } from '../ui/dialog.js'
import { Icon } from '../ui/icon.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { useConditionText } from './condition-text.js'
import { RuleForm } from './rule-form.js'
import './alerts.css'

interface RulesDialogProps {
  readonly object: WatchedObject
  readonly onClose: () => void
}

/** The rules of an object: editors add, change, pause and delete them, readers see them. */
export function RulesDialog({ object, onClose }: RulesDialogProps) {
  const { t } = useTranslation()
  const rules = useQuery({
    queryKey: queryKeys.alertRules(object.type, object.id),
    queryFn: ({ signal }) => listAlertRules(object, signal),
    retry: false,
  })
  return (
    <Dialog title={t('alerts.rules')} onClose={onClose}>
      {rules.isPending && <Skeleton />}
      {rules.isError && <Failure error={rules.error} retry={() => void rules.refetch()} />}
      {rules.data?.rules.length === 0 && (
        <Empty title={t('alerts.noRules')}>{t(`alerts.noRulesHelp.${object.type}`)}</Empty>
      )}
      {rules.data && rules.data.rules.length > 0 && (
        <RuleList object={object} rules={rules.data.rules} editable={rules.data.editable} />
      )}
      {rules.data?.editable && <RuleForm object={object} />}
    </Dialog>
  )
}

interface RuleListProps {
  readonly object: WatchedObject
  readonly rules: readonly AlertRule[]
  readonly editable: boolean
}

function RuleList({ rules, ...props }: RuleListProps) {
  const { t } = useTranslation()
  return (
    <ul className="alert-rules" aria-label={t('alerts.rules')}>
      {rules.map((rule) => (
        <RuleItem key={rule.rule_id} rule={rule} {...props} />
      ))}
    </ul>
  )
}

interface RuleItemProps extends Omit<RuleListProps, 'rules'> {
  readonly rule: AlertRule
}

function RuleItem({ object, rule, editable }: RuleItemProps) {
  const { t } = useTranslation()
  const conditionText = useConditionText()
  const [isEditing, setEditing] = useState(false)
  const editButton = useRef<HTMLButtonElement>(null)
  const close = () => {
    flushSync(() => setEditing(false))
    editButton.current?.focus()
  }
  if (isEditing)
    return (
      <li>
        <RuleForm object={object} rule={rule} onClose={close} />
      </li>
    )
  const facts = [conditionText(rule), rule.has_webhook && t('alerts.withWebhook'), rule.created_by]
  return (
    <li>
      <div>
        <strong>{rule.name}</strong>
        <p className="muted">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      {editable ? (
        <RuleActions {...{ object, rule, editButton }} onEdit={() => setEditing(true)} />
      ) : (
        !rule.enabled && <span className="chip">{t('alerts.paused')}</span>
      )}
    </li>
  )
}

interface RuleActionsProps extends Omit<RuleItemProps, 'editable'> {
  /** Gets the focus back when the form closes. */
  readonly editButton: RefObject<HTMLButtonElement | null>
  readonly onEdit: () => void
}

function RuleActions({ object, rule, editButton, onEdit }: RuleActionsProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const onSettled = () =>
    Promise.all(
      [queryKeys.alertRules(object.type, object.id), queryKeys.alerts()].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    )
  const toggle = useMutation({
    mutationFn: (enabled: boolean) => updateAlertRule(object, rule.rule_id, { enabled }),
    onSettled,
  })
  // Shown until the list is refetched.
  const [chosen, setChosen] = useState<boolean>()
  const choose = (enabled: boolean) => {
    setChosen(enabled)
    toggle.mutate(enabled, { onSettled: () => setChosen(undefined) })
  }
  const [isDeleting, setDeleting] = useState(false)
  return (
    <div className="actions">
      <label className="check-line">
        <input
          type="checkbox"
          checked={chosen ?? rule.enabled}
          aria-label={t('alerts.enabledOf', { name: rule.name })}
          onChange={({ target }) => choose(target.checked)}
        />
        {t('alerts.enabled')}
      </label>
      <button
        type="button"
        ref={editButton}
        className="button ghost icon-only"
        aria-label={t('alerts.editOf', { name: rule.name })}
        onClick={onEdit}
      >
        <Icon name="edit" />
      </button>
      <button
        type="button"
        className="button ghost icon-only danger"
        aria-label={t('alerts.deleteOf', { name: rule.name })}
        onClick={() => setDeleting(true)}
      >
        <Icon name="trash" />
      </button>
      {toggle.error && <Problem error={toggle.error} />}
      {isDeleting && (
        <ConfirmAction
          title={t('alerts.deleteOf', { name: rule.name })}
          action={t('alerts.delete')}
          confirm={() => deleteAlertRule(object, rule.rule_id).finally(onSettled)}
          onClose={() => setDeleting(false)}
        >
          <p>{t('alerts.deleteHelp')}</p>
        </ConfirmAction>
      )}
    </div>
  )
}
