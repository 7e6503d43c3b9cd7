import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../i18n/format.js'
import { ErrorMessage } from '../../server-words/server-message.js'
import { isFinished, isUnfinished, shareOf, type Upload } from './uploads.js'
import type { useUploads } from './use-uploads.js'

/** The uploads of this visit with their progress and actions. */
export function UploadList({ uploads, again, cancel, clear }: ReturnType<typeof useUploads>) {
  const { t } = useTranslation()
  if (uploads.length === 0) return null
  const sent = uploads.filter(({ state }) => state === 'sent').length
  return (
    <section className="panel uploads" aria-label={t('files.uploads')}>
      <header>
        <h3>{t('files.uploads')}</h3>
        <span className="muted" aria-live="polite">
          {t('files.sentOf', { sent, count: uploads.length })}
        </span>
        {uploads.some(isFinished) && (
          <button type="button" className="button ghost small" onClick={clear}>
            {t('files.clear')}
          </button>
        )}
      </header>
      <ul>
        {uploads.map((upload) => (
          <UploadItem
            key={upload.id}
            upload={upload}
            again={(overwrite) => again(upload, overwrite)}
            cancel={() => cancel(upload)}
          />
        ))}
      </ul>
    </section>
  )
}

interface UploadItemProps {
  readonly upload: Upload
  readonly again: (overwrite: boolean) => void
  readonly cancel: () => void
}

function UploadItem({ upload, again, cancel }: UploadItemProps) {
  const { t } = useTranslation()
  const { file, state, problem } = upload
  return (
    <li>
      <span className="truncate" title={upload.path}>
        {file.name}
      </span>
      <progress max={1} value={shareOf(upload)} aria-label={t('files.progressOf', { name: file.name })} />
      <small className={state === 'failed' ? 'problem' : 'muted'}>
        {t(`files.state.${state}`)} · {formatBytes(file.size)}
        {problem !== undefined && (
          <>
            {' '}
            · <ErrorMessage error={problem} />
          </>
        )}
      </small>
      <span className="actions">
        {state === 'exists' && (
          <button type="button" className="button small" onClick={() => again(true)}>
            {t('files.replace')}
          </button>
        )}
        {state === 'failed' && (
          <button type="button" className="button small" onClick={() => again(false)}>
            {t('common.retry')}
          </button>
        )}
        {(isUnfinished(upload) || state === 'exists') && (
          <button type="button" className="button ghost small" onClick={cancel}>
            {t(state === 'exists' ? 'files.skip' : 'common.cancel')}
          </button>
        )}
      </span>
    </li>
  )
}
