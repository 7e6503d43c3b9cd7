import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from './icon.js'
import { Popover } from './popover.js'
import { type DrawingFiles, type FileKind, saveDrawing } from './save-drawing.js'

const KINDS: readonly FileKind[] = ['png', 'svg', 'csv']

interface SaveItemsProps {
  readonly title: string
  readonly files: RefObject<DrawingFiles | undefined>
  /** True if the chart lacks data that its files would have. */
  readonly isLoading: boolean
  readonly onSaved: () => void
}

/** Saves a chart as PNG, SVG and CSV, in a menu. */
export function SaveItems({ title, files, isLoading, onSaved }: SaveItemsProps) {
  const { t } = useTranslation()
  const [failed, setFailed] = useState(false)
  const save = (kind: FileKind) => {
    if (!files.current) return
    saveDrawing(files.current, title, kind).then(onSaved, () => setFailed(true))
  }
  const canSave = (kind: FileKind) => isLoading || kind === 'csv' || files.current?.svg !== undefined
  return (
    <>
      {KINDS.filter(canSave).map((kind) => (
        <button
          key={kind}
          type="button"
          className="menu-item"
          disabled={isLoading}
          onClick={() => save(kind)}
        >
          <Icon name="download" size={14} />
          {t('cards.save', { kind: kind.toUpperCase() })}
        </button>
      ))}
      {failed && (
        <p className="bad" role="alert">
          {t('cards.saveFailed')}
        </p>
      )}
    </>
  )
}

/** A button that opens the menu of files of a chart. */
export function SaveMenu({
  title,
  files,
  isLoading = false,
}: Pick<SaveItemsProps, 'title' | 'files'> & Partial<Pick<SaveItemsProps, 'isLoading'>>) {
  const { t } = useTranslation()
  return (
    <Popover
      className="button ghost small icon-only"
      name={t('cards.saveOf', { name: title })}
      label={<Icon name="download" size={14} />}
      align="end"
    >
      {(close) => (
        <div className="icon-menu">
          <SaveItems {...{ title, files, isLoading }} onSaved={close} />
        </div>
      )}
    </Popover>
  )
}
