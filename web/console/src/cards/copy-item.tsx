import { useState } from 'react'
import { copyText } from '../ui/copy-text.js'
import { Icon, type IconName } from '../ui/icon.js'

const COPIED_MS = 1600

interface CopyItemProps {
  readonly icon: IconName
  readonly label: string
  /** Said once the text is copied. */
  readonly copied: string
  readonly text: string
}

/** An item of a menu that copies a text, and says so. */
export function CopyItem({ icon, label, copied, text }: CopyItemProps) {
  const [isCopied, setCopied] = useState(false)
  const copy = async (from: HTMLElement) => {
    await copyText(text, from)
    setCopied(true)
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <button type="button" className="menu-item" onClick={(event) => void copy(event.currentTarget)}>
      <Icon name={isCopied ? 'check' : icon} size={14} />
      <span aria-live="polite">{isCopied ? copied : label}</span>
    </button>
  )
}
