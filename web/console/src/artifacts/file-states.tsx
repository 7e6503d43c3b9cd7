import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Failure, Skeleton } from '../ui/states.js'

interface LoadedProps<T> {
  readonly file: UseQueryResult<T>
  readonly children: (data: T) => ReactNode
}

/** The states of a file that is read. */
export function Loaded<T>({ file, children }: LoadedProps<T>) {
  if (file.isPending) return <Skeleton />
  if (file.isError) return <Failure error={file.error} retry={() => void file.refetch()} />
  return children(file.data)
}

/** Says that a preview is a part of a file. */
export function Clipped() {
  const { t } = useTranslation()
  return <p className="body muted">{t('artifacts.clipped')}</p>
}

/** Says why a file is shown as text. */
export function Unreadable({ children }: { children: ReactNode }) {
  return (
    <p className="notice warn viewer-notice" role="status">
      {children}
    </p>
  )
}
