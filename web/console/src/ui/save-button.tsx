import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Reading } from '../api/all-pages.js'
import { useErrorText } from '../server-words/server-message.js'
import { Icon } from './icon.js'

interface SaveButtonProps<Whole> {
  readonly label: string
  /** Reads what the button saves. Leaving the page and a second click abort the signal. */
  readonly read: (reading: Reading) => Whole | Promise<Whole>
  readonly save: (whole: Whole) => void
}

/** A button that downloads a file. While it reads, it shows the number of pages read, and cancels. */
export function SaveButton<Whole>({ label, read, save }: SaveButtonProps<Whole>) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const [pages, setPages] = useState(0)
  const current = useRef<AbortController>(undefined)
  useEffect(() => () => current.current?.abort(), [])
  const download = useMutation({
    mutationFn: async () => {
      const controller = new AbortController()
      const { signal } = controller
      current.current = controller
      setPages(0)
      try {
        const whole = await read({ signal, onPage: (count) => signal.aborted || setPages(count) })
        if (!signal.aborted) save(whole)
        return signal.aborted ? 'canceled' : 'saved'
      } catch (error) {
        if (signal.aborted) return 'canceled'
        throw error
      }
    },
  })
  const { isPending, data: end } = download
  const error = download.error && errorText(download.error)
  const name = isPending ? t('common.cancelDownload', { name: label }) : label
  return (
    <>
      {isPending && pages > 0 && <span className="muted">{t('common.pagesRead', { count: pages })}</span>}
      <button
        type="button"
        className="button icon-only"
        aria-label={name}
        title={error ?? name}
        aria-busy={isPending}
        onClick={() => (isPending ? current.current?.abort() : download.mutate())}
      >
        <Icon name={isPending ? 'close' : error ? 'warning' : 'download'} />
      </button>
      <span className="visually-hidden" role={error ? 'alert' : 'status'}>
        {error ?? (isPending ? t('common.loading') : end && t(`common.download_${end}`))}
      </span>
    </>
  )
}
