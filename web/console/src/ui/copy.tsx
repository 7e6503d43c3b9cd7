import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { copyText } from './copy-text.js'
import { Icon } from './icon.js'

const COPIED_MS = 1600

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = async (from: HTMLElement) => {
    await copyText(text, from)
    setCopied(true)
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <button
      type="button"
      className="button ghost small icon-only"
      onClick={(event) => void copy(event.currentTarget)}
    >
      <Icon name={copied ? 'check' : 'copy'} size={14} />
      <span className="visually-hidden" aria-live="polite">
        {copied ? t('common.copied') : (label ?? t('common.copy'))}
      </span>
    </button>
  )
}

export function CodeBlock({ code }: { code: string }) {
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line must be reachable to scroll */}
      <pre tabIndex={0}>{code}</pre>
      <CopyButton text={code} />
    </div>
  )
}
