import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Dialog } from './dialog.js'
import { FormField } from './form-field.js'
import { Failure } from './states.js'

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
    <Dialog title={title} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          action.mutate(String(new FormData(event.currentTarget).get('name')).trim())
        }}
      >
        <FormField label={t('edit.newName')}>
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              name="name"
              required
              pattern=".*\S.*"
              maxLength={maxLength}
              defaultValue={name}
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </FormField>
        {action.isError && <Failure error={action.error} />}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button primary" disabled={action.isPending}>
            {t('edit.rename')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
