import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorMessage } from '../../server-words/server-message.js'
import { Dialog } from '../../ui/dialog.js'
import { FormField } from '../../ui/form-field.js'

interface CreateFolderProps {
  readonly create: (name: string) => Promise<unknown>
  readonly onClose: () => void
}

export function CreateFolder({ create, onClose }: CreateFolderProps) {
  const { t } = useTranslation()
  const creation = useMutation({ mutationFn: create, onSuccess: onClose })
  return (
    <Dialog title={t('files.createFolder')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          creation.mutate(String(new FormData(event.currentTarget).get('name')).trim())
        }}
      >
        <FormField
          label={t('files.folderName')}
          problem={creation.isError ? <ErrorMessage error={creation.error} /> : undefined}
        >
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              name="name"
              required
              pattern="[^/]*[^\s/][^/]*"
              title={t('files.noSlash')}
              maxLength={255}
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </FormField>
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button primary" disabled={creation.isPending}>
            {t('common.create')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
