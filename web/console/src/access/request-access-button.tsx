import { useTranslation } from 'react-i18next'
import type { AccessTarget } from './access-targets.js'
import { openRequestForm } from './request-form-state.js'

/** A button beside a refusal, which opens the form. */
export function RequestAccessButton({ targets }: { targets: readonly AccessTarget[] }) {
  const { t } = useTranslation()
  return (
    <button type="button" className="button small" onClick={() => openRequestForm(targets)}>
      {t('accessRequest.request')}
    </button>
  )
}
