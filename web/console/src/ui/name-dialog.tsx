import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { fieldText } from './field-text.js'
import { FormDialog } from './form-dialog.js'
import { NameField } from './name-field.js'

interface NameDialogProps {
  readonly title: string
  readonly name: string
  readonly maxLength: number
  readonly rename: (name: string) => Promise<unknown>
  /** Called with the new name once the server has it. */
  readonly onRenamed: (name: string) => void
  readonly onClose: () => void
}

/** Renames an object. */
export function NameDialog({ title, name, maxLength, rename, onRenamed, onClose }: NameDialogProps) {
  const { t } = useTranslation()
  const action = useMutation({
    mutationFn: rename,
    onSuccess: (_, changed) => {
      onRenamed(changed)
      onClose()
    },
  })
  return (
    <FormDialog
      title={title}
      onClose={onClose}
      action={t('edit.rename')}
      request={action}
      onSubmit={(fields) => action.mutate(fieldText(fields, 'name'))}
    >
      <NameField label={t('edit.newName')} maxLength={maxLength} defaultValue={name} />
    </FormDialog>
  )
}
