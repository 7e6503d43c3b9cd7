import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../ui/copy.js'
import { Dialog } from '../ui/dialog.js'

/** Shows a one-time link, which cannot be shown again. */
export function LinkDialog({ title, url, onClose }: { title: string; url: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="stack">
        <p role="status">{t('people.link')}</p>
        <CodeBlock code={url} />
      </div>
    </Dialog>
  )
}
