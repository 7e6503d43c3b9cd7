import { useMutation } from '@tanstack/react-query'
import { ConfirmDialog, type ConfirmDialogProps } from './confirm-dialog.js'

interface ConfirmActionProps extends Omit<ConfirmDialogProps, 'request' | 'onConfirm'> {
  readonly confirm: () => Promise<unknown>
}

/** Asks before a request, usually one that cannot be undone. Closes when it has succeeded; an error stays in the dialog. */
export function ConfirmAction({ confirm, ...dialog }: ConfirmActionProps) {
  const request = useMutation({ mutationFn: confirm, onSuccess: dialog.onClose })
  return <ConfirmDialog {...dialog} request={request} onConfirm={() => request.mutate()} />
}
