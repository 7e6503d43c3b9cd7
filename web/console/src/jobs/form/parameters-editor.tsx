import { useTranslation } from 'react-i18next'
import { Icon } from '../../ui/icon.js'
import type { FormState } from './form-context.js'
import { problemsIn } from './problems.js'

/** The parameters of a job with their defaults. */
export function ParametersEditor({ form }: { form: FormState }) {
  const { t } = useTranslation()
  const parameters = form.settings.parameters ?? []
  const problems = problemsIn(form.problems, 'parameters')
  const set = (next: typeof parameters) => form.set(['parameters'], next.length > 0 ? next : undefined)
  return (
    <fieldset className="body parameters" aria-invalid={problems.length > 0} tabIndex={-1}>
      <legend className="label">{t('jobs.parameters')}</legend>
      {parameters.map((parameter, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity while names are typed
        <div key={index} className="parameter">
          {(['name', 'default'] as const).map((field) => (
            <input
              key={field}
              className="input mono"
              aria-label={t(field === 'name' ? 'jobForm.parameterName' : 'jobForm.parameterDefault', {
                number: index + 1,
              })}
              placeholder={t(field === 'name' ? 'jobForm.name' : 'jobForm.default')}
              autoComplete="off"
              spellCheck={false}
              value={parameter[field]}
              onChange={(event) =>
                set(
                  parameters.map((one, at) => (at === index ? { ...one, [field]: event.target.value } : one)),
                )
              }
            />
          ))}
          <button
            type="button"
            className="button ghost icon-only"
            aria-label={t('jobForm.removeParameter', { number: index + 1 })}
            onClick={() => set(parameters.filter((_, at) => at !== index))}
          >
            <Icon name="trash" />
          </button>
        </div>
      ))}
      {problems.map((problem, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity
        <small key={index} className="problem">
          {problem}
        </small>
      ))}
      <button
        type="button"
        className="button small"
        onClick={() => set([...parameters, { name: '', default: '' }])}
      >
        <Icon name="plus" size={13} />
        {t('jobForm.addParameter')}
      </button>
    </fieldset>
  )
}
