import { useTranslation } from 'react-i18next'
import type { TaskSettings } from '../../api/jobs.js'
import { FormField } from '../../ui/form-field.js'
import type { FormState } from './form-context.js'
import type { Path } from './path.js'

const RUN_IF = [
  'ALL_SUCCESS',
  'ALL_DONE',
  'NONE_FAILED',
  'AT_LEAST_ONE_SUCCESS',
  'ALL_FAILED',
  'AT_LEAST_ONE_FAILED',
] as const

interface DependencyFieldsProps {
  readonly form: FormState
  readonly at: Path
  readonly task: TaskSettings
}

/** The dependencies of a task, the outcomes of conditions among them, and the states in which they must have ended. */
export function DependencyFields({ form, at, task }: DependencyFieldsProps) {
  const { t } = useTranslation()
  const others = (form.settings.tasks ?? []).filter((one) => one !== task)
  const depends = task.depends_on ?? []
  const set = (next: typeof depends) => form.set([...at, 'depends_on'], next.length > 0 ? next : undefined)
  if (others.length === 0) return null
  return (
    <div className="form-grid">
      <fieldset className="task-choice" aria-label={t('jobs.dependsOn')}>
        <legend className="label">{t('jobs.dependsOn')}</legend>
        {others.map((other) => {
          const chosen = depends.find(({ task_key }) => task_key === other.task_key)
          const rest = depends.filter((one) => one !== chosen)
          return (
            <div key={other.task_key} className="dependency">
              <label>
                <input
                  type="checkbox"
                  checked={chosen !== undefined}
                  onChange={(event) =>
                    set(
                      event.target.checked
                        ? [
                            ...rest,
                            { task_key: other.task_key, ...(other.condition_task && { outcome: 'true' }) },
                          ]
                        : rest,
                    )
                  }
                />
                <span className="truncate">{other.task_key}</span>
              </label>
              {chosen && other.condition_task && (
                <select
                  className="select"
                  aria-label={t('jobForm.outcomeOf', { task: other.task_key })}
                  value={chosen.outcome ?? ''}
                  onChange={(event) =>
                    set([
                      ...rest,
                      {
                        task_key: other.task_key,
                        ...(event.target.value && { outcome: event.target.value }),
                      },
                    ])
                  }
                >
                  <option value="true">true</option>
                  <option value="false">false</option>
                  <option value="">{t('jobForm.anyOutcome')}</option>
                </select>
              )}
            </div>
          )
        })}
      </fieldset>
      {depends.length > 0 && (
        <FormField label={t('jobs.runIf')}>
          {(attributes) => (
            <select
              {...attributes}
              className="select"
              value={task.run_if ?? 'ALL_SUCCESS'}
              onChange={(event) =>
                form.set(
                  [...at, 'run_if'],
                  event.target.value === 'ALL_SUCCESS' ? undefined : event.target.value,
                )
              }
            >
              {RUN_IF.map((one) => (
                <option key={one} value={one}>
                  {t(`runIf.${one}`)}
                </option>
              ))}
            </select>
          )}
        </FormField>
      )}
    </div>
  )
}
