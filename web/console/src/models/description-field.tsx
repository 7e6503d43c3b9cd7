import { useTranslation } from 'react-i18next'
import { FormField } from '../ui/form-field.js'

const MAX_LENGTH = 5000

/** The description of a new model, in Markdown. */
export function DescriptionField() {
  const { t } = useTranslation()
  return (
    <FormField label={t('note.title')} hint={t('note.markdown')}>
      {(attributes) => (
        <textarea {...attributes} className="input" name="description" rows={3} maxLength={MAX_LENGTH} />
      )}
    </FormField>
  )
}
