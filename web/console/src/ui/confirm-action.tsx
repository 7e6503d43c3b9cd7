import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ConfirmDialog } from './confirm-dialog.js'

interface ConfirmActionProps {
  readonly title: string
  /** Explains the consequences. */
  readonly children: ReactNode
  /** Label of the button that confirms. */
  readonly action: string
  readonly confirm: () => Promise<unknown>
  /** False while required input is missing. */
  readonly isReady?: boolean
  readonly onClose: () => void
}

/** Asks before a request that cannot be undone. Closes when it has succeeded; an error stays in the dialog. */
export function ConfirmAction({ confirm, isReady = true, ...dialog }: ConfirmActionProps) {
  const run = useMutation({ mutationFn: confirm, onSuccess: dialog.onClose })
  return (
    <ConfirmDialog
      {...dialog}
      busy={run.isPending || !isReady}
      error={run.error}
      onConfirm={() => run.mutate()}
    />
  )
}
