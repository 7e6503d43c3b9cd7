import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobSettings } from '../../api/jobs.js'
import { FormField } from '../../ui/form-field.js'
import { misshapenSetting } from './settings-shape.js'

export type CodeFormat = 'yaml' | 'json'

interface CodeEditorProps {
  readonly format: CodeFormat
  readonly settings: JobSettings
  readonly problem: string | undefined
  readonly onChange: (settings: JobSettings) => void
  readonly onProblem: (problem: string) => void
}

/** All settings as text. The library for YAML is loaded when it is needed. */
export function CodeEditor({ format, settings, problem, onChange, onProblem }: CodeEditorProps) {
  const { t } = useTranslation()
  const [text, setText] = useState<string>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is the user's once it is shown
  useEffect(() => {
    void textOf(settings, format).then(setText)
  }, [])
  const edit = async (next: string) => {
    setText(next)
    const read = await settingsOf(next, format)
    if ('problem' in read)
      onProblem(t('jobForm.unreadable', { format: format.toUpperCase(), problem: read.problem }))
    else {
      const setting = misshapenSetting(read.settings)
      if (setting) onProblem(t('jobForm.misshapen', { setting }))
      else onChange(read.settings)
    }
  }
  return (
    <FormField
      label={t('jobForm.settingsAs', { format: format.toUpperCase() })}
      hint={t('jobForm.settingsHelp')}
      problem={problem}
    >
      {(attributes) => (
        <textarea
          {...attributes}
          className="input mono"
          rows={26}
          spellCheck={false}
          aria-busy={text === undefined}
          value={text ?? ''}
          onChange={(event) => void edit(event.target.value)}
        />
      )}
    </FormField>
  )
}

async function textOf(settings: JobSettings, format: CodeFormat) {
  if (format === 'json') return JSON.stringify(settings, null, 2)
  const { stringify } = await import('yaml')
  return stringify(settings)
}

/** The server checks the fields. */
async function settingsOf(
  text: string,
  format: CodeFormat,
): Promise<{ readonly settings: JobSettings } | { readonly problem: string }> {
  try {
    const value = format === 'json' ? JSON.parse(text) : (await import('yaml')).parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { problem: text.slice(0, 40) }
    return { settings: value as JobSettings }
  } catch (error) {
    return { problem: (error as Error).message.split('\n')[0]! }
  }
}
