import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from './icon.js'
import { rememberFocus } from './return-focus.js'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** The native modal dialog, which traps the focus and restores it on close. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { t } = useTranslation()
  const ref = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useLayoutEffect(() => {
    const returnFocus = rememberFocus()
    ref.current?.showModal()
    // The browser returns the focus from a dialog that closes, but not from one that is removed.
    return () => queueMicrotask(returnFocus)
  }, [])
  return (
    <dialog
      ref={ref}
      className="dialog"
      aria-labelledby={heading}
      // React passes on the close events of the dialogs inside.
      onClose={(event) => event.target === event.currentTarget && onClose()}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        <button
          type="button"
          className="button ghost icon-only"
          aria-label={t('common.close')}
          onClick={() => ref.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="body">{children}</div>
    </dialog>
  )
}
