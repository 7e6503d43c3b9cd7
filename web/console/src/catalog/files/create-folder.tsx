import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorMessage } from '../../server-words/server-message.js'
import { fieldText } from '../../ui/field-text.js'
import { FormDialog } from '../../ui/form-dialog.js'
import { NameField } from '../../ui/name-field.js'

interface CreateFolderProps {
  readonly create: (name: string) => Promise<unknown>
  readonly onClose: () => void
}

export function CreateFolder({ create, onClose }: CreateFolderProps) {
  const { t } = useTranslation()
  const creation = useMutation({ mutationFn: create, onSuccess: onClose })
  return (
    <FormDialog
      title={t('files.createFolder')}
      onClose={onClose}
      action={t('common.create')}
      request={creation}
      failure={null}
      onSubmit={(fields) => creation.mutate(fieldText(fields, 'name'))}
    >
      <NameField
        label={t('files.folderName')}
        problem={creation.isError ? <ErrorMessage error={creation.error} /> : undefined}
        pattern="[^/]*[^\s/][^/]*"
        title={t('files.noSlash')}
        maxLength={255}
      />
    </FormDialog>
  )
}
