import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormField } from '../../ui/form-field.js'
import { Icon } from '../../ui/icon.js'
import type { FormState } from './form-context.js'
import { FieldSection } from './general-fields.js'
import { problemsIn } from './problems.js'

/** The files of a job: scripts and modules that its tasks find in their working folder. */
export function FilesEditor({ form }: { form: FormState }) {
  const { t } = useTranslation()
  const files = form.settings.files ?? {}
  const [name, setName] = useState('')
  const add = () => {
    if (name.trim() === '' || Object.hasOwn(files, name.trim())) return
    form.set(['files', name.trim()], '')
    setName('')
  }
  const problems = problemsIn(form.problems, 'files')
  return (
    <FieldSection title={t('jobs.files')}>
      <div className="body stack">
        <p className="muted">{t('jobForm.filesHelp')}</p>
        {Object.entries(files).map(([path, text]) => (
          <div key={path} className="job-file">
            <FormField label={path}>
              {(attributes) => (
                <textarea
                  {...attributes}
                  className="input mono"
                  rows={Math.min(18, Math.max(5, text.split('\n').length))}
                  spellCheck={false}
                  value={text}
                  onChange={(event) => form.set(['files', path], event.target.value)}
                />
              )}
            </FormField>
            <button
              type="button"
              className="button ghost icon-only"
              aria-label={t('jobForm.removeFile', { name: path })}
              onClick={() => form.set(['files', path], undefined)}
            >
              <Icon name="trash" />
            </button>
          </div>
        ))}
        {problems.map((problem, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: problems have no identity
          <p key={index} className="problem">
            {problem}
          </p>
        ))}
        <div className="add-file">
          <input
            className="input mono"
            aria-label={t('jobForm.fileName')}
            placeholder="train.py"
            autoComplete="off"
            spellCheck={false}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              add()
            }}
          />
          <button type="button" className="button" onClick={add}>
            <Icon name="plus" size={13} />
            {t('jobForm.addFile')}
          </button>
        </div>
      </div>
    </FieldSection>
  )
}
