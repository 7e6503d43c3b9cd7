import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from './dialog.js'
import { Failure } from './states.js'

interface ConfirmDialogProps {
  readonly title: string
  /** Tells what happens, and what stays. */
  readonly children: ReactNode
  /** Label of the button that confirms. */
  readonly action: string
  readonly confirm: () => Promise<unknown>
  /** False while something must be typed first. */
  readonly isReady?: boolean
  readonly onClose: () => void
}

/** Asks before something that cannot be undone. Closes when it is done; an error stays in the dialog. */
export function ConfirmDialog({
  title,
  children,
  action,
  confirm,
  isReady = true,
  onClose,
}: ConfirmDialogProps) {
  const { t } = useTranslation()
  const run = useMutation({ mutationFn: confirm, onSuccess: onClose })
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="stack">{children}</div>
      {run.isError && <Failure error={run.error} />}
      <form method="dialog" className="actions">
        <button type="submit" className="button">
          {t('common.cancel')}
        </button>
        <button
          type="button"
          className="button danger"
          disabled={run.isPending || !isReady}
          onClick={() => run.mutate()}
        >
          {action}
        </button>
      </form>
    </Dialog>
  )
}
