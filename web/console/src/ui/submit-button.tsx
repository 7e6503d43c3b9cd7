import type { ReactNode } from 'react'

interface SubmitButtonProps {
  readonly isPending?: boolean | undefined
  /** False while required input is missing. */
  readonly isReady?: boolean | undefined
  readonly className?: string
  readonly children: ReactNode
}

/** Submits the form around it, and says while its request runs. */
export function SubmitButton({ isPending = false, isReady = true, className, children }: SubmitButtonProps) {
  return (
    <button
      type="submit"
      className={className ? `button ${className}` : 'button'}
      disabled={isPending || !isReady}
      aria-busy={isPending}
    >
      {children}
    </button>
  )
}
