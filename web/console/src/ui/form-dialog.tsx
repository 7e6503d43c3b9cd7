import { Dialog } from './dialog.js'
import { SubmitForm, type SubmitFormProps } from './submit-form.js'

interface FormDialogProps extends Omit<SubmitFormProps, 'title' | 'onCancel' | 'onClose'> {
  readonly title: string
  readonly onClose: () => void
}

/** A dialog with a form. */
export function FormDialog({ title, onClose, ...form }: FormDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <SubmitForm {...form} onCancel={onClose} />
    </Dialog>
  )
}
