import { useTranslation } from 'react-i18next'
import type { TaskSettings } from '../../api/jobs.js'
import { FormField } from '../../ui/form-field.js'
import { KINDS, type Kind, kindOf } from '../task-kind.js'
import { DependencyFields } from './dependency-fields.js'
import type { FormState } from './form-context.js'
import { KIND_FIELDS } from './kind-fields.js'
import { type Path, pathText } from './path.js'
import { SettingField } from './setting-field.js'
import { LoopInputs } from './sweep-fields.js'
import { renameTask, withKind } from './tasks.js'

interface TaskFieldsProps {
  readonly form: FormState
  /** The place of the task in the settings. */
  readonly at: Path
  readonly task: TaskSettings
  /** The task of a loop: it has no dependencies and is not a loop itself. */
  readonly isInLoop?: boolean
}

/** The key and kind of a task, the settings of its kind, its dependencies, and its retries and limits. */
export function TaskFields({ form, at, task, isInLoop = false }: TaskFieldsProps) {
  const { t } = useTranslation()
  const kind = kindOf(task)
  return (
    <>
      <div className="form-grid">
        <KeyField form={form} at={at} task={task} isInLoop={isInLoop} />
        <FormField label={t('jobs.kind')}>
          {(attributes) => (
            <select
              {...attributes}
              className="select"
              value={kind ?? ''}
              onChange={(event) => form.set(at, withKind(task, event.target.value as Kind))}
            >
              {kind === undefined && <option value="">{t('jobForm.otherKind')}</option>}
              {KINDS.filter((one) => !isInLoop || one !== 'for_each_task').map((one) => (
                <option key={one} value={one}>
                  {t(`taskKind.${one}`)}
                </option>
              ))}
            </select>
          )}
        </FormField>
      </div>
      {kind && (
        <KindFields form={form} at={at} kind={kind} isSweep={task.for_each_task?.sweep !== undefined} />
      )}
      {task.for_each_task && (
        <LoopInputs form={form} at={[...at, 'for_each_task']} loop={task.for_each_task} />
      )}
      {task.for_each_task && (
        <fieldset className="loop-task" aria-label={t('jobForm.loopTask')}>
          <legend className="label">{t('jobForm.loopTask')}</legend>
          <TaskFields
            form={form}
            at={[...at, 'for_each_task', 'task']}
            task={task.for_each_task.task as TaskSettings}
            isInLoop
          />
        </fieldset>
      )}
      {!isInLoop && <DependencyFields form={form} at={at} task={task} />}
      {kind && !['condition_task', 'for_each_task', 'run_job_task'].includes(kind) && (
        <Limits form={form} at={at} />
      )}
    </>
  )
}

function KeyField({ form, at, task, isInLoop }: Required<TaskFieldsProps>) {
  const { t } = useTranslation()
  const path = [...at, 'task_key']
  return (
    <FormField
      label={t('jobForm.taskKey')}
      hint={t('jobForm.taskKeyHint')}
      problem={form.problems[pathText(path)]}
    >
      {(attributes) => (
        <input
          {...attributes}
          className="input mono"
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          value={task.task_key}
          onChange={(event) =>
            isInLoop
              ? form.set(path, event.target.value)
              : form.set(
                  ['tasks'],
                  renameTask(form.settings.tasks ?? [], at[1] as number, event.target.value),
                )
          }
        />
      )}
    </FormField>
  )
}

interface KindFieldsProps {
  readonly form: FormState
  readonly at: Path
  readonly kind: Kind
  /** A sweep has no list of inputs. */
  readonly isSweep: boolean
}

function KindFields({ form, at, kind, isSweep }: KindFieldsProps) {
  const { t } = useTranslation()
  const hints = { lines: t('jobForm.perLine'), map: t('jobForm.pairs') } as Partial<Record<string, string>>
  return (
    <div className="form-grid kind-fields">
      {KIND_FIELDS[kind]
        .filter(({ path }) => !isSweep || path !== 'inputs')
        .map(({ path, editor, isRequired }) => (
          <SettingField
            key={`${kind} ${path}`}
            form={form}
            path={[...at, kind, ...path.split('.')]}
            label={t(`taskField.${path.replace('.', '_') as 'file'}`)}
            hint={
              hints[editor] ??
              (path === 'inputs'
                ? t('jobForm.inputsHint', { reference: '{{tasks.load.values.names}}' })
                : undefined)
            }
            editor={editor}
            keepsEmpty={isRequired ?? false}
          />
        ))}
    </div>
  )
}

function Limits({ form, at }: { form: FormState; at: Path }) {
  const { t } = useTranslation()
  return (
    <div className="form-grid three">
      <SettingField
        form={form}
        path={[...at, 'max_retries']}
        label={t('jobs.retries')}
        hint={t('jobForm.retriesHint')}
        editor="number"
        placeholder="0"
      />
      <SettingField
        form={form}
        path={[...at, 'min_retry_interval_millis']}
        label={t('jobForm.retryAfter')}
        editor="number"
        placeholder="0"
      />
      <SettingField
        form={form}
        path={[...at, 'timeout_seconds']}
        label={t('jobForm.timeoutSeconds')}
        hint={t('jobForm.noLimit')}
        editor="number"
      />
      <SettingField
        form={form}
        path={[...at, 'environment_key']}
        label={t('jobForm.environment')}
        hint={t('jobForm.environmentHint')}
        editor="text"
      />
    </div>
  )
}
